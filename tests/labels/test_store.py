"""The label store: what it acknowledged stays, in order, whoever writes or dies meanwhile."""

import multiprocessing
import os
import random
import signal
import sqlite3
import threading
import time
from contextlib import closing

import pytest
from sqlalchemy import event

from ssvae_core.errors import UserError
from ssvae_core.labels.history import History, replay
from ssvae_core.labels.store import LabelStore, NotSaved, Operation

# Children come from one small process without threads that has done the slow imports already.
processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(
    [
        "pytest",
        "sqlalchemy",
        "sqlalchemy.dialects.sqlite",
        "sqlalchemy.dialects.postgresql",
        "psycopg",
    ]
)


NAMES = ("zero", "one", "two")


def new_session(store, name="Digits"):
    return store.create_session(
        name, data="mnist", model="m1m2", n_examples=100, classes=NAMES, seed=7
    )


def label(op_id, examples, label):
    return Operation(op_id, "label", tuple(examples), label)


of_sqlite = pytest.mark.parametrize("place", ["SQLite"], indirect=True)


@pytest.fixture
def store(place):
    store = LabelStore(place)
    yield store
    store.close()


@pytest.fixture
def session(store):
    return new_session(store).id


def labels_of(store, session):
    return replay(store.events(session), NAMES).labels


def test_a_session_comes_back_as_it_was_created(store, place):
    row = store.create_session(
        "  Sunday ", data="pets", model="m2", n_examples=9, classes="ab", config={"z": 2}, seed=3
    )
    with closing(
        LabelStore(place if isinstance(place, str) else f"sqlite:///{place}")
    ) as opened_again:
        assert opened_again.session(row.id) == row
    assert (row.name, row.classes, row.config, row.head) == ("Sunday", ("a", "b"), {"z": 2}, 0)


def test_sessions_come_newest_first_and_can_be_renamed(store):
    first, second = new_session(store), new_session(store)
    store.rename(first.id, "Letters")
    assert [row.id for row in store.sessions()] == [second.id, first.id]
    assert store.session(first.id).name == "Letters"


def test_an_operation_is_stored_row_by_row_and_acknowledged_with_its_last_seq(store, session):
    store.append(session, label("a", [5], 1))
    receipt = store.append(session, label("b", [7, 8, 7], 2), annotator="ann")
    assert (receipt.seq, receipt.is_new, store.head(session)) == (3, True, 3)
    assert abs(receipt.at - time.time()) < 60
    rows = store.events(session, after=1)
    assert [(row.seq, row.op_id, row.part, row.example) for row in rows] == [
        (2, "b", 0, 7),
        (3, "b", 1, 8),
    ]
    assert {(row.kind, row.label, row.annotator, row.at) for row in rows} == {
        ("label", 2, "ann", receipt.at)
    }
    assert [row.seq for row in store.events(session, until=2)] == [1, 2]


def test_a_repeated_operation_changes_nothing_and_gets_its_first_receipt(store, session):
    first = store.append(session, label("a", [5, 6], 1))
    store.append(session, label("b", [5], 2))
    again = store.append(session, label("a", [5, 6], 1))
    assert (again.seq, again.at, again.is_new) == (first.seq, first.at, False)
    assert store.head(session) == 3
    assert labels_of(store, session) == {5: 2, 6: 1}


def test_two_sessions_number_their_events_apart(store, session):
    other = new_session(store).id
    store.append(session, label("a", [5], 1))
    assert store.append(other, label("a", [6], 1)).seq == 1
    assert labels_of(store, other) == {6: 1}


def test_undo_and_redo_of_a_lasso_over_labelled_images(store, session):
    store.append(session, label("a", [5], 1))
    store.append(session, label("lasso", range(4, 8), 2))
    store.append(session, Operation("u", "undo"))
    assert labels_of(store, session) == {5: 1}
    assert store.events(session)[-1].target == "lasso"
    store.append(session, Operation("r", "redo"))
    assert labels_of(store, session) == {4: 2, 5: 2, 6: 2, 7: 2}
    store.append(session, Operation("u2", "undo"))
    store.append(session, Operation("u3", "undo"))
    assert labels_of(store, session) == {}
    assert store.append(session, Operation("u2", "undo")).is_new is False


def test_a_new_label_leaves_nothing_to_redo(store, session):
    store.append(session, label("a", [5], 1))
    store.append(session, Operation("u", "undo"))
    store.append(session, label("b", [6], 1))
    with pytest.raises(UserError, match="nothing to redo"):
        store.append(session, Operation("r", "redo"))


def test_what_the_store_undoes_is_what_the_history_says(store, session):
    draw, history, log = random.Random(0), History(NAMES), []
    for number in range(80):
        kind = draw.choices(["label", "clear", "undo", "redo"], [4, 1, 3, 3])[0]
        chosen = draw.sample(range(9), draw.randint(1, 4)) if kind in ("label", "clear") else ()
        op = Operation(f"op{number}", kind, chosen, draw.randrange(3))
        stack = {"undo": history.undoable(), "redo": history.redoable()}.get(kind, True)
        if not stack:
            with pytest.raises(UserError, match=f"nothing to {kind}"):
                store.append(session, op)
            continue
        receipt = store.append(session, op)
        new = store.events(session, after=history.seq)
        assert new[-1].seq == receipt.seq
        log += new
        for row in new:
            history.advance(row)
    assert store.events(session) == log
    assert labels_of(store, session) == history.labels


def test_a_new_class_gets_the_next_id_and_can_be_given(store, session):
    store.append(session, Operation("n", "class-add", text=" three  quarters "))
    store.append(session, Operation("n2", "class-add", text="four"))
    store.append(session, label("a", [5], 4))
    rows = store.events(session)
    assert [(row.kind, row.label, row.target) for row in rows[:2]] == [
        ("class-add", 3, "three quarters"),
        ("class-add", 4, "four"),
    ]
    assert labels_of(store, session) == {5: 4}


def test_undo_takes_back_what_the_person_did_who_asks(store, session):
    store.append(session, label("a", [5], 1), "ann")
    store.append(session, label("b", [6], 2), "ben")
    store.append(session, Operation("u", "undo"), "ann")
    assert labels_of(store, session) == {6: 2}
    with pytest.raises(UserError, match="nothing to undo"):
        store.append(session, Operation("u2", "undo"), "ann")


def test_generations_count_up(store, session):
    assert [store.next_generation(session) for _ in range(3)] == [1, 2, 3]
    assert store.session(session).generation == 3


def test_the_last_metric_at_a_label_seq_wins(store, session):
    for label_seq, accuracy in [(20, 0.8), (10, 0.5), (20, 0.9)]:
        store.record_metric(
            session,
            label_seq=label_seq,
            n_labels=label_seq,
            predicted_by="model",
            accuracy=accuracy,
        )
    points = [(point.label_seq, point.accuracy) for point in store.metrics(session)]
    assert points == [(10, 0.5), (20, 0.9)]


@pytest.mark.parametrize(
    ("op", "sentence"),
    [
        (label("a", [5], 3), "There is no class 3. Choose a number from 0 to 2"),
        (label("a", [5], None), "There is no class None"),
        (label("a", [5, 100], 1), "There is no image 100: 'mnist' has 100, numbered from 0"),
        (label("a", [-1], 1), "There is no image -1"),
        (label("a", ["5"], 1), "There is no image '5'"),
        (label("a", [], 1), "No image was chosen"),
        (Operation("a", "clear"), "No image was chosen"),
        (Operation("a", "paint", (5,)), "Unknown kind 'paint' .* label, .* clear, .* undo, redo"),
        (Operation("", "undo"), "needs an id of 1 to 100 printable characters, got ''"),
        (Operation("a", "class-add", text="  "), "A class needs a name"),
        (Operation("a", "class-add", text="x" * 61), "at most 60 letters"),
        (Operation("a", "class-colour", label=1, text="red"), "written like #2A7EE2, got 'red'"),
        (Operation("a", "class-merge", label=1, text="1"), "cannot be merged into itself"),
        (Operation("a", "class-merge", label=1, text="nine"), "There is no class None"),
        (Operation("a", "class-order", text="[0, 9]"), "There is no class 9"),
        (Operation("a", "undo"), "There is nothing to undo: no label has been given yet"),
        (Operation("a", "redo"), "There is nothing to redo: nothing was undone since"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words_and_leaves_no_trace(store, session, op, sentence):
    with pytest.raises(UserError, match=sentence):
        store.append(session, op)
    assert store.head(session) == 0
    assert store.events(session) == []


def test_undo_says_when_everything_is_undone(store, session):
    store.append(session, label("a", [5], 1))
    store.append(session, Operation("u", "undo"))
    with pytest.raises(UserError, match="nothing to undo: every label is undone already"):
        store.append(session, Operation("u2", "undo"))


def test_an_unknown_session_is_named_by_every_method(store):
    calls = [
        lambda: store.session("nope"),
        lambda: store.head("nope"),
        lambda: store.events("nope"),
        lambda: store.metrics("nope"),
        lambda: store.rename("nope", "x"),
        lambda: store.next_generation("nope"),
        lambda: store.append("nope", label("a", [1], 1)),
        lambda: store.record_metric(
            "nope", label_seq=1, n_labels=1, predicted_by="model", accuracy=0.5
        ),
    ]
    for call in calls:
        with pytest.raises(UserError, match="no session 'nope' in this workspace"):
            call()


def test_a_session_needs_a_name(store, session):
    with pytest.raises(UserError, match="needs a name"):
        new_session(store, name="  ")
    with pytest.raises(UserError, match="needs a name"):
        store.rename(session, "")


@of_sqlite
def test_a_locked_database_says_that_the_label_is_not_saved(store, place, session):
    impatient = LabelStore(place, timeout=0.05)
    blocker = sqlite3.connect(place, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    with pytest.raises(NotSaved, match=r"label is NOT saved: another program keeps .* busy"):
        impatient.append(session, label("a", [5], 1))
    assert impatient.events(session) == []  # reading goes on meanwhile
    blocker.execute("ROLLBACK")
    blocker.close()
    assert impatient.append(session, label("a", [5], 1)).is_new
    impatient.close()


def label_without_end(store, session):
    for number in range(100):
        store.append(session, label(f"b{number}", range(100), 1))


@of_sqlite
def test_a_full_disk_says_that_the_label_is_not_saved_and_keeps_what_was(store, session):
    store.append(session, label("a", [5], 1))
    store.close()

    @event.listens_for(store._database._engine, "connect")
    def leave_no_room(connection, _record):
        connection.execute("PRAGMA max_page_count = 1")  # SQLite takes its present size instead

    with pytest.raises(NotSaved, match="label is NOT saved: the disk is full"):
        label_without_end(store, session)
    head = store.head(session)
    assert [row.seq for row in store.events(session)] == list(range(1, head + 1))
    assert labels_of(store, session)[5] == 1


def write_many(place, session, worker, n_writes):
    store = LabelStore(place)
    for number in range(n_writes):
        examples = [(worker + number) % 100, (worker + 2 * number + 50) % 100]
        store.append(session, label(f"{worker}-{number}", examples, worker % 3))


def test_eight_processes_writing_at_once_lose_nothing_and_leave_no_gap(store, place, session):
    writers = [
        processes.Process(target=write_many, args=(place, session, worker, 40))
        for worker in range(8)
    ]
    for writer in writers:
        writer.start()
    seen = []
    while any(writer.is_alive() for writer in writers):
        # A reader that goes on after the last seq it saw must not miss any.
        seen += store.events(session, after=seen[-1].seq if seen else 0)
        writers[0].join(0.02)
    seen += store.events(session, after=seen[-1].seq if seen else 0)
    assert [writer.exitcode for writer in writers] == [0] * 8
    op_ids = {f"{worker}-{number}" for worker in range(8) for number in range(40)}
    assert [row.seq for row in seen] == list(range(1, store.head(session) + 1))
    assert {row.op_id for row in seen} == op_ids
    assert seen == store.events(session)


def open_and_name(place, name):
    new_session(LabelStore(place), name)


def test_processes_that_create_the_database_at_once_share_it(place):
    openers = [
        processes.Process(target=open_and_name, args=(place, f"session {n}")) for n in range(6)
    ]
    for opener in openers:
        opener.start()
    for opener in openers:
        opener.join()
    assert [opener.exitcode for opener in openers] == [0] * 6
    with closing(LabelStore(place)) as store:
        assert len(store.sessions()) == 6


@of_sqlite
def test_opening_a_new_database_waits_for_who_writes_its_first_rows(place):
    place.parent.mkdir()
    writer = sqlite3.connect(place, isolation_level=None, check_same_thread=False)
    writer.execute("BEGIN IMMEDIATE")  # not WAL yet: the next to open has to make it so
    letting_go = threading.Timer(0.3, writer.execute, ["COMMIT"])
    letting_go.start()
    with closing(LabelStore(place, timeout=20)) as store:
        assert store.sessions() == []
    letting_go.join()
    writer.close()


def write_until_killed(place, session, life, acknowledge):
    store = LabelStore(place)
    for number in range(100_000):
        op_id = f"{life}-{number}"
        store.append(session, label(op_id, [number % 100, (number + 1) % 100], number % 3))
        acknowledge.send(op_id)


def test_killing_a_writer_loses_nothing_that_was_acknowledged(store, place, session):
    acknowledged = []
    for life in range(3):
        ours, theirs = processes.Pipe(duplex=False)
        writer = processes.Process(target=write_until_killed, args=(place, session, life, theirs))
        writer.start()
        theirs.close()
        acknowledged += [ours.recv() for _ in range(15)]
        os.kill(writer.pid, signal.SIGKILL)
        writer.join()
        assert writer.exitcode == -signal.SIGKILL
        while ours.poll():
            try:
                acknowledged.append(ours.recv())
            except EOFError:
                break
    rows = store.events(session)
    assert [row.seq for row in rows] == list(range(1, store.head(session) + 1))
    stored = [row.op_id for row in rows if row.part == 1]
    assert set(acknowledged) <= set(stored)
    assert len(set(stored) - set(acknowledged)) <= 3  # stored, killed before saying so: one a life
    assert len(rows) == 2 * len(stored)  # no operation is stored in part
    if isinstance(place, str):
        return
    with sqlite3.connect(place) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()


@of_sqlite
def test_a_store_that_is_damaged_while_it_is_open_keeps_the_label_where_it_came_from(
    place, store, session
):
    store.append(session, label("a", [5], 1))
    store.close()  # what follows is read from the file
    with place.open("r+b") as file:
        file.write(b"overwritten" * 1000)
    with pytest.raises(NotSaved, match=r"NOT saved: .*labels.db is damaged.*restore"):
        store.append(session, label("b", [6], 1))
    with pytest.raises(UserError, match=r"cannot be read: .*is damaged"):
        store.sessions()
