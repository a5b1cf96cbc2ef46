"""What tests of the command line begin with: two small data sets, and ways to call it."""

import dataclasses
import json

import numpy as np
import pytest

from ssvae_core.cli import main
from ssvae_core.data import SOURCES, Dataset
from ssvae_core.fitting.fit import Fit
from tests.support.small_encoders import MeanColour


@pytest.fixture(scope="module")
def data(digits):
    """The small digits, with others to test on."""
    from sklearn.datasets import load_digits

    images, answers = load_digits(return_X_y=True)
    pixels = (images[300:400] * (255 / 16)).astype(np.uint8).reshape(-1, 8, 8, 1)
    return dataclasses.replace(
        digits, name="small", test_images=pixels, test_answer_key=answers[300:400].astype(np.int64)
    )


@pytest.fixture(autouse=True)
def machine(data, monkeypatch, tmp_path):
    """One thread, a workspace of its own, two small data sets, and no starter."""
    monkeypatch.setenv("SSVAE_THREADS", "1")
    monkeypatch.setenv("SSVAE_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.setattr("ssvae_core.atlas.starter_folders.ASSETS", tmp_path)
    for name in [*reversed(SOURCES)]:  # the last that goes comes back first: the order stays
        monkeypatch.delitem(SOURCES, name)
    monkeypatch.setitem(SOURCES, "small", lambda: data)
    nameless = dataclasses.replace(data, name="nameless", answer_key=None)
    monkeypatch.setitem(SOURCES, "nameless", lambda: nameless)


@pytest.fixture
def photos(monkeypatch):
    """A data set of drawn photographs of two kinds, and an encoder that tells them by colour."""
    kinds, rng = np.arange(40) % 2, np.random.default_rng(0)
    colours = np.where(kinds[:, None], (180, 90, 60), (60, 90, 180))[:, None, None]
    images = (colours + rng.integers(-30, 30, (40, 12, 12, 3))).astype(np.uint8)
    found = Dataset(
        "photos", "Photos", images[:30], ("blue", "red"), kinds[:30], images[30:], kinds[30:]
    )
    encoder = MeanColour()
    monkeypatch.setitem(SOURCES, "photos", lambda: found)
    monkeypatch.setattr("ssvae_core.cli.encoding.open_encoder", lambda choice: encoder)
    return encoder


@pytest.fixture
def shipped(data, starter, tmp_path):
    """A starter for the small digits, as assets/ ships one for MNIST."""
    folder = tmp_path / "starter" / "small"
    starter.save(folder, {"fingerprint": data.fingerprint})
    return folder


@pytest.fixture
def fits(monkeypatch):
    """Every fit that a command makes."""
    made, init = [], Fit.__init__

    def remembering(self, *arguments, **options):
        made.append(self)
        init(self, *arguments, **options)

    monkeypatch.setattr(Fit, "__init__", remembering)
    return made


@pytest.fixture
def call(capsys):
    """Runs a command and gives its JSON."""

    def call(*arguments):
        assert main([*arguments, "--json"]) == 0
        return json.loads(capsys.readouterr().out.splitlines()[-1])

    return call


@pytest.fixture
def refused(capsys):
    """Runs a command that must end in a sentence, and gives the sentence."""

    def refused(*arguments):
        capsys.readouterr()
        assert main(arguments) == 2
        printed = capsys.readouterr()
        assert printed.out == ""
        assert "Traceback" not in printed.err
        return printed.err.splitlines()[-1]

    return refused
