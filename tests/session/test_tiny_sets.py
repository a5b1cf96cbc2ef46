"""Data sets of one, two or three examples, or of such as do not differ: a session works."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from ssvae_core.acquisition import STRATEGIES
from ssvae_core.atlas import starter_folders
from ssvae_core.data import SOURCES, Dataset
from ssvae_core.errors import Conflict
from ssvae_core.labels.store import Operation
from ssvae_core.session.views import labelling, state
from ssvae_core.session.views.review import Inspection
from ssvae_core.trainer.open import open_core
from ssvae_core.trainer.programs import inputs_of, parts_of

RNG = np.random.default_rng(0)
TINY = {
    "one image": RNG.integers(0, 255, (1, 24, 24, 1), np.uint8),
    "two images": RNG.integers(0, 255, (2, 24, 24, 1), np.uint8),
    "three images in colour": RNG.integers(0, 255, (3, 4, 4, 3), np.uint8),
    "twins": np.zeros((2, 24, 24, 1), np.uint8),
    "twelve alike": np.full((12, 8, 8, 1), 7, np.uint8),
    "one pixel": np.full((1, 1, 1, 1), 200, np.uint8),
    "five of one pixel": RNG.integers(0, 255, (5, 1, 1, 1), np.uint8),
    "one vector": RNG.random((1, 5), np.float32),
    "two vectors": RNG.random((2, 5), np.float32),
    "numbers": RNG.random((6, 1), np.float32),
    "one number": np.ones((1, 1), np.float32),
    "vectors alike": np.ones((6, 3), np.float32),
    "huge numbers": np.array([[3e38, 1], [-3e38, 2], [0, 1e30]], np.float32),
}
every_tiny_set = pytest.mark.parametrize("values", TINY.values(), ids=TINY)


@pytest.fixture
def session(workspace, monkeypatch, values):
    """A session on these values, with two classes."""
    data = Dataset("tiny", "Tiny", values, ("cat", "dog"))
    monkeypatch.setitem(SOURCES, "tiny", lambda: data)
    return workspace.session(workspace.create("S", "tiny").id)


def core_of(session, model="m2"):
    opening = session._open()
    return open_core(
        data=opening.data,
        model=model,
        config={"latent_dim": 2, "hidden_dim": 16},
        n_classes=opening.n_classes,
        seed=0,
        device="cpu",
        starter=session._starter,
        folder=session.folder,
        generation=opening.generation,
    )


@every_tiny_set
def test_the_pages_of_its_session_are_there(session, values):
    n = len(values)
    assert state.state(session, "Ana")["data"]["n"] == n
    assert session.xy.shape == (n, 2)
    assert ((session.xy >= 0) & (session.xy <= 1)).all()
    assert len(session.atlas.medoids)
    for strategy in STRATEGIES:
        labelling.queue(session, strategy, 48, about=0, mix=0.5)
    assert [item["example"] for item in labelling.queue(session, "auto", 48)["items"]]
    session.do(Operation("a", "label", (n - 1,), 1))
    assert n - 1 not in session.neighbours(n - 1, 6)
    review = Inspection(session)
    for part in (review.audit(20), review.disagreements(), review.matrix("")):
        assert part is not None


@every_tiny_set
def test_its_trainer_learns_and_guesses(session, values):
    n = len(values)
    core = core_of(session)
    core.command("cancel")
    core.apply(1, np.array([0, n - 1]), np.array([0, 1]), 2)
    for _ in range(5):
        core.step()
    shown = core.snapshot()
    assert np.isfinite(shown.probabilities).all()
    assert shown.probabilities.shape == (n, 2)
    for part, inputs in ((part, inputs_of(part, core.state, 3)) for part in parts_of(core.state)):
        assert {len(each) for each in inputs.values()} == {3}, part
    session._take_snapshot(shown)
    assert session.current_guesses()[1].shape == (4, n)
    for strategy in STRATEGIES:
        labelling.queue(session, strategy, 48, about=0)


@every_tiny_set
def test_an_m1_of_its_own_can_be_learned(session, values):
    core = core_of(session)
    for _ in range(4):
        core.step()
    assert np.isfinite(core.state.atlas.xy).all()
    assert all(p.isfinite().all() for p in core.state.learner.model.parameters())


@every_tiny_set
def test_more_images_can_be_added(workspace, session, values, monkeypatch):
    more = Dataset("more", "More", np.concatenate([values, values[:1]]), ("cat", "dog"))
    monkeypatch.setitem(SOURCES, "more", lambda: more)
    monkeypatch.setattr(starter_folders, "copy_m1", lambda source, starter: None)
    old = session.xy.copy()
    session = workspace.add_images(session.row.id, "more")
    np.testing.assert_array_equal(session.xy[: len(values)], old)
    assert np.isfinite(session.xy).all()
    assert labelling.queue(session, "auto", 48)["items"]


def test_a_map_that_cannot_be_made_is_a_sentence_and_no_bug(workspace, monkeypatch):
    data = Dataset("odd", "Odd", np.full((3, 4), np.nan, np.float32), ("cat", "dog"))
    monkeypatch.setitem(SOURCES, "odd", lambda: data)
    row = workspace.create("S", "odd")
    for _ in range(2):
        with pytest.raises(Conflict, match=r"Odd cannot be laid out.*Open another session"):
            workspace.session(row.id)
    monkeypatch.setitem(
        SOURCES, "odd", lambda: dataclasses.replace(data, images=np.eye(3, 4, dtype=np.float32))
    )
    assert workspace.session(row.id).xy.shape == (3, 2)
