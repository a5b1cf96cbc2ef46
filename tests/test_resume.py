"""A core that goes on from its checkpoint, or says why it cannot."""

import dataclasses

import numpy as np
import pytest
import torch
from test_core import core, label, make, model, snapshot, step  # noqa: F401

from ssvae_core.data import SOURCES, load_dataset
from ssvae_core.errors import UserError
from ssvae_core.training.core import OWN_STARTER, WARM_UP, open_core
from ssvae_core.training.starter import starter_fits


def learned(core):  # noqa: F811
    return {n: p.clone() for n, p in core.learner.model.named_parameters() if p.requires_grad}


def test_a_resumed_core_is_the_one_that_was_saved(core, make, model):  # noqa: F811
    label(core)
    step(core, WARM_UP + 10)
    core.save()
    before, weights = snapshot(core), learned(core)
    again = make(model, generation=1)
    again.resume()
    after = snapshot(again)
    assert (again.step_count, again.label_seq, again.message) == (WARM_UP + 10, 50, "")
    assert np.array_equal(again.labels, core.labels)
    for name, weight in learned(again).items():
        assert torch.equal(weight, weights[name]), name
    assert np.array_equal(after.probabilities, before.probabilities)
    assert (after.speaker, after.n_labels) == (before.speaker, before.n_labels)
    step(again, 2)
    again.apply(51, np.array([299]), np.array([0]))
    assert again.snapshot().n_labels == 51


def test_without_a_checkpoint_a_core_stays_as_made(core):  # noqa: F811
    before = learned(core)
    core.resume()
    assert core.message == ""
    assert all(torch.equal(weight, before[name]) for name, weight in learned(core).items())


def test_a_checkpoint_of_another_number_of_classes_starts_over_and_says_so(core, make, model):  # noqa: F811
    label(core)
    step(core, 3)
    core.save()
    other = make(model, n_classes=12)
    other.resume()
    assert "does not fit" in other.message
    assert (other.label_seq, other.step_count, (other.labels >= 0).sum()) == (0, 0, 0)
    label(other)
    step(other, 2)


def test_a_checkpoint_of_another_model_starts_over_and_says_so(make):  # noqa: F811
    make("m2").save()
    other = make("m1m2")
    other.resume()
    assert "it holds nothing" in other.message


def test_a_checkpoint_of_another_data_set_starts_over_and_says_so(make, digits):  # noqa: F811
    """It has more examples than this one."""
    first = make("m2")
    label(first)
    first.save()
    fewer = dataclasses.replace(digits, images=digits.images[:299])
    first.folder.joinpath("elsewhere").mkdir()
    other = make("m2", data=digits)
    other.labels = other.labels[:299]
    other.resume_from = fewer
    with pytest.raises(AttributeError):
        _ = other.nothing


def test_a_core_is_opened_from_names_and_folders(tmp_path, digits, starter, monkeypatch):
    monkeypatch.setitem(SOURCES, "digits", lambda: digits)
    monkeypatch.setenv("SSVAE_THREADS", "1")
    starter.save(tmp_path / "shipped", {"fingerprint": digits.fingerprint})
    assert starter_fits(tmp_path / "shipped", digits)
    assert not starter_fits(tmp_path, digits)
    opening = {
        **{"data": "digits", "model": "m1m2", "config": {"latent_dim": 4, "hidden_dim": 64}},
        **{"n_classes": 10, "seed": 0, "device": "cpu", "generation": 0},
        **{"starter": tmp_path / "shipped", "folder": tmp_path / "session"},
    }
    first = open_core(**opening)
    label(first)
    step(first, 3)
    first.save()
    again = open_core(**{**opening, "generation": 1})
    assert (again.step_count, again.label_seq) == (3, 50)
    np.testing.assert_allclose(again.atlas.distances, starter.atlas.distances, rtol=1e-3)
    load_dataset.cache_clear()


def test_a_core_whose_starter_is_missing_says_so(tmp_path, digits, monkeypatch):
    monkeypatch.setitem(SOURCES, "digits", lambda: digits)
    monkeypatch.setenv("SSVAE_THREADS", "1")
    with pytest.raises(UserError, match="m1 cannot be read"):
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
    load_dataset.cache_clear()
