"""The map follows the graph that the labels speak for; nothing that was learned is lost by it."""

import numpy as np
import pytest

from ssvae_core.atlas.atlas import Atlas, nearest_neighbours
from ssvae_core.atlas.first_map import first_atlas
from ssvae_core.atlas.graphs import PIXELS, NamedGraph
from ssvae_core.data import SOURCES
from ssvae_core.pretraining.starter import Starter
from ssvae_core.protocol.queries import CheckLabels
from ssvae_core.storage.paths import ATLAS, M1, OWN_STARTER
from ssvae_core.trainer import leading_map
from ssvae_core.trainer.open import open_core
from ssvae_core.training.label_propagation import Propagation
from tests.support.small_core import K, ask, label, learned, make_core, step


@pytest.fixture
def led_by_chance(digits, starter):
    """A starter whose M1 stands first and knows nothing of the classes; the pixels' graph does."""
    random = np.random.default_rng(0).normal(size=(len(digits), 5)).astype(np.float32)
    near = nearest_neighbours(random)
    *_, by_pixels = first_atlas(digits.images)
    atlas = Atlas(starter.atlas.xy, *near, starter.atlas.medoids)
    pixels = NamedGraph(PIXELS, by_pixels.neighbours, by_pixels.distances)
    return Starter(starter.m1, atlas, graphs=[pixels])


@pytest.fixture
def core(digits, led_by_chance, tmp_path):
    return make_core("m1m2", digits, led_by_chance, tmp_path / "session")


@pytest.fixture
def opening(digits, led_by_chance, tmp_path, monkeypatch):
    """What a trainer of a session with that starter is opened with."""
    monkeypatch.setenv("SSVAE_THREADS", "1")
    monkeypatch.setitem(SOURCES, "small", lambda: digits)
    led_by_chance.save(tmp_path / "shared", {"fingerprint": digits.fingerprint})
    return {
        **{"data": "small", "model": "m1m2", "config": {"latent_dim": 4, "hidden_dim": 32}},
        **{"n_classes": K, "seed": 0, "device": "cpu", "generation": 0},
        **{"starter": tmp_path / "shared", "folder": tmp_path / "session"},
    }


def run(core, at_most=200):
    """Until the map stands; gives the snapshots with a map."""
    maps = []
    for _ in range(at_most):
        if core.pretraining.job is None:
            return maps
        core.step()
        if (view := core.snapshot()) and view.xy is not None:
            maps.append(view)
    raise AssertionError("the map did not come to stand")


def test_the_map_goes_to_the_graph_that_labels_speak_for(core, led_by_chance):
    assert core.snapshot().graph == "m1"
    label(core)
    assert core.is_pretraining
    assert core.status().message.startswith("the map follows the neighbours")
    maps = run(core)
    state = core.state
    assert state.starter.leading == maps[-1].graph == PIXELS
    assert [graph.name for graph in state.starter.graphs] == ["m1", PIXELS]
    assert np.array_equal(state.atlas.neighbours, led_by_chance.graphs[1].neighbours)
    assert np.array_equal(maps[-1].xy, state.atlas.xy)
    before, after = (
        np.linalg.norm(xy[state.atlas.neighbours] - xy[:, None], axis=2).mean()
        for xy in (led_by_chance.atlas.xy, state.atlas.xy)
    )
    assert after < before / 2  # neighbours lie together now
    assert core.message == ""


def test_few_labels_move_no_map(core):
    label(core, 1, range(8))
    assert core.state.ensemble.mixture.leading == "m1"
    assert core.pretraining.job is None


def test_what_was_learned_stays_while_the_map_moves_and_labels_are_answered(core):
    label(core)
    weights = learned(core)
    step(core, 3)
    chosen = label(core, 6)
    shown = core.snapshot()
    assert (shown.probabilities[chosen].argmax(1) == core.state.data.answer_key[chosen]).all()
    run(core)
    assert all((learned(core)[name] == weights[name]).all() for name in weights)
    steps = core.state.step_count
    core.step()
    assert core.state.step_count == steps + 1


def test_labels_taken_back_bring_no_map_back_and_are_answered_as_before(core, digits):
    label(core, 2)
    said = core.snapshot().probabilities
    label(core)
    run(core)
    xy = core.state.atlas.xy
    gone = np.concatenate([np.flatnonzero(digits.answer_key == k)[2:5] for k in range(K)])
    core.apply(core.state.label_seq + 1, gone, np.full(len(gone), -1, np.int16), undone_from=21)
    assert core.pretraining.job is None
    assert np.array_equal(core.state.atlas.xy, xy)
    np.testing.assert_array_equal(core.snapshot().probabilities, said)


def test_it_can_be_cancelled_and_does_not_begin_again(core, led_by_chance):
    label(core)
    step(core, 3)
    core.command("cancel")
    assert core.message == (
        "Cancelled. The map stays as it was; guesses follow the labels all the same."
    )
    assert np.array_equal(core.snapshot().xy, led_by_chance.atlas.xy)
    label(core, 6)
    assert core.pretraining.job is None
    assert core.state.starter is led_by_chance


def test_labels_that_say_otherwise_before_its_turn_leave_the_map(core, led_by_chance):
    label(core)
    core.state.ensemble.mixture.leading = "m1"
    core.step()
    assert core.pretraining.job is None
    assert core.message == ""
    assert np.array_equal(core.snapshot().xy, led_by_chance.atlas.xy)


def test_the_session_opens_again_on_its_map_and_model_and_other_sessions_on_theirs(
    opening, tmp_path, led_by_chance
):
    first = open_core(**opening)
    label(first)
    shown = run(first)[-1]
    step(first, 4)
    first.save()
    own = tmp_path / "session" / OWN_STARTER
    assert (own / ATLAS).is_dir()
    assert not (own / M1).exists()  # it is the one of all sessions
    again = open_core(**opening)
    assert again.message == ""
    assert again.pretraining.job is None
    assert again.state.step_count == 4
    assert again.state.learner.steps == 4
    assert again.state.starter.leading == PIXELS
    assert [graph.name for graph in again.state.starter.graphs] == ["m1", PIXELS]
    assert np.array_equal(again.state.atlas.xy, first.state.atlas.xy)
    np.testing.assert_allclose(again.snapshot().probabilities, shown.probabilities, atol=2e-3)
    other = open_core(**{**opening, "folder": tmp_path / "another"})
    assert other.state.starter.leading == "m1"
    np.testing.assert_array_equal(other.state.atlas.xy, led_by_chance.atlas.xy)


def test_killed_on_the_way_it_goes_there_when_the_session_opens_again(opening):
    first = open_core(**opening)
    label(first)
    step(first, 3)
    first.save()
    again = open_core(**opening)
    assert isinstance(again.pretraining.job, leading_map.LeadingMap)
    run(again)
    assert again.state.starter.leading == PIXELS


def test_a_map_that_moved_before_the_checkpoint_was_written_costs_no_model(opening, tmp_path):
    first = open_core(**opening)
    label(first)
    first.command("cancel")
    step(first, 3)
    first.save()  # a checkpoint on the graph that led before
    first.state.starter.led_by(PIXELS, first.state.atlas.xy).save_map(
        tmp_path / "session" / OWN_STARTER, {"fingerprint": first.state.data.fingerprint}
    )
    again = open_core(**opening)
    assert (again.message, again.state.learner.steps) == ("", 3)


def test_labels_are_checked_by_all_that_answers(core, digits):
    """Where a graph of chance leads, the others still know a wrong label."""
    chosen = label(core, 6)
    wrong = chosen[0]
    core.apply(core.state.label_seq + 1, [wrong], [(digits.answer_key[wrong] + 1) % K])
    checks = ask(core, CheckLabels)
    said = checks.propagated[list(checks.examples).index(wrong)]
    assert said.argmax() == digits.answer_key[wrong]
    leading = core.state.starter.graphs[0]
    alone = Propagation(leading.neighbours, leading.distances)
    labels = core.state.labels.copy()
    labels[wrong] = -1
    assert said[digits.answer_key[wrong]] > alone.at(labels, K, np.array([wrong])).max()
