"""`sample`: pictures of what a session's model draws."""

import numpy as np
import pytest
from PIL import Image

from ssvae_core.cli import main
from ssvae_core.cli.sample import EDGE, GAP, grid
from ssvae_core.labels.store import LabelStore
from ssvae_core.pretraining.starter import Starter
from tests.support.small_core import label, make_core, small_config, step


@pytest.fixture
def workspace(tmp_path):
    return tmp_path / "workspace"


@pytest.fixture
def store(workspace):
    (workspace / "sessions").mkdir(parents=True)
    store = LabelStore(workspace / "labels.db")
    yield store
    store.close()


def new_session(store, name="Digits, Tuesday", classes="0123456789"):
    return store.create_session(
        name,
        data="small",
        model="m1m2",
        n_examples=300,
        classes=tuple(classes),
        config=small_config("m1m2"),
    )


@pytest.fixture
def core(store, data, shipped, workspace):
    """The trainer of a session that has learned a little and saved itself."""
    row = new_session(store)
    folder = workspace / "sessions" / row.id
    core = make_core("m1m2", data, Starter.load(shipped, data.shape), folder, generation=1)
    label(core)
    step(core, 40)
    core.save()
    return core


def session_id(core):
    return core.state.folder.name


def test_sample_draws_what_the_newest_checkpoint_draws(core, call, tmp_path, store):
    out, before = tmp_path / "drawn.png", sorted(core.state.folder.rglob("*"))
    options = ["--per-class", "3", "--seed", "5", "--out", str(out)]
    found = call("sample", "--session", session_id(core), *options)
    assert (found["session"], found["labels"], found["out"]) == (session_id(core), 50, str(out))
    assert found["classes"] == list("0123456789")
    core.state.ensemble.remember_codes()
    expected = core.state.learner.draw(3, 5).reshape(10, 3, 8, 8)
    picture = np.asarray(Image.open(out).convert("L"))
    left = picture.shape[1] - 3 * (EDGE + GAP)
    for k, n in ((0, 0), (4, 1), (9, 2)):
        top, side = GAP + k * (EDGE + GAP), left + n * (EDGE + GAP)
        tile = picture[top : top + EDGE, side : side + EDGE]
        assert np.array_equal(tile[::7, ::7], expected[k, n])
    assert expected.std() > 10  # not grey all over
    means = call("sample", "--session", session_id(core), "--mean", *options)
    assert (found["drawn"], means["drawn"]) == ("draw", "mean")
    assert found["temperature"] == 1
    tile = np.asarray(Image.open(out).convert("L"))[GAP : GAP + EDGE, left : left + EDGE]
    of_means = core.state.learner.draw(3, 5, mean=True).reshape(10, 3, 8, 8)
    assert np.array_equal(tile[::7, ::7], of_means[0, 0])
    assert not np.array_equal(of_means, expected)
    call("sample", "--session", session_id(core), "--temperature", "0.3", *options)
    tile = np.asarray(Image.open(out).convert("L"))[GAP : GAP + EDGE, left : left + EDGE]
    cool = core.state.learner.draw(3, 5, temperature=0.3).reshape(10, 3, 8, 8)
    assert np.array_equal(tile[::7, ::7], cool[0, 0])
    assert not np.array_equal(cool, expected)
    # The session's trainer was left alone.
    assert sorted(core.state.folder.rglob("*")) == before
    assert store.session(session_id(core)).generation == 0


@pytest.mark.parametrize("text", ["-1", "nan", "inf", "warm"])
def test_a_temperature_is_a_number_from_0_on(refused, text):
    assert f"from 0 on, got '{text}'" in refused("sample", "--session", "x", "--temperature", text)


def test_a_session_is_found_by_its_name_too(core, capsys, tmp_path):
    out = str(tmp_path / "drawn.png")
    assert main(["sample", "--session", "Digits, Tuesday", "--out", out]) == 0
    printed = capsys.readouterr().out
    assert printed == (
        f"{out}: 10 draws of each of 10 classes, by m1m2 of 'Digits, Tuesday' after 50 labels.\n"
    )


def test_classes_without_a_label_are_named(core, data, capsys, tmp_path):
    given = np.flatnonzero(np.isin(core.state.labels, (3, 7)))
    core.apply(core.state.label_seq + len(given), given, np.full(len(given), -1))
    step(core, 1)
    core.save()
    assert main(["sample", "--session", session_id(core), "--out", str(tmp_path / "a.png")]) == 0
    last = capsys.readouterr().err.splitlines()[-1]
    assert last == "Without a label yet, so drawn blindly: 3, 7."


def test_a_name_of_two_sessions_is_refused_with_their_ids(core, store, refused):
    other = new_session(store)
    sentence = refused("sample", "--session", "Digits, Tuesday")
    assert sentence.startswith("2 sessions are called 'Digits, Tuesday'. Name one by its id: ")
    assert other.id in sentence
    assert session_id(core) in sentence


def test_without_a_workspace_sample_says_where_it_looked_and_makes_none(refused, workspace):
    sentence = refused("sample", "--session", "any")
    assert sentence.startswith(f"There are no sessions in {workspace}. Start the app")
    assert not workspace.exists()


def test_an_unknown_session_is_refused_with_those_there_are(store, refused):
    row = new_session(store)
    sentence = refused("sample", "--session", "Birds")
    assert sentence.startswith("There is no session 'Birds' in ")
    assert sentence.endswith(f"There is: {row.id} ('Digits, Tuesday').")


def test_a_session_without_a_checkpoint_is_refused(store, refused):
    row = new_session(store)
    sentence = refused("sample", "--session", row.id)
    assert sentence.startswith("The session 'Digits, Tuesday' has no checkpoint yet. Open it")


def test_a_model_without_labels_is_refused(core, refused):
    given = np.flatnonzero(core.state.labels >= 0)
    core.apply(core.state.label_seq + len(given), given, np.full(len(given), -1))
    step(core, 1)
    core.save()
    sentence = refused("sample", "--session", session_id(core))
    assert sentence.startswith("The model of 'Digits, Tuesday' has seen no label")


def test_a_checkpoint_that_does_not_fit_is_refused(core, refused, workspace, store):
    row = new_session(store, "Other", classes="01234567")
    core.state.folder.rename(workspace / "sessions" / row.id)
    sentence = refused("sample", "--session", "Other")
    assert sentence.startswith("The session 'Other' cannot be drawn from. The checkpoint does not")


def test_a_picture_that_cannot_be_written_is_said(core, refused, tmp_path):
    out = tmp_path / "nowhere" / "drawn.png"
    sentence = refused("sample", "--session", session_id(core), "--out", str(out))
    assert sentence == f"{out} cannot be written: No such file or directory."


def test_a_grid_shows_colours_and_makes_room_for_the_longest_name():
    images = np.zeros((2, 3, 80, 60, 3), np.uint8)
    images[1, 2] = (200, 30, 40)
    short = grid(images, ["a", "b"])
    long = grid(images, ["a", "Ornithorhynchus anatinus"])
    assert short.height == long.height == GAP + 2 * (80 + GAP)
    assert long.width > short.width + 60
    assert short.getpixel((short.width - GAP - 1, short.height - GAP - 1)) == (200, 30, 40)
