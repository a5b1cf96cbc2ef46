import dataclasses

import pytest

from ssvae_core.models import MODELS
from ssvae_core.options.knobs import KNOBS, KnobRange


def test_every_model_has_its_numbers():
    assert set(KNOBS) == set(MODELS)


@pytest.mark.parametrize("name", MODELS)
def test_they_are_those_of_the_models_config(name):
    spec = MODELS[name]
    config = spec.config or spec.model.Config()
    numbers = {
        field.name: KnobRange(
            getattr(config, field.name), *(field.metadata[each] for each in ("low", "high", "help"))
        )
        for field in dataclasses.fields(config)
        if "low" in field.metadata
    }
    assert KNOBS[name] == numbers
