"""A model whose M1 is a pretrained autoencoder leaves the app with it, and with its licence."""

import json

import numpy as np
import pytest
import torch

from ssvae_core.atlas.first_map import first_atlas
from ssvae_core.export.card import card
from ssvae_core.pretraining.autoencoder import fitted, open_autoencoder
from ssvae_core.pretraining.starter import Starter
from ssvae_core.trainer.export_programs import (
    config_of,
    load_exported,
    write_programs,
    write_weights,
)
from ssvae_core.training.chunks import run_to_end
from ssvae_core.training.tensors import as_inputs
from tests.support.exported_model import PARTS, check_onnx, content_of
from tests.support.small_autoencoder import as_diffusers, colours
from tests.support.small_core import make_core


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    """A core that has learned a little on an autoencoder."""
    data, place = colours(80), tmp_path_factory.mktemp("session")
    values = torch.from_numpy(data.images).flatten(1)
    m1 = open_autoencoder(as_diffusers(place / "tiny"), data.shape, len(data))
    starter = Starter(run_to_end(fitted(m1, values, None)), list(first_atlas(data.images))[-1])
    core = make_core("m1m2", data, starter, place / "session", n_classes=2)
    core.apply(1, np.arange(8), data.answer_key[:8])
    for _ in range(5):
        core.step()
    return core.state


def test_its_programs_compute_the_same_with_the_autoencoder_in_front(state, tmp_path):
    found = dict(write_programs(state, tmp_path))
    assert list(found) == PARTS
    drawn = torch.export.load(tmp_path / "decoder.pt2").module()(
        torch.zeros(2, state.learner.model.style_dim), torch.tensor([0, 1])
    )
    assert drawn.shape == (2, 16, 16, 3)
    assert float(drawn.min()) >= 0
    assert float(drawn.max()) <= 1
    check_onnx(state, tmp_path)


def test_it_is_taken_up_again_from_its_weights(state, tmp_path):
    write_weights(state, tmp_path)
    model = load_exported(tmp_path, json.loads(json.dumps(config_of(state))))
    new, y = torch.rand(4, 768), torch.tensor([0, 1, 0, 1])
    before = state.learner.ema_model
    with torch.no_grad():
        assert torch.equal(model.classify(model.prepare(new)), before.classify(before.prepare(new)))
        z = before.encode(before.prepare(new), y)
        assert torch.equal(model.decode(z, y), before.decode(z, y))
        known = as_inputs(torch.from_numpy(state.data.images[:4])).flatten(1)
        apart = (model.prepare(known) - before.prepare(known)).abs()
        assert float(apart.mean()) < 0.05  # what is known by heart has 16 bits


def test_its_card_names_the_autoencoder_and_its_licence(state):
    config = config_of(state) | {"classes": ["left", "right"], "verified": {}}
    text = card(content_of(state), config, "load.py")
    assert "pretrained autoencoder `tiny`" in text
    assert "> MIT License\n>\n> Copyright (c) 2026 A. Author" in text
    config["m1"] = {**config["m1"], "licence": ""}
    assert "No licence came with it" in card(content_of(state), config, "load.py")
