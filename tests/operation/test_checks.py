"""What `doctor` finds, one thing wrong at a time."""

import collections
import shutil
import socket

import pytest

from ssvae_core.labels.backup import make_backup
from ssvae_core.operation import checks
from ssvae_core.operation.checks import Check, all_checks, pinned
from ssvae_core.storage.lock import WorkspaceLock
from ssvae_core.storage.whole import put_aside
from tests.support.small_store import new_store, overwrite

FREE = {"PORT": "0"}  # no port: that check has its own tests


def found(workspace, name, environment=FREE, devices=lambda: []):
    (check,) = [each for each in all_checks(workspace, environment, devices) if each.name == name]
    return check


def test_every_check_of_a_new_place_is_fine_but_for_what_is_optional(tmp_path):
    checked = all_checks(tmp_path / "new", {}, lambda: [Check("device", "ok", "CPU")])
    assert {each.state for each in checked} <= {"ok", "note"}
    assert all(each.do for each in checked if each.state != "ok")
    assert not (tmp_path / "new").exists()


def test_torch_that_cannot_be_imported_is_a_problem_and_the_others_are_looked_at(tmp_path):
    def fails():
        raise ImportError("libcudart.so.12: cannot open shared object file\nmore")

    check = found(tmp_path, "device", devices=fails)
    assert check.state == "problem"
    assert "libcudart.so.12" in check.found
    assert "more" not in check.found
    assert found(tmp_path, "disk", devices=fails).state in ("ok", "warning")


def test_a_package_of_another_version_and_a_missing_one_are_named(tmp_path, monkeypatch):
    versions = {"numpy": "1.0", "torch": "2.13.0+cpu"}
    monkeypatch.setattr(checks, "_version", lambda name: versions.get(name, "0"))
    told = found(tmp_path, "packages").found
    assert "numpy 1.0 (tested with" in told
    assert "; torch " not in told  # +cpu is the same version
    monkeypatch.setattr(checks, "_version", lambda name: None)
    check = found(tmp_path, "packages")
    assert check.state == "problem"
    assert "pip install" in check.do
    assert "pip install 'ssvae-lab[onnx]'" in found(tmp_path, "extra onnx").do


def test_pins_are_read_without_their_comments():
    assert pinned("# x==1\na==1.0  # why\n-r b.txt\nc>=2\nd==3") == {"a": "1.0", "d": "3"}


@pytest.mark.parametrize(("free", "state"), [(1e6, "problem"), (1e9, "warning"), (1e11, "ok")])
def test_how_much_is_free_on_the_disk(tmp_path, monkeypatch, free, state):
    usage = collections.namedtuple("Usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(1e12, 0, free))
    assert found(tmp_path, "disk").state == state


def test_a_damaged_label_store_names_the_way_back_and_a_whole_one_its_labels(tmp_path):
    database = tmp_path / "labels.db"
    new_store(database)
    assert "30 labels in 1 session" in found(tmp_path, "labels").found
    assert found(tmp_path, "backup").state == "note"
    make_backup(database)
    assert "30 labels" in found(tmp_path, "backup").found
    overwrite(database, 0, b"x" * 100)
    check = found(tmp_path, "labels")
    assert check.state == "problem"
    assert "python -m ssvae_core restore" in check.do


def test_who_uses_the_workspace_and_what_was_put_aside(tmp_path):
    lock = WorkspaceLock(tmp_path)
    lock.tell("http://127.0.0.1:8777")
    assert "http://127.0.0.1:8777" in found(tmp_path, "workspace").found
    lock.release()
    assert "in use" not in found(tmp_path, "workspace").found
    (tmp_path / "runs.json").write_text("{")
    put_aside(tmp_path / "runs.json")
    assert "1 damaged file" in found(tmp_path, "put aside").found


def test_a_workspace_below_a_file_is_a_problem(tmp_path):
    (tmp_path / "file").write_text("")
    assert found(tmp_path / "file" / "lab", "workspace").state == "problem"


def test_a_port_that_is_taken_or_none(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = found(tmp_path, "port", {"PORT": str(other.getsockname()[1])})
    assert (taken.state, "taken" in taken.found) == ("note", True)
    assert found(tmp_path, "port", {"PORT": "http"}).state == "problem"
