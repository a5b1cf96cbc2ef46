"""The process that the app exports in."""

import sys

import pandas as pd
import pytest

from ssvae_core.errors import UserError
from ssvae_core.export import ExportOptions
from ssvae_core.export.process import _read, export_apart
from ssvae_core.labels.store import LabelStore, Operation
from tests.support.small_workspace import small_workspace


@pytest.fixture(autouse=True)
def workspace(digits, monkeypatch, tmp_path):
    return small_workspace(digits, monkeypatch, tmp_path)


def test_the_process_reads_its_own_lines_of_progress_and_no_others(capsys):
    from ssvae_core.cli.export import say_as_json
    from ssvae_core.export import ExportProgress

    say_as_json(ExportProgress("7 of 9", 0.5))
    assert _read(capsys.readouterr().err) == ExportProgress("7 of 9", 0.5)
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
