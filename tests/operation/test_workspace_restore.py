"""A workspace made of a file: all of it or nothing, over nothing, and never believing the file."""

import json
import random
import warnings
import zipfile
from contextlib import suppress

import pytest

from ssvae_core.errors import NotWritten, UserError
from ssvae_core.operation import workspace_restore
from ssvae_core.operation.copy_file import read_copy
from ssvae_core.operation.workspace_backup import write_copy
from ssvae_core.operation.workspace_restore import check_copy, restore_copy
from ssvae_core.storage.lock import WorkspaceLock
from tests.support.small_store import n_labels, new_store


@pytest.fixture
def copy(tmp_path):
    root = tmp_path / "lab"
    new_store(root / "labels.db")
    (root / "data" / "pets").mkdir(parents=True)
    (root / "data" / "pets" / "x.npy").write_bytes(bytes(range(256)) * 8)
    write_copy(root, tmp_path / "copy.zip")
    return tmp_path / "copy.zip"


def test_it_is_there_again_in_a_new_place(copy, tmp_path):
    assert restore_copy(copy, tmp_path / "new" / "lab") is None
    assert n_labels(tmp_path / "new" / "lab" / "labels.db") == 30
    assert (tmp_path / "new" / "lab" / "data" / "pets" / "x.npy").read_bytes()[:3] == b"\0\1\2"


def test_what_is_there_stays_unless_replace_is_said_and_is_kept_then(copy, tmp_path):
    place = tmp_path / "lab"
    (place / "new.txt").write_text("since the copy")
    with pytest.raises(UserError, match=r"is not overwritten.*--replace"):
        restore_copy(copy, place)
    assert (place / "new.txt").exists()
    kept = restore_copy(copy, place, replace=True)
    assert (kept / "new.txt").read_text() == "since the copy"
    assert not (place / "new.txt").exists()
    assert n_labels(place / "labels.db") == n_labels(kept / "labels.db") == 30


def test_a_workspace_in_use_is_not_replaced(copy, tmp_path):
    lock = WorkspaceLock(tmp_path / "lab")
    lock.tell("http://127.0.0.1:8555")
    with pytest.raises(UserError, match="8555"):
        restore_copy(copy, tmp_path / "lab", replace=True)
    lock.release()


def test_a_disk_that_is_too_small_is_said_before_anything_is_written(copy, tmp_path, monkeypatch):
    monkeypatch.setattr(workspace_restore, "SPARE_SPACE", 10**18)
    with pytest.raises(NotWritten, match="are free"):
        restore_copy(copy, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def rewritten(copy, change, names=None):
    """The same copy with another manifest, and members under other names."""
    other = copy.with_name("other.zip")
    with zipfile.ZipFile(copy) as source, zipfile.ZipFile(other, "w") as target:
        manifest = json.loads(source.read("manifest.json"))
        change(manifest)
        for name in source.namelist():
            if name != "manifest.json":
                target.writestr((names or {}).get(name, name), source.read(name))
        target.writestr("manifest.json", json.dumps(manifest))
    return other


def renamed(new):
    def change(manifest):
        manifest["files"][new] = manifest["files"].pop("data/pets/x.npy")

    return change, {"data/pets/x.npy": new}


def of_file(**said):
    return lambda manifest: manifest["files"]["data/pets/x.npy"].update(said), None


@pytest.mark.parametrize(
    "forged",
    [
        *(renamed(name) for name in ("../out", "/etc/x", "a/../../b", "a\\b", "app.lock", "a//b")),
        *(of_file(bytes=3), of_file(sha256="0" * 64), of_file(bytes=None)),
        (lambda manifest: manifest.update(files=[]), None),
        (lambda manifest: manifest.update(format=99), None),
        (lambda manifest: manifest.update(format="x"), None),
        (lambda manifest: manifest.update(labels=29), None),
        (lambda manifest: manifest.update(sessions=None), None),
        (lambda manifest: manifest["files"].pop("labels.db"), None),
    ],
    ids=range(15),
)
def test_a_forged_file_is_refused_in_words_and_writes_nothing(copy, tmp_path, forged):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile's, of odd names
        other = rewritten(copy, *forged)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(UserError, match=r"whole copy|newer version"):
        restore_copy(other, tmp_path / "new")
    assert sorted(tmp_path.rglob("*")) == before


def test_any_byte_that_is_damaged_is_noticed_or_does_no_harm(copy, tmp_path):
    whole, rng = copy.read_bytes(), random.Random(0)
    contents = read_copy(copy).files
    damaged = tmp_path / "damaged.zip"
    for _ in range(60):
        content = bytearray(whole)
        if rng.random() < 0.3:
            del content[rng.randrange(len(content)) :]
        else:
            for _ in range(rng.randint(1, 20)):
                content[rng.randrange(len(content))] = rng.randrange(256)
        damaged.write_bytes(content)
        with suppress(UserError):
            assert check_copy(damaged).files == contents


@pytest.mark.parametrize("content", [b"", b"PK", b"a text\n" * 100])
def test_a_file_that_is_no_copy_is_said(tmp_path, content):
    (tmp_path / "x.zip").write_bytes(content)
    with pytest.raises(UserError, match="no whole copy of a workspace"):
        read_copy(tmp_path / "x.zip")
    with pytest.raises(UserError, match="There is no file"):
        read_copy(tmp_path / "y.zip")
