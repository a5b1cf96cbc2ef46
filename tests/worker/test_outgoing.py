"""What is to go to a worker: never waited for, in order, and little of it while nobody reads."""

from __future__ import annotations

import socket

import numpy as np
import pytest

from ssvae_core.protocol.messages import Command, Labels, Status, When
from ssvae_core.protocol.queries import Redraw
from ssvae_core.protocol.wire import Connection
from ssvae_core.worker.outgoing import Outgoing, joined

WAIT = 20  # seconds until a test gives up
MORE_THAN_FITS = 2_000_000  # examples of a message that no socket takes at once


def labels(from_seq, to_seq, *examples, undone_from=0):
    return Labels(
        from_seq,
        to_seq,
        np.array(examples, np.int32),
        np.full(len(examples), to_seq, np.int16),
        undone_from=undone_from,
    )


def large(from_seq, to_seq):
    return Labels(
        from_seq,
        to_seq,
        np.arange(MORE_THAN_FITS, dtype=np.int32),
        np.ones(MORE_THAN_FITS, np.int16),
    )


@pytest.fixture
def line():
    """What goes out, and the other end of it."""
    ours, theirs = socket.socketpair()
    connection, other = Connection(ours, WAIT), Connection(theirs, WAIT)
    outgoing = Outgoing(connection)
    yield outgoing, other
    outgoing.close()
    connection.close()
    other.close()


@pytest.fixture
def stuck(line):
    """The same once a message is on its way that the other end does not read."""
    outgoing, _ = line
    outgoing.put(large(0, 1))
    outgoing.put(Command("checkpoint"))
    while "checkpoint" not in outgoing._waiting or len(outgoing._waiting) > 1:
        pass  # until the thread has taken the first one
    return line


def read(other, n):
    return [other.receive() for _ in range(n)]


def test_messages_go_out_in_order_and_then_the_end(line):
    outgoing, other = line
    for message in (Command("pause"), labels(0, 1, 7), Redraw(3, 5), Redraw(4, 5)):
        assert outgoing.put(message)
    outgoing.finish()
    assert not outgoing.put(Command("now"))
    kinds = [type(message).__name__ for message in read(other, 4)]
    assert kinds == ["Command", "Labels", "Redraw", "Redraw"]
    assert other.receive() is None


def test_a_thousand_messages_to_one_that_does_not_read_wait_as_few(stuck):
    outgoing, other = stuck
    for seq in range(1, 1001):
        outgoing.put(labels(seq, seq + 1, seq % 20))
        outgoing.put(When("labels", seq))
        outgoing.put(Command("pause" if seq % 2 else "resume"))
    assert len(outgoing._waiting) == 5
    assert len(outgoing._waiting[Labels].examples) == 20
    _, *rest = read(other, 6)
    by_kind = {type(message): message for message in rest}
    assert (by_kind[Labels].from_seq, by_kind[Labels].to_seq) == (1, 1001)
    newest = dict(zip(by_kind[Labels].examples, by_kind[Labels].classes, strict=True))
    assert newest == {seq % 20: seq + 1 for seq in range(981, 1001)}
    assert by_kind[When].labels == 1000
    assert [message.name for message in rest if isinstance(message, Command)] == [
        "checkpoint",
        "pause",
        "resume",
    ]


def test_what_cannot_be_written_is_left_out_and_the_rest_goes_on(line, caplog):
    outgoing, other = line
    outgoing.put(Status(1, "training", terms={"bound": object()}))
    outgoing.put(Command("now"))
    assert other.receive().name == "now"
    assert "cannot be written" in caplog.text


def test_after_the_other_end_is_gone_nothing_is_taken(line):
    outgoing, other = line
    other.close()
    outgoing.put(large(0, 1))
    while outgoing.put(Command("now")):
        pass
    assert not outgoing._waiting


def test_closing_lets_go_of_what_waits_also_where_a_message_is_stuck(stuck):
    outgoing, _ = stuck
    outgoing.close()
    assert not outgoing._waiting


@pytest.mark.parametrize(
    ("earlier", "later", "told"),
    [
        (labels(3, 5, 1, 2), labels(5, 6, 2), (3, 6, {1: 5, 2: 6})),
        (labels(3, 5, 1, 2), labels(0, 6, 9), (0, 6, {9: 6})),  # says all from the beginning
        (labels(3, 5, 1, 2), labels(4, 6, 9), (3, 6, {1: 5, 2: 5, 9: 6})),
        (labels(3, 5, 1, 2), labels(8, 9, 4), (8, 9, {4: 9})),  # a gap: the trainer asks
    ],
)
def test_labels_that_wait_become_one_message(earlier, later, told):
    both = joined(earlier, later)
    classes = dict(zip(both.examples.tolist(), both.classes.tolist(), strict=True))
    assert (both.from_seq, both.to_seq, classes) == told


def test_of_two_that_undo_something_the_earliest_is_told():
    both = joined(labels(3, 5, 1, undone_from=2), labels(5, 6, 2, undone_from=4))
    assert both.undone_from == 2
