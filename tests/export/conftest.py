"""An exported model."""

import pytest

from ssvae_core.export import export
from tests.support.exported_model import content_of, taught


@pytest.fixture(scope="module")
def exported(digits, starter, tmp_path_factory):
    """A core and the folder of its model."""
    folder = tmp_path_factory.mktemp("model")
    core = taught("guided", digits, starter, folder / "session")
    *_, last = export(content_of(core), "model", folder / "out")
    return core, last.done
