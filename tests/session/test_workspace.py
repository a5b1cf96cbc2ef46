"""Sessions on data that no starter ships for: a first map, an M1 of their own, images added."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

from ssvae_core.atlas import starter_folders
from ssvae_core.atlas.atlas import nearest_neighbours
from ssvae_core.atlas.graphs import PIXELS, NamedGraph
from ssvae_core.atlas.starter_folders import m1_made_at
from ssvae_core.data import SOURCES, Dataset
from ssvae_core.errors import UserError
from ssvae_core.pretraining.starter import Starter
from ssvae_core.session.imported_labels import IMPORTED
from ssvae_core.session.views.labelling import evidence
from ssvae_core.storage.paths import M1, OWN_STARTER, UNFINISHED_M1
from ssvae_core.trainer.open import open_core
from ssvae_core.training.chunks import run_to_end
from tests.support.small_core import redraw


@pytest.fixture
def small(digits, monkeypatch):
    """The 300 digits under a name that no starter ships for."""
    data = dataclasses.replace(digits, name="small", title="Small")
    monkeypatch.setitem(SOURCES, "small", lambda: data)
    return data


@pytest.fixture
def vectors(digits, monkeypatch):
    """The same as feature vectors."""
    values = digits.images.reshape(300, -1).astype(np.float32) * 3 + 7
    data = Dataset("vectors", "Vectors", values, tuple("0123456789"), digits.answer_key)
    monkeypatch.setitem(SOURCES, "vectors", lambda: data)
    return data


def core_of(session, model="m2", **config):
    opening = session._open()
    return open_core(
        data=opening.data,
        model=model,
        config=config,
        n_classes=opening.n_classes,
        seed=0,
        device="cpu",
        starter=session._starter,
        folder=session.folder,
        generation=opening.generation,
    )


def test_a_session_on_new_images_has_a_map_at_once(workspace, small):
    row = workspace.create("S", "small")
    assert row.model == "guided-m1"
    session = workspace.session(row.id)
    assert session.xy.shape == (300, 2)
    assert len(session.atlas.medoids) > 10
    assert starter_folders.is_prepared(small, workspace.root)


def test_its_trainer_begins_with_an_m1_answers_labels_meanwhile_and_shows_no_noise(
    workspace, small
):
    core = core_of(workspace.session(workspace.create("S", "small").id), "m1m2")
    assert core.is_pretraining
    assert core.state.plan.spec.m1 is None  # what needs an M1 waits for it
    assert core.snapshot().samples.shape[0] == 0
    chosen = np.arange(0, 300, 10)
    core.apply(1, chosen, small.answer_key[chosen], 10)
    shown = core.snapshot()
    assert shown.predicted_by == "propagation"
    rest = np.setdiff1d(np.arange(300), chosen)
    assert (shown.probabilities.argmax(1) == small.answer_key)[rest].mean() > 0.7


def test_the_m1_it_learns_is_there_for_the_next_session(workspace, small, starter):
    session = workspace.session(workspace.create("S", "small").id)
    core = core_of(session, "m1m2", latent_dim=4, hidden_dim=32)
    run_to_end(core._adopt(core.pretraining.job, Starter(starter.m1, starter.atlas)))
    assert core.state.plan.spec.m1 is not None
    shared = starter_folders.starter_of(small, workspace.root)
    assert (shared / M1).is_dir()
    other = core_of(workspace.session(workspace.create("T", "small").id), "m1m2")
    assert not other.is_pretraining


def test_an_m1_under_way_is_kept_and_any_session_on_these_images_goes_on_with_it(workspace, small):
    core = core_of(workspace.session(workspace.create("S", "small").id))
    for _ in range(5):
        core.step()
    core.save()
    other = core_of(workspace.session(workspace.create("T", "small").id))
    assert other.pretraining.job._training.done == core.pretraining.job._training.done >= 4
    kept = starter_folders.starter_of(small, workspace.root) / UNFINISHED_M1
    assert kept.is_dir()
    other.command("cancel")
    assert not kept.exists()


def test_vectors_are_standardised_for_the_model_and_shown_as_bars(workspace, vectors):
    session = workspace.session(workspace.create("S", "vectors").id)
    assert session.row.model == "m1m2"
    core = core_of(session, "m2", latent_dim=4, hidden_dim=32)
    values = core.state.pixels.numpy()
    spread = values.std(0)
    np.testing.assert_allclose(values.mean(0), 0, atol=1e-4)
    np.testing.assert_allclose(spread[spread > 0], 1, atol=1e-3)
    assert session.data.pictures.shape == (300, 32, 32, 1)
    core.command("cancel")
    chosen = np.arange(0, 300, 10)
    core.apply(1, chosen, vectors.answer_key[chosen], 10)
    for _ in range(40):
        core.step()
    assert core.snapshot().samples.shape == (10, 9, 32, 32, 1)
    assert redraw(core, 5).shape == (32, 32, 1)
    assert all(torch.isfinite(p).all() for p in core.state.learner.model.parameters())


def test_labels_that_come_with_an_import_are_labels_of_the_session(workspace, digits, monkeypatch):
    labels = np.where(np.arange(300) < 20, digits.answer_key, -1)
    data = dataclasses.replace(digits, name="told", answer_key=None, labels=labels)
    monkeypatch.setitem(SOURCES, "told", lambda: data)
    session = workspace.session(workspace.create("S", "told").id)
    assert session.history.labels == {e: int(labels[e]) for e in range(20)}
    assert {done.annotator for done in session.history.operations} == {IMPORTED}


def led_by_pixels(session, starter):
    """A trainer of this session whose labels lead the map from an M1's graph to the pixels'."""
    near = nearest_neighbours(np.random.default_rng(0).normal(size=(300, 5)).astype(np.float32))
    atlas = session.atlas
    pixels = NamedGraph(PIXELS, atlas.neighbours, atlas.distances)
    by_chance = dataclasses.replace(atlas, neighbours=near[0], distances=near[1])
    shared = Starter(starter.m1, by_chance, graphs=[pixels])
    shared.save(session._starter, {"fingerprint": session.data.fingerprint})
    core = core_of(session, "m1m2", latent_dim=4, hidden_dim=32)
    session._take_snapshot(core.snapshot())
    return core


def test_neighbours_map_and_first_questions_are_those_of_the_graph_that_labels_speak_for(
    workspace, small, starter
):
    session = workspace.session(workspace.create("S", "small").id)
    pixels = session.atlas
    core = led_by_pixels(session, starter)
    assert not np.array_equal(session.atlas.neighbours, pixels.neighbours)
    before, version = session.xy, session.map_version
    chosen = np.arange(50)
    core.apply(1, chosen, small.answer_key[chosen], 10)
    while core.is_pretraining:
        core.step()
    session._take_snapshot(core.snapshot())
    assert np.array_equal(session.atlas.neighbours, pixels.neighbours)
    assert not np.array_equal(session.xy, before)
    assert np.array_equal(session.atlas.xy, session.xy)
    assert session.map_version == version + 1
    assert session.neighbours(0, 10) == pixels.around(0, 10)
    assert np.array_equal(evidence(session).atlas.medoids, core.state.atlas.medoids)
    assert session.snapshot.graph == PIXELS
    assert session.snapshot.about_graph.startswith("The neighbours by pixels lead: they guess ")
    assert m1_made_at(session.folder / OWN_STARTER) is None  # no M1 was learned by it


def test_images_that_are_added_come_beside_those_of_the_graph_that_leads(
    workspace, small, starter, monkeypatch
):
    more = dataclasses.replace(
        small,
        name="more",
        images=np.concatenate([small.images, small.images[:20]]),
        answer_key=None,
    )
    monkeypatch.setitem(SOURCES, "more", lambda: more)
    session = workspace.session(workspace.create("S", "small").id)
    pixels, core = session.atlas, led_by_pixels(session, starter)
    core.apply(1, np.arange(50), small.answer_key[:50], 10)
    while core.is_pretraining:
        core.step()
    session._take_snapshot(core.snapshot())
    session = workspace.add_images(session.row.id, "more")
    assert np.array_equal(session.atlas.neighbours[:300], pixels.neighbours)
    core = core_of(session, "m1m2", latent_dim=4, hidden_dim=32)
    assert core.state.starter.leading == PIXELS
    assert core.state.starter.is_trained


def test_images_added_later_move_nobody_and_keep_the_labels(workspace, digits, monkeypatch):
    before = dataclasses.replace(digits, name="before", images=digits.images[:200], answer_key=None)
    after = dataclasses.replace(digits, name="after", answer_key=None)
    for data in (before, after):
        monkeypatch.setitem(SOURCES, data.name, lambda data=data: data)
    session = workspace.session(workspace.create("S", "before").id)
    from ssvae_core.labels.store import Operation

    session.do(Operation("a", "label", (3, 190), 4))
    old = session.xy.copy()
    session = workspace.add_images(session.row.id, "after")
    assert len(session.data) == 300
    np.testing.assert_array_equal(session.xy[:200], old)
    assert session.history.labels == {3: 4, 190: 4}
    core = core_of(session)
    core.apply(2, np.array([3, 190, 250]), np.array([4, 4, 1]), 10)
    assert core.snapshot().probabilities.shape == (300, 10)
    with pytest.raises(UserError, match="does not go on from the images"):
        workspace.add_images(session.row.id, "before")
