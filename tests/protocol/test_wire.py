"""Messages over a real socket: every one comes back whole, and nothing else gets through."""

import dataclasses
import json
import socket
import struct
import threading

import numpy as np
import pytest

from ssvae_core.protocol.messages import (
    MESSAGES,
    Command,
    Failed,
    Labels,
    Open,
    Snapshot,
    Status,
    When,
)
from ssvae_core.protocol.queries import (
    CheckLabels,
    Codes,
    DecoderProgram,
    DrawMap,
    DrawnMap,
    Explain,
    Explanation,
    LabelChecks,
    NearestFound,
    NearestReal,
    NoAnswer,
    Posterior,
    Propagate,
    Propagated,
    ReadCodes,
    ReadDecoder,
    ReadPosterior,
    Redraw,
    Redrawn,
)
from ssvae_core.protocol.queries_from_elsewhere import (
    PlaceImage,
    Placement,
    SampleClasses,
    Sampled,
)
from ssvae_core.protocol.queries_of_spaces import ReadSpace, SpaceValues
from ssvae_core.protocol.wire import MAX_ARRAYS, MAX_HEADER, Connection, ProtocolError, encode

random = np.random.default_rng(0)

OPEN = Open(
    "ab12", 3, "mnist", "m1m2", {"z": 2, "name": "ä"}, 10, 0, "folder", "auto", "starter", "all"
)
SNAPSHOT = Snapshot(
    generation=3,
    rev=42,
    step=100,
    label_seq=56,
    n_labels=50,
    predicted_by="propagation",
    map_version=2,
    moved=0.016,
    terms={"picture": -79.9, "style": float("inf")},
    samples=random.integers(0, 256, (10, 4, 7, 7, 3)).astype(np.uint8),
    probabilities=random.random((500, 10)).astype(np.float16),
    xy=random.random((500, 2)).astype(np.float32),
)
EXAMPLES = [
    OPEN,
    Labels(3, 5, np.array([7, 9], np.int32), np.array([-1, 4], np.int16)),
    Labels(5, 6, np.empty(0, np.int32), np.empty(0, np.int16)),
    Command("pretrain"),
    Explain(1, 7011),
    Status(3, "training", "CPU", 100, 56, 41.5, "", None, {"picture": -79.9}),
    Status(3, "pretraining", seconds_left=38.0),
    SNAPSHOT,
    dataclasses.replace(
        SNAPSHOT, probabilities=None, xy=None, moved=None, samples=SNAPSHOT.samples[0]
    ),
    dataclasses.replace(
        SNAPSHOT,
        undecided=SNAPSHOT.probabilities[:, 1].copy(),
        disagree=SNAPSHOT.probabilities[:, 0].copy(),
        anomaly=np.full(500, np.nan, np.float16),
    ),
    Explanation(
        1,
        np.array([3, 8], np.int16),
        np.array([0, -3.5], np.float32),
        np.array([3, 8], np.int16),
        np.zeros((2, 28, 28, 1), np.uint8),
        np.arange(3, dtype=np.int32),
        np.zeros(3, np.float32),
        np.array([0, 1], np.int16),
        np.zeros((2, 28, 28, 1), np.uint8),
    ),
    CheckLabels(2),
    LabelChecks(
        2,
        np.arange(3, dtype=np.int32),
        np.zeros((3, 10), np.float32),
        np.zeros((3, 10), np.float32),
    ),
    Redraw(3, 7),
    Redrawn(3, np.zeros((28, 28, 1), np.uint8)),
    DrawMap(4, "pca"),
    DrawnMap(4, np.zeros((500, 2), np.float32)),
    Propagate(5, np.array([7, 8], np.int32)),
    Propagate(6, np.array([7, 8], np.int32), np.array([1, 2], np.int16)),
    Propagated(6, np.zeros(500, np.int16)),
    NearestReal(7, np.zeros((20, 28, 28, 1), np.uint8)),
    NearestFound(7, np.arange(20, dtype=np.int32)),
    ReadDecoder(8, "abc"),
    DecoderProgram(
        **{"id": 8, "version": "1", "frozen_version": "2", "codes": {"code": "1"}},
        drawn_by="an M1",
        is_by_class=True,
        programs={"code": [{"do": "relu"}]},
        frozen=np.zeros(3, np.float16),
        learned=np.zeros(2, np.float16),
    ),
    ReadCodes(9, "style"),
    Codes(9, np.zeros((5, 2), np.float16), np.zeros(2, np.float32), np.ones(2, np.float32)),
    ReadPosterior(10, 7, 3),
    Posterior(10, 3, *[np.zeros(2, np.float32)] * 4, {"bound": -80.5}, "picture"),
    PlaceImage(11, np.zeros((28, 28, 1), np.uint8)),
    PlaceImage(11, np.zeros((28, 28, 1), np.uint8), np.zeros((90, 60, 1), np.uint8)),
    Placement(
        **{"id": 11, "probabilities": np.zeros(10, np.float32), "usual_distance": 0.5},
        nearest=np.arange(3, dtype=np.int32),
        distances=np.zeros(3, np.float32),
        xy=np.zeros((1, 2), np.float32),
        redrawn=np.zeros((0, 28, 28, 1), np.uint8),
        code=np.zeros(2, np.float32),
        variance=np.empty(0, np.float32),
        style=np.zeros(4, np.float32),
    ),
    SampleClasses(12, np.array([3], np.int16), 20, 7, 0.5, True),
    Sampled(
        12,
        np.zeros((1, 20, 28, 28, 1), np.uint8),
        np.zeros((1, 20), np.uint8),
        np.ones((1, 20, 4), np.float32),
    ),
    ReadSpace(13, "pixels"),
    SpaceValues(13, "pixels", {"pixels": "Pixels"}, np.zeros((5, 3), np.float16)),
    NoAnswer(3, "The trainer is starting."),
    Failed("The disk is full."),
    Labels(5, 7, np.array([7], np.int32), np.array([11], np.int16), 12, 4),
    When("labels", 20, 5.0),
]


@pytest.fixture
def ends():
    ours, theirs = socket.socketpair()
    yield ours, Connection(theirs, timeout=10)
    ours.close()
    theirs.close()


def assert_same(one, other):
    assert type(one) is type(other)
    for field in dataclasses.fields(one):
        mine, its = getattr(one, field.name), getattr(other, field.name)
        if isinstance(mine, np.ndarray):
            assert mine.dtype == its.dtype
            np.testing.assert_array_equal(mine, its)
        else:
            assert mine == its


def test_every_type_of_message_is_tried_here():
    assert {type(message).__name__ for message in EXAMPLES} == set(MESSAGES)


@pytest.mark.parametrize("message", EXAMPLES, ids=lambda message: type(message).__name__)
def test_a_message_comes_out_as_it_went_in(ends, message):
    ours, theirs = ends
    Connection(ours).send(message)
    assert_same(theirs.receive(), message)


def test_an_array_of_any_memory_layout_arrives_in_order(ends):
    ours, theirs = ends
    proba = np.asfortranarray(SNAPSHOT.probabilities)[::2]
    Connection(ours).send(dataclasses.replace(SNAPSHOT, probabilities=proba))
    np.testing.assert_array_equal(theirs.receive().probabilities, proba)


def test_messages_of_many_threads_do_not_mix(ends):
    ours, theirs = ends
    connection = Connection(ours)

    def send(number):
        for _ in range(20):
            connection.send(
                dataclasses.replace(SNAPSHOT, rev=number, xy=np.full((3000, 2), number, np.float32))
            )

    threads = [threading.Thread(target=send, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(80):
        message = theirs.receive()
        assert (message.xy == message.rev).all()
    for thread in threads:
        thread.join()


def test_the_end_of_the_other_side_is_no_error(ends):
    ours, theirs = ends
    ours.close()
    assert theirs.receive() is None


def test_a_silent_other_side_is_a_timeout(ends):
    _, theirs = ends
    theirs._socket.settimeout(0.05)
    with pytest.raises(TimeoutError):
        theirs.receive()


def test_interrupt_ends_a_receive_that_waits(ends):
    _, theirs = ends
    received = []
    thread = threading.Thread(target=lambda: received.append(theirs.receive()))
    thread.start()
    theirs.interrupt()
    thread.join(10)
    assert received == [None]


def test_after_finish_sending_the_other_side_ends_and_still_answers(ends):
    ours, theirs = ends
    mine = Connection(ours, timeout=10)
    mine.finish_sending()
    assert theirs.receive() is None
    theirs.send(Failed("x"))
    assert mine.receive().error == "x"


@pytest.mark.parametrize("share", [0.0001, 0.02, 0.1, 0.5, 0.999])
def test_a_truncated_message_says_how_much_was_missing(ends, share):
    ours, theirs = ends
    whole = b"".join(bytes(piece) for piece in encode(SNAPSHOT))
    ours.sendall(whole[: max(2, int(len(whole) * share))])
    ours.close()
    with pytest.raises(ProtocolError, match=r"\d+ bytes were expected for .* ended after \d+"):
        theirs.receive()


def frame(header):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<I", len(text)) + text


def changed(message, **values):
    """The message's header with some entries replaced; None takes one out."""
    text = bytes(encode(message)[0])[4:]
    header = json.loads(text) | values
    return {name: value for name, value in header.items() if value is not ...}


def array(dtype="int32", shape=(1,), name="examples"):
    return {"name": name, "dtype": dtype, "shape": list(shape)}


COMMAND, LABELS = Command("stop"), EXAMPLES[1]


@pytest.mark.parametrize(
    ("wire", "sentence"),
    [
        (b"not JSON", "A JSON header was expected, got b'not JSON'"),
        (b"\xff\xfe", "A JSON header was expected"),
        (b"[" * 100_000, "A JSON header was expected"),
        ([1, 2], r"A JSON object was expected as header, got \[1, 2\]"),
        (changed(COMMAND, v=2), "Protocol version 1 was expected, got 2"),
        (changed(COMMAND, v=...), "Protocol version 1 was expected, got None"),
        (changed(COMMAND, type="Pickle"), "type Open, Labels, .* was expected, got 'Pickle'"),
        (changed(COMMAND, type=[]), r"was expected, got \[\]"),
        (
            changed(COMMAND, name="explode"),
            "Command.name was expected to be one of 'pause', .* got 'explode'",
        ),
        (changed(COMMAND, name=...), "Command was expected to have 'name'; it is missing"),
        (changed(COMMAND, more=1), "Command has no field 'more'"),
        (changed(OPEN, seed="1"), "Open.seed was expected to be int, got '1'"),
        (changed(OPEN, seed=True), "Open.seed was expected to be int, got True"),
        (changed(OPEN, config=[]), r"Open.config was expected to be dict, got \[\]"),
        (changed(EXAMPLES[5], terms={"a": "b"}), "Status.terms was expected to be dict"),
        (changed(EXAMPLES[5], seconds_left="1"), "seconds_left was expected to be float or None"),
        (changed(LABELS, arrays={}), r"A list of arrays was expected in the header, got \{\}"),
        (changed(LABELS, arrays=...), "A list of arrays was expected in the header, got None"),
        (changed(LABELS, arrays=[3]), "An array's name, dtype and shape expected, got 3"),
        (changed(LABELS, arrays=[array("object")]), "of uint8, .* got 'object'"),
        (changed(LABELS, arrays=[array(["int32"])]), "of uint8, .* got"),
        (changed(LABELS, arrays=[array(shape=(-1,))]), r"sizes from 0 up, got \[-1\]"),
        (changed(LABELS, arrays=[array(shape=(1.5,))]), r"sizes from 0 up, got \[1.5\]"),
        (changed(LABELS, arrays=[array(shape=(1,) * 9)]), "at most 8 sizes"),
        (changed(LABELS, arrays=[array(shape=(10**6, 10**6))]), f"at most {MAX_ARRAYS} bytes"),
        (changed(LABELS, arrays=[array(shape=(0, 10**30))]), f"at most {MAX_ARRAYS} bytes"),
        (changed(LABELS, arrays=[array(shape=(0,))]), "to have 'classes'; it is missing"),
        (changed(LABELS, arrays=[], examples=[1], classes=[1]), r"int32 with 1 axes, got \[1\]"),
        (
            changed(LABELS, arrays=[array(shape=(0,)), array("float32", (0,), "classes")]),
            "Labels.classes was expected to be int16 with 1 axes, got float32 with 1 axes",
        ),
        (
            changed(LABELS, arrays=[array(shape=(0, 2)), array("int16", (0, 2), "classes")]),
            "Labels.examples was expected to be int32 with 1 axes, got int32 with 2 axes",
        ),
        (
            changed(LABELS, arrays=[array(shape=(0, 1)), array("int16", (0,), "classes")]),
            r"Labels is not valid: as many classes as examples were expected, got \(0,\)",
        ),
    ],
)
def test_what_is_no_message_is_refused_with_what_was_expected(ends, wire, sentence):
    ours, theirs = ends
    ours.sendall(frame(wire))
    with pytest.raises(ProtocolError, match=sentence):
        theirs.receive()


def test_an_oversized_header_is_refused_before_it_is_read(ends):
    ours, theirs = ends
    ours.sendall(struct.pack("<I", MAX_HEADER + 1))
    with pytest.raises(ProtocolError, match=f"at most {MAX_HEADER} bytes .* {MAX_HEADER + 1} came"):
        theirs.receive()


@pytest.mark.parametrize("seed", range(5))
def test_random_bytes_never_get_through(ends, seed):
    ours, theirs = ends
    noise = np.random.default_rng(seed).bytes(300)
    ours.sendall(struct.pack("<I", 200) + noise)
    with pytest.raises(ProtocolError):
        theirs.receive()


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        (
            dataclasses.replace(SNAPSHOT, probabilities=np.zeros((3, 2))),
            "to be float16 .* got float64",
        ),
        (
            dataclasses.replace(SNAPSHOT, samples=None),
            "samples was expected to be uint8 with 4 or 5",
        ),
        (dataclasses.replace(SNAPSHOT, rev=np.int64(3)), "Snapshot.rev was expected to be int"),
        (dataclasses.replace(OPEN, config={"x": object()}), "Open holds what JSON cannot"),
        (dataclasses.replace(OPEN, config={"x": "y" * MAX_HEADER}), "header of at most"),
    ],
)
def test_what_is_not_valid_is_not_sent_either(message, sentence):
    with pytest.raises(ProtocolError, match=sentence):
        encode(message)
