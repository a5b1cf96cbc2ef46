"""A workspace written to a file, whole, beside whoever is at work on it."""

import os
import threading

import numpy as np
import pytest

from ssvae_core.errors import UserError
from ssvae_core.labels.recovery import check_at_start
from ssvae_core.labels.store import LabelStore, Operation
from ssvae_core.operation.workspace_backup import write_copy
from ssvae_core.operation.workspace_restore import check_copy, restore_copy
from ssvae_core.storage.bundles import read_bundle, write_bundle
from ssvae_core.storage.lock import WorkspaceLock
from tests.support.small_store import new_store, overwrite


@pytest.fixture
def workspace(tmp_path):
    root = tmp_path / "lab"
    new_store(root / "labels.db")
    for name in ("data/pets/examples.npy", "exports/a/labels.csv", "sessions/S/runs.json"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(name.encode())
    for name in ("uploads/u/x.png", "backups/labels-000001-20261201-010203.db"):
        (root / name).parent.mkdir(parents=True)
        (root / name).write_bytes(b"not in the copy")
    (root / "sessions/S/worker.log").write_text("printed")
    (root / ".damaged-x").write_text("aside")
    return root


def test_it_holds_labels_data_and_models_and_not_what_is_on_its_way(workspace, tmp_path):
    lock = WorkspaceLock(workspace)  # an app is at work
    progress = []
    write_copy(workspace, tmp_path / "copy.zip", lambda *at: progress.append(at))
    lock.release()
    copy = check_copy(tmp_path / "copy.zip")
    assert sorted(copy.files) == [
        *("data/pets/examples.npy", "exports/a/labels.csv", "labels.db", "sessions/S/runs.json"),
    ]
    assert (copy.labels, copy.sessions) == (30, 1)
    assert progress[-1] == (copy.n_bytes, copy.n_bytes)
    assert (tmp_path / "copy.zip").stat().st_mode & 0o077 == 0
    assert not list(workspace.glob(".ssvae-copy-*"))


def test_a_file_that_is_there_is_not_overwritten(workspace, tmp_path):
    (tmp_path / "copy.zip").write_text("precious")
    with pytest.raises(UserError, match="there already and is not overwritten"):
        write_copy(workspace, tmp_path / "copy.zip")
    assert (tmp_path / "copy.zip").read_text() == "precious"


def test_a_damaged_label_store_is_not_copied_and_nothing_is_left(workspace, tmp_path):
    overwrite(workspace / "labels.db", 0, b"x" * 100)
    with pytest.raises(UserError, match="is damaged"):
        write_copy(workspace, tmp_path / "copy.zip")
    assert os.listdir(tmp_path) == ["lab"]
    assert not list(workspace.glob(".ssvae-copy-*"))


def test_a_copy_made_while_others_write_has_whole_files_and_every_acknowledged_label(
    workspace, tmp_path
):
    """Checkpoints are written and removed, and labels stored, as a session does it."""
    ending, stored = threading.Event(), []
    store = LabelStore(workspace / "labels.db")
    session = store.sessions()[0].id
    folder = workspace / "sessions" / session

    def label():
        for k in range(10_000):
            if ending.is_set():
                return
            stored.append(store.append(session, Operation(f"x{k}", "label", (k,), 0)).seq)

    def save():
        for k in range(10_000):
            if ending.is_set():
                return
            name = folder / f"ck-1-{k % 3}"
            write_bundle(name, {"x": np.full(1000, k)}, {"label_seq": store.head(session)})

    threads = [threading.Thread(target=each) for each in (label, save)]
    for thread in threads:
        thread.start()
    try:
        for k in range(3):
            before = len(stored)
            write_copy(workspace, tmp_path / f"{k}.zip")
            root = tmp_path / f"restored-{k}"
            restore_copy(tmp_path / f"{k}.zip", root)
            check_at_start(root / "labels.db")  # no checkpoint knows a label that is missing
            again = LabelStore(root / "labels.db")
            assert again.head(session) >= (stored[before - 1] if before else 3)
            again.close()
            for manifest in root.glob("sessions/*/ck-*"):
                read_bundle(manifest)  # which compares its sha256
    finally:
        ending.set()
        for thread in threads:
            thread.join()
        store.close()
