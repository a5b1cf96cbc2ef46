"""One app to a workspace: a second is told of the first, and a killed one leaves no lock."""

import errno
import fcntl
import os
import re
import signal
import subprocess
import sys

import pytest

from ssvae_core.errors import Conflict, NotWritten
from ssvae_core.storage.lock import WorkspaceLock

HOLD = """
import sys
from pathlib import Path
from ssvae_core.storage.lock import WorkspaceLock
lock = WorkspaceLock(Path(sys.argv[1]))
lock.tell("http://127.0.0.1:8501")
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that has the workspace."""
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"held\n"
    yield process
    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()


def test_a_second_is_told_who_the_first_is_and_where(holder, tmp_path):
    with pytest.raises(Conflict) as caught:
        WorkspaceLock(tmp_path)
    said = str(caught.value)
    assert f"process {holder.pid}" in said
    assert "http://127.0.0.1:8501" in said
    assert re.search(r"since \d\d \w+ \d\d:\d\d", said)
    assert str(tmp_path) in said


def test_whatever_path_leads_there(holder, tmp_path):
    other = tmp_path.with_name(f"{tmp_path.name}-link")
    other.symlink_to(tmp_path)
    for path in (other, tmp_path / ".." / tmp_path.name):
        with pytest.raises(Conflict, match="8501"):
            WorkspaceLock(path)


def test_one_that_was_killed_leaves_it_free(holder, tmp_path):
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    WorkspaceLock(tmp_path).release()


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[1]", b"{", b"x" * 9000])
def test_a_file_that_says_nothing_still_locks(tmp_path, content):
    lock = WorkspaceLock(tmp_path)
    (tmp_path / "app.lock").write_bytes(content)
    with pytest.raises(Conflict, match="in use by another app"):
        WorkspaceLock(tmp_path)
    lock.release()
    WorkspaceLock(tmp_path).release()


def test_the_file_of_a_crash_is_no_lock(tmp_path):
    (tmp_path / "app.lock").write_text('{"pid": 1, "address": "http://127.0.0.1:1"}')
    WorkspaceLock(tmp_path).release()


def test_a_command_that_has_it_is_named(tmp_path):
    lock = WorkspaceLock(tmp_path, "restore")
    with pytest.raises(Conflict, match="`restore` is at work on it"):
        WorkspaceLock(tmp_path)
    lock.release()


def test_a_child_of_the_app_does_not_keep_it(tmp_path):
    lock = WorkspaceLock(tmp_path)
    child = subprocess.Popen(["sleep", "60"], close_fds=False)
    lock.release()
    WorkspaceLock(tmp_path).release()
    child.kill()
    child.wait()


@pytest.mark.parametrize("code", [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS])
def test_a_file_system_without_locks_is_said_and_used(tmp_path, monkeypatch, caplog, code):
    def refuse(handle, how):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(fcntl, "flock", refuse)
    WorkspaceLock(tmp_path).release()
    assert "knows no locks" in caplog.text


def test_a_place_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "app.lock").mkdir()
    with pytest.raises(NotWritten, match=re.escape(str(tmp_path))):
        WorkspaceLock(tmp_path)
    with pytest.raises(NotWritten, match="cannot be used"):
        WorkspaceLock(tmp_path / "nowhere")
