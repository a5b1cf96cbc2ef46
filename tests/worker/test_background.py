"""Work in the background, and what is heard while it lasts."""

import threading

import pytest

from ssvae_core.protocol.messages import Command
from ssvae_core.worker.background import Background, Inbox
from ssvae_core.worker.priority import Priority

WAIT = 20


@pytest.fixture
def inbox():
    return Inbox()


@pytest.fixture
def background(inbox):
    background = Background(inbox, None)
    yield background
    background.end()


def test_what_came_is_taken_once_and_in_order(inbox):
    for name in ("pause", "resume"):
        inbox.put(Command(name))
    assert [message.name for message in inbox.take(0)] == ["pause", "resume"]
    assert inbox.take(0) == []


def test_messages_are_heard_while_work_lasts_and_taken_after_it(inbox, background):
    heard, may_end = [], threading.Event()

    def on_message():
        heard.append([message.name for message in inbox.heard])
        may_end.set()

    def work():
        inbox.put(Command("pause"))
        assert may_end.wait(WAIT)
        return threading.current_thread()

    assert background.do(work, on_message) is not threading.current_thread()
    assert heard == [["pause"]]
    inbox.put(Command("resume"))
    assert [message.name for message in inbox.take(0)] == ["pause", "resume"]


def test_an_error_of_the_work_is_raised_where_it_was_asked_for(background):
    with pytest.raises(ZeroDivisionError):
        background.do(lambda: 1 / 0, lambda: None)


def test_after_the_first_work_the_thread_gives_way(inbox):
    lowered = []

    class Told(Priority):
        def lower_thread(self):
            lowered.append(threading.current_thread())

    background = Background(inbox, Told())
    thread = background.begin(threading.current_thread)
    assert lowered == [thread]
    assert background.do(threading.current_thread, lambda: None) is thread
    assert lowered == [thread]
    background.end()
