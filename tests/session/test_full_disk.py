"""A disk that takes nothing: the sentence, no label lost, and all goes on when it has room again.

The limit that the system sets to the length of a file stands for the full disk: who may not write
is told by the same calls, and nobody has to be root.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ssvae_core.errors import NotWritten
from ssvae_core.labels.store import LabelStore, NotSaved, Operation
from ssvae_core.session.runs import Runs
from ssvae_core.session.workspace import Workspace
from tests.support.small_store import add_labels, n_labels, new_store

ROOT = Path(__file__).resolve().parents[2]

FULL = """
import json, resource, sys
from pathlib import Path
import numpy as np
from ssvae_core.errors import UserError
from ssvae_core.export.past_exports import Exports
from ssvae_core.importing.import_data import Choice, import_data
from ssvae_core.importing.uploads import Uploads
from ssvae_core.labels.backup import make_backup
from ssvae_core.labels.store import LabelStore, Operation
from ssvae_core.session.runs import Runs
from ssvae_core.session.sample_history import SampleHistory
from ssvae_core.storage.bundles import read_bundle, write_bundle

root, images = map(Path, sys.argv[1:])
store = LabelStore(root / "labels.db")
session = store.create_session("S", data="x", model="m2", n_examples=9999, classes=("a", "b")).id
label = lambda k: store.append(session, Operation(f"op-{k}", "label", (k,), 0))
label(0)
write_bundle(root / "map", {"xy": np.zeros(9, np.float32)}, {"n": 1})
runs, said = Runs(root / "runs.json"), {}
runs._runs = [{"settings": {}, "began": 1.0}]
samples = SampleHistory(root / "samples")
samples._kept, samples._unsaved = {10: (10, np.zeros((2, 3, 99, 99, 1), np.uint8))}, {10}
uploads = Uploads(root / "uploads")
upload = uploads.begin("x", 1, 10)

def limit(n):
    resource.setrlimit(resource.RLIMIT_FSIZE, (n, resource.RLIM_INFINITY))

def attempt(name, work):
    try:
        work()
    except UserError as error:
        said[name] = f"{type(error).__name__}: {error}"

def part(content):
    head = json.dumps({"path": "x.png", "at": 0, "n": len(content)}).encode()
    return len(head).to_bytes(4, "big") + head + content

limit(100)
for k in range(1, 4):
    attempt(f"label {k}", lambda: label(k))
new = {"data": "x", "model": "m2", "n_examples": 1, "classes": ()}
attempt("session", lambda: store.create_session("T", **new))
attempt("bundle", lambda: write_bundle(root / "map", {"xy": np.ones(9, np.float32)}, {"n": 2}))
attempt("upload", lambda: uploads.add(upload, part(b"x" * 300)))
attempt("import", lambda: list(import_data(images, root / "data", name="pets", choice=Choice())))
runs.save(at_once=True)
samples.save()
try:
    make_backup(root / "labels.db")
except Exception as error:
    said["backup"] = type(error).__name__
limit(resource.RLIM_INFINITY)
left = sorted(path.name for path in root.rglob("*") if path.name.startswith((".", "at10")))
for k in range(1, 4):
    label(k)
said["head"] = store.head(session)
said["bundle after"] = read_bundle(root / "map")[1]["n"]
said["left"] = left
print(json.dumps(said))
"""


def test_everything_that_is_written_says_so_and_labels_go_on_when_there_is_room(tmp_path):
    from tests.support.whole_workspace import new_images

    root = tmp_path / "workspace"
    root.mkdir()
    images = new_images(tmp_path / "images")
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(root), str(images)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    for k in (1, 2, 3):
        assert said[f"label {k}"].startswith("NotSaved: The label is NOT saved: the disk")
    assert said["session"].startswith("NotSaved: The session is NOT saved: the disk")
    assert said["bundle"].startswith("NotWritten: map could not be saved")
    assert said["upload"].startswith("NotWritten: The files could not be written")
    assert said["import"].startswith("NotWritten: ")
    assert (said["head"], said["bundle after"]) == (4, 1)
    assert said["left"] == []
    assert n_labels(root / "labels.db") == 4
    assert "Traceback" not in done.stderr


def test_a_database_that_is_full_says_so_and_goes_on_when_it_is_not(tmp_path):
    (session,) = new_store(tmp_path / "labels.db")
    store = LabelStore(tmp_path / "labels.db")
    with store._write("The limit") as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    many = Operation("many", "label", tuple(range(100, 3000)), 1)
    with pytest.raises(NotSaved, match=r"the disk is full\. Free some space"):
        store.append(session, many)
    with store._write("The limit") as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 100000")
    assert store.append(session, many).is_new
    store.close()


@pytest.fixture
def store(tmp_path):
    new_store(tmp_path / "workspace" / "labels.db", labels=3)
    store = LabelStore(tmp_path / "workspace" / "labels.db")
    yield store
    store.close()


def label_of(store, name):
    return store.append(store.sessions()[0].id, Operation(name, "label", (7,), 1))


@pytest.mark.parametrize("what", ["workspace", "workspace/labels.db"])
def test_what_was_moved_away_takes_no_label_and_takes_them_again_when_it_is_back(
    store, tmp_path, what
):
    label_of(store, "before")
    path, elsewhere = tmp_path / what, tmp_path / "elsewhere"
    path.rename(elsewhere)
    for _ in range(2):
        with pytest.raises(NotSaved, match="was moved, removed or replaced"):
            label_of(store, "meanwhile")
    elsewhere.rename(path)
    label_of(store, "meanwhile")
    assert n_labels(tmp_path / "workspace" / "labels.db") == 5


@pytest.mark.parametrize("what", ["removed", "another file", "another store", "a folder"])
def test_no_label_is_acknowledged_that_is_gone_with_the_process(store, tmp_path, what):
    label_of(store, "before")
    database = tmp_path / "workspace" / "labels.db"
    if what == "removed":
        shutil.rmtree(database.parent)
    else:
        database.unlink()
    if what == "another file":
        database.write_text("x")
    elif what == "another store":
        new_store(database)
    elif what == "a folder":
        database.mkdir()
    with pytest.raises(NotSaved, match="start the app again"):
        label_of(store, "after")


def test_a_store_that_may_only_be_read_says_so(store):
    with store._read() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")
    with pytest.raises(NotSaved, match="may only be read"):
        label_of(store, "a")
    with store._read() as connection:
        connection.exec_driver_sql("PRAGMA query_only = OFF")
    label_of(store, "a")


def test_a_workspace_that_may_only_be_read_is_named_at_the_start(tmp_path, monkeypatch):
    new_store(tmp_path / "labels.db")
    opened = os.open

    def refuse(path, flags, *rest, **more):
        if str(path).startswith(str(tmp_path)) and flags & (os.O_RDWR | os.O_WRONLY):
            raise OSError(30, "Read-only file system", str(path))
        return opened(path, flags, *rest, **more)

    (tmp_path / "sessions").mkdir()
    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(NotWritten, match=r"cannot be used: Read-only file system"):
        Workspace(tmp_path, for_app=True)


def test_of_a_clock_that_was_set_back_the_newest_session_is_still_the_newest(store, monkeypatch):
    now = time.time()
    first = store.sessions()[0]
    monkeypatch.setattr(time, "time", lambda: now - 86_400)
    names = ("a", "b", "c")
    row = store.create_session("Later", data="mnist", model="m2", n_examples=9, classes=names)
    second = row.id
    assert [row.id for row in store.sessions()] == [second, first.id]
    add_labels(store, second, 3)
    assert store.head(second) == 3


def test_and_no_run_ended_before_it_began(tmp_path, monkeypatch):
    class Told:
        n_labels, step, predicted_by, terms = 1, 5, "model", {}

    runs, now = Runs(tmp_path / "runs.json"), time.time()
    runs.note({"model": "m2"}, Told, None)
    monkeypatch.setattr(time, "time", lambda: now - 3600)
    runs.note({"model": "m2"}, Told, None)
    (run,) = runs.listed()
    assert run["ended"] >= run["began"]


def test_labels_are_for_their_owner_alone_also_those_of_before(tmp_path):
    database = tmp_path / "labels.db"
    database.touch(0o644)
    (session,) = new_store(database)
    database.chmod(0o644)
    old = os.umask(0)
    try:
        store = LabelStore(database)
        add_labels(store, session, 5, start=50)
        files = [path for path in tmp_path.iterdir() if path.name.startswith("labels.db")]
        assert len(files) == 3
        assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
        store.close()
    finally:
        os.umask(old)
