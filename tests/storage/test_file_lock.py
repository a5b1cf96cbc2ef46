"""A lock on a file, by the system's own means or by those of Windows."""

import errno
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from ssvae_core.storage import file_lock
from ssvae_core.storage.file_lock import NEVER_WRITTEN, lock_file

TAKE = """
import os, sys
from ssvae_core.storage.file_lock import lock_file
lock_file(os.open(sys.argv[1], os.O_RDWR))
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def handle(tmp_path):
    handle = os.open(tmp_path / "lock", os.O_RDWR | os.O_CREAT)
    yield handle
    os.close(handle)


@pytest.fixture
def windows(monkeypatch):
    """Its locks; `taken` are the places of which somebody else holds the byte."""
    found = SimpleNamespace(LK_LOCK=1, LK_NBLCK=2, taken=set(), asked=[])

    def locking(handle, mode, n):
        place = os.lseek(handle, 0, os.SEEK_CUR)
        found.asked.append((mode, place, n))
        if place in found.taken:
            raise PermissionError(errno.EACCES, "Permission denied")

    found.locking = locking
    monkeypatch.setattr(file_lock, "fcntl", None)
    monkeypatch.setattr(file_lock, "msvcrt", found)
    return found


def test_who_comes_second_is_refused_or_waits_and_a_killed_holder_leaves_it_free(handle, tmp_path):
    command = [sys.executable, "-c", TAKE, str(tmp_path / "lock")]
    first = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with first:
        assert first.stdout.readline() == b"held\n"
        with pytest.raises(BlockingIOError):
            lock_file(handle, is_free=True)
        second = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        with second:
            first.kill()
            assert second.stdout.readline() == b"held\n"
            with pytest.raises(BlockingIOError):
                lock_file(handle, is_free=True)
            second.stdin.close()
    lock_file(handle, is_free=True)


@pytest.mark.parametrize(("is_free", "mode"), [(False, 1), (True, 2)])
def test_on_windows_a_byte_behind_all_that_is_written_is_locked(handle, windows, is_free, mode):
    os.write(handle, b"who")
    lock_file(handle, is_free=is_free)
    os.write(handle, b" has it")
    assert windows.asked == [(mode, NEVER_WRITTEN, 1)]
    assert os.pread(handle, 99, 0) == b"who has it"


def test_on_windows_one_that_is_taken_is_refused_and_the_file_stays_where_it_was(handle, windows):
    os.write(handle, b"who")
    windows.taken.add(NEVER_WRITTEN)
    with pytest.raises(PermissionError):
        lock_file(handle, is_free=True)
    assert os.lseek(handle, 0, os.SEEK_CUR) == len(b"who")
