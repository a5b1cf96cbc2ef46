"""Who goes first: answers before others, others before training."""

import os
import threading

import pytest

from ssvae_core.worker import priority as module
from ssvae_core.worker.priority import GROUP_LAST, THREAD_BY, Priority


@pytest.fixture
def group(tmp_path, monkeypatch):
    """The file that holds the niceness of our group, which is ours alone."""
    file = tmp_path / "autogroup"
    monkeypatch.setattr(module, "GROUP_FILE", file)
    monkeypatch.setattr(os, "getsid", lambda _: os.getpid())
    return file


def test_the_group_gives_way_until_somebody_waits_and_again_afterwards(group):
    priority = Priority()
    priority.lower_group()
    assert group.read_text() == str(GROUP_LAST)
    priority.raise_group()
    assert group.read_text() == "0"
    priority.lower_group()
    assert group.read_text() == str(GROUP_LAST)


def test_what_could_not_be_written_is_written_the_next_time(group, tmp_path):
    priority = Priority()
    group.mkdir()
    priority.lower_group()
    group.rmdir()
    priority.lower_group()
    assert group.read_text() == str(GROUP_LAST)


def test_the_group_of_a_shell_is_left_alone(group, monkeypatch):
    monkeypatch.setattr(os, "getsid", lambda _: os.getpid() + 1)
    Priority().lower_group()
    assert not group.exists()


def test_only_the_thread_that_calls_it_is_nicer():
    before, lowered = os.getpriority(os.PRIO_PROCESS, 0), []

    def lower():
        Priority().lower_thread()
        lowered.append(os.getpriority(os.PRIO_PROCESS, 0))

    thread = threading.Thread(target=lower)
    thread.start()
    thread.join()
    assert lowered == [min(before + THREAD_BY, 19)]
    assert os.getpriority(os.PRIO_PROCESS, 0) == before
