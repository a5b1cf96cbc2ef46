"""A core is opened from names and folders, or says what is missing."""

import numpy as np
import pytest

from ssvae_core.data import SOURCES
from ssvae_core.errors import UserError
from ssvae_core.pretraining.starter import starter_fits
from ssvae_core.trainer.open import open_core
from tests.support.small_core import SMALL, label, step


def test_a_starter_made_for_other_images_is_refused(tmp_path, digits, starter, monkeypatch):
    monkeypatch.setitem(SOURCES, "digits", lambda: digits)
    monkeypatch.setenv("SSVAE_THREADS", "1")
    starter.save(tmp_path / "shipped", {"fingerprint": "of others"})
    with pytest.raises(UserError, match="made for other images than those of 'digits' today"):
        open_core(
            **{"data": "digits", "model": "m2", "config": SMALL, "n_classes": 10, "seed": 0},
            **{"device": "cpu", "generation": 0, "folder": tmp_path / "session"},
            starter=tmp_path / "shipped",
        )


def test_a_core_is_opened_from_names_and_folders(tmp_path, digits, starter, monkeypatch):
    monkeypatch.setitem(SOURCES, "digits", lambda: digits)
    monkeypatch.setenv("SSVAE_THREADS", "1")
    starter.save(tmp_path / "shipped", {"fingerprint": digits.fingerprint})
    assert starter_fits(tmp_path / "shipped", digits)
    assert not starter_fits(tmp_path, digits)
    opening = {
        **{"data": "digits", "model": "m1m2", "config": SMALL},
        **{"n_classes": 10, "seed": 0, "device": "cpu", "generation": 0},
        **{"starter": tmp_path / "shipped", "folder": tmp_path / "session"},
    }
    first = open_core(**opening)
    label(first)
    step(first, 3)
    first.save()
    again = open_core(**{**opening, "generation": 1})
    assert (again.state.step_count, again.state.label_seq) == (3, 50)
    np.testing.assert_allclose(again.state.atlas.distances, starter.atlas.distances, rtol=1e-3)


def test_a_core_whose_starter_is_missing_says_so(tmp_path, digits, monkeypatch):
    monkeypatch.setitem(SOURCES, "digits", lambda: digits)
    monkeypatch.setenv("SSVAE_THREADS", "1")
    with pytest.raises(UserError, match="atlas cannot be read"):
        open_core(
            data="digits",
            model="m2",
            config={},
            n_classes=10,
            seed=0,
            device="cpu",
            starter=tmp_path / "nowhere",
            folder=tmp_path / "session",
            generation=0,
        )
