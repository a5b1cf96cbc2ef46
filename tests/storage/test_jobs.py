"""Work in a thread: its newest event, its end, a Cancel, and what went wrong in words."""

import threading

import pytest

from ssvae_core.errors import UserError
from ssvae_core.storage.jobs import Job

WAIT = 30  # seconds until a test gives up


def ended(job):
    job.wait(WAIT)
    assert not job.is_running
    return job


def test_it_goes_on_to_its_last_event_and_tells_who_waits_for_it():
    told = []
    job = ended(Job(iter([1, 2, 3, 4]), is_end=lambda event: event == 3, then=told.append))
    assert (job.state, job.latest, job.error, told) == ("done", 3, "", [3])


def test_a_cancel_closes_the_work_at_its_next_event():
    may_go_on, closed = threading.Event(), []

    def work():
        try:
            yield 1
            may_go_on.wait(WAIT)
            yield 2
            yield 3
        finally:
            closed.append(True)

    job = Job(work(), is_end=lambda event: event == 3)
    job.cancel()
    may_go_on.set()
    ended(job)
    assert (job.state, closed) == ("cancelled", [True])
    assert job.latest in (1, 2)


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (UserError("The disk is full."), "The disk is full."),
        (RuntimeError("at line 7"), "Something went wrong; the app's log says what."),
    ],
)
def test_what_fails_is_said_in_words_and_a_bug_goes_to_the_log(error, says, caplog):
    def work():
        yield 1
        raise error

    job = ended(Job(work(), is_end=lambda event: False))
    assert job.state == "failed"
    assert job.error.startswith(says)
    assert ("at line 7" in caplog.text) == isinstance(error, RuntimeError)
