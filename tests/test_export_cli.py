"""python -m ssvae_core export, and the process that the app runs it in."""

import dataclasses
import json
import sys

import numpy as np
import pandas as pd
import pytest
from small_core import label, make_core, small_config, step

from ssvae_core.cli import main
from ssvae_core.data import SOURCES
from ssvae_core.errors import UserError
from ssvae_core.export import FORMATS, ExportOptions
from ssvae_core.export.process import _read, export_apart
from ssvae_core.labels.store import LabelStore, Operation
from ssvae_core.pretraining.starter import Starter
from ssvae_core.trainer.export_programs import guesses_of


@pytest.fixture(autouse=True)
def workspace(digits, monkeypatch, tmp_path):
    """A workspace of its own, one small data set."""
    workspace = tmp_path / "workspace"
    (workspace / "sessions").mkdir(parents=True)
    monkeypatch.setenv("SSVAE_THREADS", "1")
    monkeypatch.setenv("SSVAE_WORKSPACE", str(workspace))
    monkeypatch.setattr("ssvae_core.atlas.starter_folders.ASSETS", tmp_path)
    data = dataclasses.replace(digits, name="small")
    monkeypatch.setitem(SOURCES, "small", lambda: data)
    return workspace


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
    assert found["model_version"] == f"{core.label_seq}.40"
    table = pd.read_csv(out / "labels.csv").set_index("example")
    labelled = table["label"].dropna()
    assert (labelled == digits.answer_key[labelled.index]).all()
    probabilities, predicted_by = guesses_of(core)
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
    before = sorted(core.folder.rglob("*"))
    called(capsys, "--session", row.id, "--format", "csv", "--out", str(tmp_path / "out"))
    assert sorted(core.folder.rglob("*")) == before
    store = LabelStore(workspace / "labels.db")
    assert store.session(row.id).generation == 0
    store.close()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--format", "xls"], "Unknown format 'xls'. Choose one of: csv, "),
        (["--format", "csv", "--what", "some"], "Unknown choice 'some'."),
        (["--format", "csv", "--min-confidence", "2"], "must lie between 0 and 1, got 2.0."),
    ],
)
def test_what_cannot_be_is_refused(row, arguments, sentence, capsys, tmp_path):
    out = tmp_path / "out"
    assert main(["export", "--session", row.id, "--out", str(out), *arguments]) == 2
    assert sentence in capsys.readouterr().err
    assert not out.exists()


def test_the_process_reads_its_own_lines_of_progress_and_no_others(capsys):
    from ssvae_core.cli.export import say_as_json
    from ssvae_core.export import Progress

    say_as_json(Progress("7 of 9", 0.5))
    assert _read(capsys.readouterr().err) == Progress("7 of 9", 0.5)
    assert _read("Exported without guesses.\n") is None
    assert _read("[1]\n") is None


def test_an_export_apart_writes_the_same_folder_or_says_why_not(tmp_path, monkeypatch):
    """On a workspace with a session on MNIST: another process knows no data set of a test."""
    workspace = tmp_path / "apart"
    store = LabelStore(workspace / "labels.db")
    row = store.create_session(
        "M", data="mnist", model="m1m2", n_examples=60_000, classes=tuple("0123456789")
    )
    store.append(row.id, Operation("op", "label", [4], 9), "Ana")
    store.close()
    work = export_apart(workspace, row.id, "csv", tmp_path / "out", ExportOptions("labels"))
    *_, last = work
    assert last.done == tmp_path / "out"
    table = pd.read_csv(tmp_path / "out" / "labels.csv")
    assert table[["example", "label", "annotator"]].values.tolist() == [[4, 9, "Ana"]]
    with pytest.raises(UserError, match="holds an earlier export"):
        list(export_apart(workspace, row.id, "csv", tmp_path / "out", ExportOptions("labels")))


def test_an_export_apart_that_breaks_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(UserError, match="ended with an error"):
        list(export_apart(tmp_path, "any", "csv", tmp_path / "out"))


def test_every_format_is_named_in_the_help(capsys):
    with pytest.raises(SystemExit):
        main(["export", "--help"])
    printed = capsys.readouterr().out
    assert all(name in printed for name in FORMATS)
