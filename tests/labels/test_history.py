"""The history against a naive recomputation: replay of the operations that stand, in order."""

import random
from dataclasses import dataclass

import pytest

from ssvae_core.labels.history import JUNK, SKIPPED, STATES, UNSURE, Event, History
from ssvae_core.labels.history import replay as replay_with

NAMES = tuple("0123456789")


def replay(events):
    return replay_with(events, NAMES)


@dataclass
class Log:
    """Writes events as the store numbers them."""

    def __post_init__(self):
        self.events = []

    def write(self, op_id, kind, examples=(None,), label=None, target=None, by=""):
        for part, example in enumerate(examples):
            seq = len(self.events) + 1
            event = Event(seq, op_id, part, kind, float(seq), example, label, target, by)
            self.events.append(event)


def lasso_over_labelled_images():
    log = Log()
    log.write("a", "label", [5], 1)
    log.write("b", "label", [6], 2)
    log.write("lasso", "label", [4, 5, 6], 7)
    return log


def test_a_label_replaces_the_one_before():
    log = lasso_over_labelled_images()
    assert replay(log.events).labels == {4: 7, 5: 7, 6: 7}


def test_undo_of_a_lasso_brings_back_what_each_image_had_before():
    log = lasso_over_labelled_images()
    log.write("u", "undo", target="lasso")
    history = replay(log.events)
    assert history.labels == {5: 1, 6: 2}
    assert [done.op_id for done in history.undoable()] == ["a", "b"]
    assert [done.op_id for done in history.redoable()] == ["lasso"]


def test_redo_gives_the_lasso_back_and_undo_takes_it_again():
    log = lasso_over_labelled_images()
    log.write("u", "undo", target="lasso")
    log.write("r", "redo", target="lasso")
    assert replay(log.events).labels == {4: 7, 5: 7, 6: 7}
    log.write("u2", "undo", target="lasso")
    assert replay(log.events).labels == {5: 1, 6: 2}


def test_undo_of_a_clear_brings_the_labels_back():
    log = lasso_over_labelled_images()
    log.write("c", "clear", [4, 5, 9])
    assert replay(log.events).labels == {6: 7}
    log.write("u", "undo", target="c")
    assert replay(log.events).labels == {4: 7, 5: 7, 6: 7}


@pytest.mark.parametrize("kind", ["label", "clear"])
def test_a_new_operation_ends_what_could_be_redone(kind):
    log = lasso_over_labelled_images()
    log.write("u", "undo", target="lasso")
    log.write("new", kind, [5], 3 if kind == "label" else None)
    assert replay(log.events).redoable() == []


def test_what_can_be_undone_says_what_it_was():
    done = replay(lasso_over_labelled_images().events).undoable()[-1]
    assert (done.kind, done.label, done.examples, done.at) == ("label", 7, [4, 5, 6], 3.0)


def test_changed_since_names_what_an_undo_touched_long_after_it_was_labelled():
    log = lasso_over_labelled_images()
    log.write("u", "undo", target="lasso")
    history = replay(log.events)
    assert history.changed_since(5) == {4: None, 5: 1, 6: 2}
    assert history.changed_since(1) == {4: None, 5: 1, 6: 2}
    assert history.changed_since(6) == {}


@pytest.mark.parametrize(
    ("event", "sentence"),
    [
        (Event(5, "x", 0, "label", 0.0, 1, 1), "in order of seq"),
        (Event(6, "x", 1, "label", 0.0, 1, 1), "unknown operation"),
        (Event(6, "x", 0, "label", 0.0), "names no example"),
        (Event(6, "x", 0, "undo", 0.0, target="q"), "wants to undo 'q', which is not there"),
        (Event(6, "x", 0, "redo", 0.0, target="b"), "wants to redo 'b', which stands"),
    ],
)
def test_events_that_do_not_follow_are_refused(event, sentence):
    history = replay(lasso_over_labelled_images().events)
    with pytest.raises(ValueError, match=sentence):
        history.advance(event)


# Several people, states, adjudications, audits and classes, against a naive recomputation

PEOPLE = ("ann", "ben")
ON_EXAMPLES = ("label", "clear", "unsure", "junk", "skip", "keep", "settle", "audit")


def random_log(seed, n_operations=150):
    """A log of random operations, and the operations that stand after each of them."""
    draw, log, n_classes = random.Random(seed), Log(), len(NAMES)
    standing, undone, moments = [], {name: [] for name in PEOPLE}, []
    for number in range(n_operations):
        by, op_id = draw.choice(PEOPLE), f"op{number}"
        own = [op for op in standing if op["by"] == by]
        kind = draw.choices(["undo", "redo", "class", "example"], [5, 4, 1, 8])[0]
        if kind == "undo" and own:
            standing.remove(own[-1])
            undone[by].append(own[-1])
            log.write(op_id, "undo", target=own[-1]["op_id"], by=by)
        elif kind == "redo" and undone[by]:
            standing.append(undone[by].pop())
            log.write(op_id, "redo", target=standing[-1]["op_id"], by=by)
        elif kind in ("class", "example"):
            if kind == "class":
                kind = draw.choice(["class-add", "class-merge", "class-delete", "class-rename"])
                label, text = draw.randrange(n_classes), str(draw.randrange(n_classes))
                if kind == "class-add":
                    label, n_classes = n_classes, n_classes + 1
                examples = (None,)
            else:
                kind, text = draw.choice(ON_EXAMPLES), None
                label = None if kind in STATES else draw.randrange(n_classes)
                examples = draw.sample(range(12), draw.randint(1, 5))
            log.write(op_id, kind, examples, label, text, by)
            op = {"op_id": op_id, "kind": kind, "examples": examples, "label": label}
            standing.append({**op, "by": by, "text": text, "number": number})
            undone[by].clear()
        standing.sort(key=lambda op: op["number"])
        moments.append((len(log.events), list(standing)))
    return log.events, moments


def naive_state(standing):
    """What each example is: ("label" | "held" | "state", value), from the first operation on."""
    known, into, dead = set(range(len(NAMES))), {}, set()

    def path(number):
        return [number, *(path(into[number]) if number in into else [])]

    def counts_as(number):
        end = path(number)[-1]
        return None if end not in known or end in dead else end

    for op in standing:
        label, text = op["label"], op["text"]
        if op["kind"] == "class-add":
            known.add(label)
        elif op["kind"] == "class-delete":
            dead.add(label)
        elif op["kind"] == "class-merge" and label in known and counts_as(int(text)) is not None:
            into |= {label: int(text)} if label not in path(int(text)) else {}

    found = {}
    for example in range(12):
        of = [op for op in standing if example in op["examples"]]
        state = None
        for op in of:
            if op["kind"] != "skip" or state is None or state["kind"] == "clear":
                state = op
        settled = [op for op in of if op["kind"] == "settle"]
        state = settled[-1] if settled else state
        if state is None or state["kind"] == "clear":
            continue
        if state["kind"] in STATES:
            found[example] = ("state", STATES[state["kind"]])
        elif (number := counts_as(state["label"])) is not None:
            found[example] = ("held" if state["kind"] == "audit" else "label", number)
    return found


def state_of(history):
    return {
        **{example: ("label", number) for example, number in history.labels.items()},
        **{example: ("held", number) for example, number in history.held.items()},
        **{example: ("state", state) for example, state in history.states.items()},
    }


@pytest.mark.parametrize("seed", range(20))
def test_history_equals_the_naive_recomputation_at_every_moment(seed):
    events, moments = random_log(seed)
    incremental, before = History(NAMES), {0: {}}
    for n_events, standing in moments:
        for event in events[incremental.seq : n_events]:
            incremental.advance(event)
        assert state_of(incremental) == naive_state(standing)
        for name in PEOPLE:
            own = [op["op_id"] for op in standing if op["by"] == name]
            assert [done.op_id for done in incremental.undoable(name)] == own
        before[n_events] = dict(incremental.labels)
    assert state_of(replay(events)) == state_of(incremental)
    for seq, labels in before.items():
        for example, label in incremental.changed_since(seq).items():
            labels.pop(example, None)
            if label is not None:
                labels[example] = label
        assert labels == incremental.labels


def test_each_person_undoes_their_own_and_the_labels_of_others_stay():
    log = Log()
    log.write("a", "label", [1], 3, by="ann")
    log.write("b", "label", [1, 2], 4, by="ben")
    log.write("u", "undo", target="a", by="ann")
    history = replay(log.events)
    assert history.labels == {1: 4, 2: 4}
    assert history.undoable("ann") == []
    assert [done.op_id for done in history.undoable("ben")] == ["b"]
    log.write("u2", "undo", target="b", by="ben")
    assert replay(log.events).labels == {}


def test_a_person_has_one_vote_on_an_example_and_an_adjudication_outweighs_later_ones():
    log = Log()
    log.write("a", "label", [1], 3, by="ann")
    log.write("a2", "label", [1], 5, by="ann")
    log.write("b", "label", [1], 4, by="ben")
    assert replay(log.events).votes(1) == {"ann": 5, "ben": 4}
    log.write("s", "settle", [1], 5, by="eve")
    log.write("b2", "label", [1], 7, by="ben")
    history = replay(log.events)
    assert history.labels == {1: 5}
    assert history.votes(1) == {"ann": 5, "ben": 7}
    log.write("u", "undo", target="s", by="eve")
    assert replay(log.events).labels == {1: 7}


def test_unsure_and_junk_take_an_example_out_of_training_and_a_skip_only_if_it_has_no_label():
    log = Log()
    log.write("a", "label", [1, 2, 3], 3)
    log.write("u", "unsure", [1])
    log.write("j", "junk", [2])
    log.write("s", "skip", [3, 4])
    history = replay(log.events)
    assert history.labels == {3: 3}
    assert history.states == {1: UNSURE, 2: JUNK, 4: SKIPPED}
    log.write("l", "label", [4], 6)
    assert replay(log.events).labels == {3: 3, 4: 6}


def test_answers_of_an_audit_are_kept_from_training_and_are_given_all_the_same():
    log = Log()
    log.write("a", "audit", [1], 3)
    history = replay(log.events)
    assert (history.labels, history.held, history.given) == ({}, {1: 3}, {1: 3})


def test_labels_follow_their_class_when_it_is_merged_and_come_back_when_that_is_undone():
    log = Log()
    log.write("a", "label", [1], 3)
    log.write("b", "label", [2], 4)
    log.write("m", "class-merge", label=3, target="4")
    history = replay(log.events)
    assert history.labels == {1: 4, 2: 4}
    assert history.changed_since(2) == {1: 4, 2: 4}
    assert [known.id for known in history.classes.active] == [0, 1, 2, 4, 5, 6, 7, 8, 9]
    log.write("d", "class-delete", label=4)
    assert replay(log.events).labels == {}
    log.write("u", "undo", target="d")
    log.write("u2", "undo", target="m")
    assert replay(log.events).labels == {1: 3, 2: 4}


def test_a_class_that_is_added_has_an_id_of_its_own_for_ever():
    log = Log()
    log.write("n", "class-add", label=10, target="sevens with a bar")
    log.write("a", "label", [1], 10)
    log.write("u", "undo", target="a")
    log.write("u2", "undo", target="n")
    log.write("n2", "class-add", label=11, target="other")
    history = replay(log.events)
    assert history.n_classes == 12
    assert [known.id for known in history.classes.active] == [*range(10), 11]


def test_undone_since_names_the_first_event_of_what_was_undone():
    log = Log()
    log.write("a", "label", [1], 3)
    log.write("b", "label", [2, 3], 4)
    log.write("u", "undo", target="b")
    history = replay(log.events)
    assert history.undone_since(0) == 2
    assert history.undone_since(4) == 0


def named_group():
    log = Log()
    log.write("a", "label", [5], 1)
    log.write("b", "unsure", [6])
    log.write("s", "skip", [7])
    log.write("g", "group", [4, 5, 6, 7, 8], 3)
    return log


def test_a_group_names_all_but_what_somebody_said_by_eye():
    history = replay(named_group().events)
    assert history.labels == {4: 3, 5: 1, 7: 3, 8: 3}
    assert history.states == {6: UNSURE}
    assert history.by_group == {4, 7, 8}
    assert history.n_answers == 2  # the label, and the group


def test_the_order_of_a_group_and_a_label_does_not_matter():
    log = Log()
    log.write("g", "group", [4, 5], 3)
    log.write("a", "label", [5], 1)
    log.write("g2", "group", [4, 5], 2)
    history = replay(log.events)
    assert history.labels == {4: 2, 5: 1}
    assert history.by_group == {4}


def test_a_group_is_undone_and_redone_as_one():
    log = named_group()
    log.write("u", "undo", target="g")
    history = replay(log.events)
    assert history.labels == {5: 1}
    assert history.states == {6: UNSURE, 7: SKIPPED}
    assert not history.by_group
    log.write("r", "redo", target="g")
    assert replay(log.events).labels == {4: 3, 5: 1, 7: 3, 8: 3}


def test_an_image_of_a_group_can_be_cleared_checked_and_named_again():
    log = named_group()
    log.write("c", "clear", [4])
    log.write("h", "audit", [8], 2)
    history = replay(log.events)
    assert history.labels == {5: 1, 7: 3}
    assert history.held == {8: 2}
    log.write("g2", "group", [4, 8], 9)
    history = replay(log.events)
    assert history.labels == {4: 9, 5: 1, 7: 3}
    assert history.held == {8: 2}


def test_what_was_said_of_a_group_is_nobodys_vote_on_one_of_its_images():
    log = Log()
    log.write("g", "group", [4, 5], 3, by="Ann")
    log.write("b", "label", [5], 1, by="Ben")
    history = replay(log.events)
    assert history.votes(4) == {}
    assert history.votes(5) == {"Ben": 1}
