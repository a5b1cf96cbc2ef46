"""python -m ssvae_core export."""

import json

import numpy as np
import pandas as pd
import pytest

from ssvae_core.cli import main
from ssvae_core.export import FORMATS
from ssvae_core.labels.store import LabelStore, Operation
from ssvae_core.pretraining.starter import Starter
from ssvae_core.session.workspace import Workspace
from ssvae_core.trainer.export_programs import guesses_of
from tests.support.small_core import label, make_core, small_config, step
from tests.support.small_originals import file_of, session_on, write_files
from tests.support.small_workspace import small_workspace


@pytest.fixture(autouse=True)
def workspace(digits, monkeypatch, tmp_path):
    return small_workspace(digits, monkeypatch, tmp_path)


@pytest.fixture
def row(workspace, digits, starter, tmp_path):
    """A session with 5 labels a class in its store, by Ana, and no checkpoint."""
    starter.save(tmp_path / "starter" / "small", {"fingerprint": digits.fingerprint})
    store = LabelStore(workspace / "labels.db")
    row = store.create_session(
        "Digits, Tuesday",
        data="small",
        model="m1m2",
        n_examples=300,
        classes=tuple("0123456789"),
        config=small_config("m1m2"),
    )
    for k in range(10):
        first = np.flatnonzero(digits.answer_key == k)[:5].tolist()
        store.append(row.id, Operation(f"op{k}", "label", first, k), "Ana")
    store.close()
    return row


@pytest.fixture
def core(row, workspace, digits, starter, tmp_path):
    """The trainer of that session, which has learned a little and saved itself."""
    folder = workspace / "sessions" / row.id
    loaded = Starter.load(tmp_path / "starter" / "small", digits.shape)
    core = make_core("m1m2", digits, loaded, folder, generation=1)
    label(core)
    step(core, 40)
    core.save()
    return core


def called(capsys, *arguments):
    assert main(["export", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out.splitlines()[-1])


def test_a_csv_has_what_people_said_and_what_the_newest_checkpoint_guesses(
    core, row, capsys, tmp_path, digits
):
    out = tmp_path / "out"
    found = called(capsys, "--session", "Digits, Tuesday", "--format", "csv", "--out", str(out))
    assert (found["session"], found["labels"], found["format"]) == (row.id, 50, "csv")
    assert (found["examples"], found["out"], found["files"]) == (300, str(out), 2)
    assert found["bytes"] == sum(path.stat().st_size for path in out.iterdir())
    assert found["model_version"] == f"{core.state.label_seq}.40"
    table = pd.read_csv(out / "labels.csv").set_index("example")
    labelled = table["label"].dropna()
    assert (labelled == digits.answer_key[labelled.index]).all()
    probabilities, predicted_by = guesses_of(core.state)
    guessed = table["guess"].dropna()
    assert len(labelled) + len(guessed) == 300
    assert (guessed == probabilities.argmax(1)[guessed.index]).all()
    assert np.allclose(table["confidence"].dropna(), probabilities.max(1)[guessed.index], atol=1e-5)
    assert set(table["predicted_by"].dropna()) == {predicted_by}


def test_without_a_checkpoint_labels_are_exported_and_that_is_said(row, capsys, tmp_path):
    arguments = ["--session", row.id, "--format", "jsonl", "--out", str(tmp_path / "out")]
    assert main(["export", *arguments]) == 0
    printed = capsys.readouterr()
    assert (
        "Exported without guesses. The session 'Digits, Tuesday' has no checkpoint" in printed.err
    )
    assert printed.out == (
        f"{tmp_path / 'out'}: JSON Lines of 'Digits, Tuesday', 50 labels, 2 files.\n"
    )


def test_the_model_needs_a_checkpoint(row, capsys, tmp_path):
    arguments = ["--session", row.id, "--format", "model", "--out", str(tmp_path / "out")]
    assert main(["export", *arguments]) == 2
    assert "has no checkpoint yet" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_the_trainer_is_left_alone(core, row, capsys, tmp_path, workspace):
    before = sorted(core.state.folder.rglob("*"))
    called(capsys, "--session", row.id, "--format", "csv", "--out", str(tmp_path / "out"))
    assert sorted(core.state.folder.rglob("*")) == before
    store = LabelStore(workspace / "labels.db")
    assert store.session(row.id).generation == 0
    store.close()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--format", "xls"], "Unknown format 'xls'. Choose one of: csv, "),
        (["--format", "csv", "--what", "some"], "Unknown choice 'some'."),
        (["--format", "coco", "--images", "both"], "Unknown images 'both'."),
        (["--format", "csv", "--min-confidence", "2"], "must lie between 0 and 1, got 2.0."),
    ],
)
def test_what_cannot_be_is_refused(row, arguments, sentence, capsys, tmp_path):
    out = tmp_path / "out"
    assert main(["export", "--session", row.id, "--out", str(out), *arguments]) == 2
    assert sentence in capsys.readouterr().err
    assert not out.exists()


@pytest.fixture
def photos(workspace, tmp_path):
    """A session on one photo, named by its id."""
    write_files(tmp_path / "photos", {"c0.png": (file_of(0), (480, 640))})
    opened = Workspace(workspace)
    session = session_on(opened, tmp_path / "photos")
    opened.close()
    return session.row.id


def test_image_files_are_originals_or_copies_and_it_says_where_they_are_gone(
    photos, capsys, tmp_path
):
    arguments = ["--session", photos, "--format", "imagefolder", "--what", "labels"]
    found = called(capsys, *arguments, "--out", str(tmp_path / "a"))
    assert found["images"] == {"originals": 1, "copies": 0}
    content = (tmp_path / "a" / "train" / "cat" / "c0.png").read_bytes()
    assert content == (tmp_path / "photos" / "c0.png").read_bytes()
    found = called(capsys, *arguments, "--images", "copies", "--out", str(tmp_path / "b"))
    assert found["images"] == {"originals": 0, "copies": 1}
    (tmp_path / "photos" / "c0.png").unlink()
    assert main(["export", *arguments, "--out", str(tmp_path / "c")]) == 0
    assert "1 of 1 images is a smaller copy" in capsys.readouterr().out
    assert (tmp_path / "c" / "train" / "cat" / "c0-256x192.jpg").is_file()


def test_every_format_is_named_in_the_help(capsys):
    with pytest.raises(SystemExit):
        main(["export", "--help"])
    printed = capsys.readouterr().out
    assert all(name in printed for name in FORMATS)
