"""Check and append are one step: of what excludes each other, one is done and the other refused.

The store is real. Threads meet at a barrier and then all want their own; whatever the order, the
classes that stand bear each a name of their own, and no label's class is nowhere.
"""

from __future__ import annotations

import random
import threading
from contextlib import closing

import pytest

from ssvae_core.errors import Conflict, NotFound, UserError
from ssvae_core.labels.classes import MOST_CLASSES, same_names
from ssvae_core.labels.history import replay
from ssvae_core.labels.store import LabelStore, Operation

NAMES = ("cat", "dog", "owl")
ROUNDS = 6


def new_session(store, classes=NAMES):
    row = store.create_session("S", data="pets", model="m2", n_examples=100, classes=classes)
    return row.id


@pytest.fixture
def store(tmp_path):
    with closing(LabelStore(tmp_path / "labels.db")) as store:
        yield store


@pytest.fixture
def session(store):
    return new_session(store)


def add(op_id, name):
    return Operation(op_id, "class-add", text=name)


def rename(op_id, label, name):
    return Operation(op_id, "class-rename", label=label, text=name)


def merge(op_id, label, into):
    return Operation(op_id, "class-merge", label=label, text=str(into))


def delete(op_id, label):
    return Operation(op_id, "class-delete", label=label)


def label(op_id, example, class_id):
    return Operation(op_id, "label", (example,), class_id)


def history_of(store, session):
    names = store.session(session).classes
    return replay(store.events(session), names)


def active(store, session):
    return {known.id: known.name for known in history_of(store, session).classes.active}


def at_once(stores, session, ops):
    """Do each operation in a thread of its own, all begun together; what became of each."""
    begin, found = threading.Barrier(len(ops)), {}

    def do(store, op, who):
        begin.wait()
        try:
            found[op.op_id, who] = store.append(session, op, who)
        except UserError as error:
            found[op.op_id, who] = error

    threads = [
        threading.Thread(target=do, args=(stores[k % len(stores)], op, f"person {k}"))
        for k, op in enumerate(ops)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return list(found.values())


@pytest.fixture(params=[1, 2], ids=["one store", "two stores on one file"])
def stores(request, tmp_path):
    """Two are what two processes are: nothing but the file is common to them."""
    opened = [LabelStore(tmp_path / "labels.db") for _ in range(request.param)]
    yield opened
    for store in opened:
        store.close()


def n_done(results):
    return sum(not isinstance(result, UserError) for result in results)


@pytest.mark.parametrize(
    ("names", "n_stored"),
    [
        (["newt"] * 3, 1),
        (["newt", " NEWT ", "n e w t", "NewT"], 2),
        (["caf\u00e9", "cafe\u0301", "CAF\u00c9"], 1),
        (["Stra\u00dfe", "STRASSE"], 1),
        (["CAT", "Dog ", "owl"], 0),
    ],
)
def test_a_class_added_by_several_at_once_is_there_once(stores, names, n_stored):
    for _ in range(ROUNDS):
        session = new_session(stores[0])
        results = at_once(stores, session, [add(f"{k}", name) for k, name in enumerate(names)])
        assert n_done(results) == n_stored
        assert len(active(stores[0], session)) == len(NAMES) + n_stored


def test_two_classes_merged_into_each_other_at_once_are_one(stores):
    for _ in range(ROUNDS):
        session = new_session(stores[0])
        stores[0].append(session, label("l", 5, 0))
        stores[0].append(session, label("m", 6, 1))
        results = at_once(stores, session, [merge("a", 0, 1), merge("b", 1, 0)])
        assert n_done(results) == 1
        left = active(stores[0], session).keys() - {2}
        assert len(left) == 1
        assert set(history_of(stores[0], session).labels.values()) == left


RACES = {
    "a circle of three": [merge("a", 0, 1), merge("b", 1, 2), merge("c", 2, 0)],
    "one name for two": [rename("a", 0, "newt"), rename("b", 1, "NEWT "), add("c", "newt")],
    "names exchanged": [rename("a", 0, "dog"), rename("b", 1, "cat")],
    "merged and deleted": [merge("a", 0, 1), delete("b", 1), delete("c", 0)],
    "merged twice": [merge("a", 0, 1), merge("b", 0, 2), rename("c", 0, "newt")],
    "deleted and labelled": [delete("a", 0), label("b", 5, 0), label("c", 6, 0)],
    "deleted twice": [delete("a", 0), delete("b", 0)],
    "deleted, and its name taken": [delete("a", 0), add("b", "cat"), rename("c", 1, "cat")],
}


@pytest.mark.parametrize("name", RACES)
def test_whatever_the_order_names_are_unique_and_no_label_is_nowhere(stores, name):
    for seed in range(ROUNDS):
        session = new_session(stores[0])
        ops = random.Random(seed).sample(RACES[name], len(RACES[name]))
        results = at_once(stores, session, ops)
        assert n_done(results) >= (name != "names exchanged")  # which takes a third name
        history = history_of(stores[0], session)
        assert same_names(history.classes.active) == set()
        assert history.classes.circles == set()
        deleted = {done.label for done in history.operations if done.kind == "class-delete"}
        for known in history.classes.all.values():
            is_somewhere = history.classes.resolve(known.id) is not None
            assert is_somewhere or known.is_deleted or known.into in deleted


def test_the_last_place_for_a_class_is_given_once(stores):
    session = new_session(stores[0], [f"class {k}" for k in range(MOST_CLASSES - 1)])
    results = at_once(stores, session, [add(f"{k}", f"new {k}") for k in range(4)])
    assert n_done(results) == 1
    assert sum("at most 250 classes" in str(result) for result in results) == 3


def test_one_operation_sent_several_times_at_once_is_stored_once(stores):
    session = new_session(stores[0])
    results = at_once(stores, session, [label("same", 5, 1)] * 4)
    assert [result.seq for result in results] == [1] * 4
    assert sum(result.is_new for result in results) == 1


def test_undos_at_once_take_back_one_operation_each(stores):
    session = new_session(stores[0])
    for k in range(4):
        stores[0].append(session, label(f"{k}", k, 1), "ann")
    begin, found = threading.Barrier(5), []

    def undo(k):
        begin.wait()
        try:
            found.append(stores[k % len(stores)].append(session, Operation(f"u{k}", "undo"), "ann"))
        except UserError as error:
            found.append(error)

    threads = [threading.Thread(target=undo, args=(k,)) for k in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert n_done(found) == 4
    assert history_of(stores[0], session).labels == {}
    targets = [event.target for event in stores[0].events(session) if event.kind == "undo"]
    assert sorted(targets) == ["0", "1", "2", "3"]


# One after the other: what is refused, and what a person reads.


@pytest.mark.parametrize(
    ("before", "op", "kind", "sentence"),
    [
        ([], add("x", "  Cat "), Conflict, "There is a class 'cat' already. Choose another name"),
        ([], rename("x", 1, "CAT"), Conflict, "There is a class 'cat' already"),
        ([delete("a", 0)], label("x", 5, 0), NotFound, "no class 0 to give. .* are: dog, owl"),
        ([delete("a", 0)], rename("x", 0, "newt"), NotFound, "no class 0 any more"),
        ([delete("a", 1)], merge("x", 0, 1), NotFound, "no class 1 any more to merge into"),
        ([merge("a", 0, 1)], merge("x", 1, 0), Conflict, "so the two are one already"),
        ([merge("a", 0, 1)], merge("x", 0, 2), Conflict, "'cat' was merged into 'dog' meanwhile"),
        ([merge("a", 0, 1)], delete("x", 0), Conflict, "Change that one instead"),
        (
            [merge("a", 0, 1), merge("b", 1, 2)],
            merge("x", 2, 0),
            Conflict,
            "'cat' was merged into 'owl'",
        ),
    ],
)
def test_what_others_did_meanwhile_is_said(store, session, before, op, kind, sentence):
    for earlier in before:
        store.append(session, earlier, "ben")
    head = store.head(session)
    with pytest.raises(kind, match=sentence):
        store.append(session, op, "ann")
    assert store.head(session) == head


@pytest.mark.parametrize(
    ("ann", "ben", "sentence"),
    [
        (delete("a", 0), [add("b", "cat")], "bring back a second class 'cat'"),
        (rename("a", 0, "newt"), [rename("b", 1, " CAT")], "bring back a second class 'cat'"),
        (merge("a", 0, 2), [add("b", "Cat")], "bring back a second class 'cat'"),
    ],
)
def test_an_undo_that_would_make_a_second_class_of_a_name_is_refused(
    store, session, ann, ben, sentence
):
    store.append(session, ann, "ann")
    for op in ben:
        store.append(session, op, "ben")
    with pytest.raises(Conflict, match=sentence):
        store.append(session, Operation("u", "undo"), "ann")
    store.append(session, Operation("v", "undo"), "ben")
    store.append(session, Operation("w", "undo"), "ann")  # as soon as the name is free
    assert active(store, session) == dict(enumerate(NAMES))


def test_a_redo_that_would_close_a_circle_or_double_a_name_is_refused(store, session):
    store.append(session, merge("a", 0, 1), "ann")
    store.append(session, Operation("u", "undo"), "ann")
    store.append(session, merge("b", 1, 0), "ben")
    with pytest.raises(Conflict, match="into each other in a circle"):
        store.append(session, Operation("r", "redo"), "ann")
    assert active(store, session) == {0: "cat", 2: "owl"}
    store.append(session, add("n", "newt"), "cid")
    store.append(session, Operation("v", "undo"), "cid")
    store.append(session, add("o", "Newt"), "ben")
    with pytest.raises(Conflict, match=r"bring back a second class '(N|n)ewt'"):
        store.append(session, Operation("s", "redo"), "cid")


def test_who_takes_back_a_class_does_not_take_along_what_was_merged_into_it(store, session):
    store.append(session, add("a", "newt"), "ann")
    store.append(session, label("l", 5, 0), "ben")
    store.append(session, merge("b", 0, 3), "ben")
    store.append(session, Operation("u", "undo"), "ann")
    assert active(store, session) == dict(enumerate(NAMES))
    assert history_of(store, session).labels == {5: 0}


def test_a_label_for_a_class_that_was_merged_meanwhile_is_the_others(store, session):
    store.append(session, merge("a", 0, 1), "ann")
    store.append(session, label("l", 5, 0), "ben")
    assert history_of(store, session).labels == {5: 1}


def test_classes_that_bear_one_name_already_can_still_be_changed(store, session):
    """As sessions do in which two people once added the same class at once."""
    twice = new_session(store, ("cat", "Cat", "dog"))
    store.append(twice, label("l", 5, 1))
    store.append(twice, rename("a", 2, "hound"))
    store.append(twice, merge("b", 1, 0))
    assert active(store, twice) == {0: "cat", 2: "hound"}
    assert history_of(store, twice).labels == {5: 0}


@pytest.mark.parametrize(
    "second",
    [
        label("id", 5, 2),
        label("id", 6, 1),
        Operation("id", "label", (5, 6), 1),
        Operation("id", "junk", (5,)),
        Operation("id", "undo"),
        add("id", "newt"),
    ],
)
def test_an_id_that_comes_again_with_something_else_is_not_acknowledged(store, session, second):
    store.append(session, label("id", 5, 1))
    with pytest.raises(Conflict, match="Something else was stored under the id 'id'"):
        store.append(session, second)
    assert history_of(store, session).labels == {5: 1}


@pytest.mark.parametrize(
    "op",
    [
        label("id", 5, 1),
        Operation("id", "label", (5, 5), 1),
        Operation("id", "class-add", text=" newt  two "),
        rename("id", 1, "hound"),
        Operation("id", "class-order", text="[2, 0, 2]"),
        merge("id", 0, 1),
        Operation("id", "undo"),
    ],
)
def test_the_same_one_sent_again_gets_its_first_receipt_under_any_name(store, session, op):
    store.append(session, label("before", 1, 2), "ann")
    first = store.append(session, op, "ann")
    store.append(session, delete("later", 1), "ben")
    again = store.append(session, op, "ben")
    assert (again.seq, again.at, again.is_new) == (first.seq, first.at, False)


@pytest.mark.parametrize(
    "op",
    [
        Operation("a\ud800", "label", (5,), 1),
        Operation("a\nb", "label", (5,), 1),
        Operation("a", "label", (5,), True),
        Operation("a", "label", (True,), 1),
        Operation("a", "label", (float("nan"),), 1),
        Operation("a", "label", (10**30,), 1),
        Operation("a", "class-add", text=" \u200b\ufeff "),
        Operation("a", "class-order", text="[true]"),
        Operation("a", "class-order", text="{}"),
        Operation("a", "class-merge", label=0, text="1e3"),
    ],
)
def test_what_is_of_a_wrong_type_is_refused_and_leaves_no_trace(store, session, op):
    with pytest.raises(UserError):
        store.append(session, op)
    assert store.events(session) == []


def test_what_of_a_name_is_no_text_stands_as_in_an_address(store, session):
    store.append(session, add("a", "x\ud83d"))
    store.append(session, add("b", "a\x00b"))
    assert list(active(store, session).values())[3:] == ["x%ED%A0%BD", "a%00b"]


def test_a_check_of_the_caller_belongs_to_the_same_step_and_is_not_made_twice(store, session):
    def refuse():
        raise Conflict("The map has moved.")

    store.append(session, label("a", 5, 1))
    assert not store.append(session, label("a", 5, 1), check=refuse).is_new
    with pytest.raises(Conflict, match="The map has moved"):
        store.append(session, label("b", 6, 1), check=refuse)
    assert store.head(session) == 1


def test_what_another_process_stored_is_known_to_the_next_step(tmp_path, store, session):
    store.append(session, label("a", 5, 1))
    with closing(LabelStore(tmp_path / "labels.db")) as other:
        other.append(session, add("b", "newt"), "ben")
        other.append(session, delete("c", 1), "ben")
    with pytest.raises(NotFound, match="no class 1 to give"):
        store.append(session, label("d", 6, 1))
    with pytest.raises(Conflict, match="a class 'newt' already"):
        store.append(session, add("e", "newt"))
    store.append(session, label("f", 6, 3))
