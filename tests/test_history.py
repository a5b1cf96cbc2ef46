"""The history against a naive recomputation: replay of the operations that stand, in order."""

import random
from dataclasses import dataclass

import pytest

from ssvae_core.labels.history import Event, History, replay


@dataclass
class Log:
    """Writes events as the store numbers them."""

    def __post_init__(self):
        self.events = []

    def write(self, op_id, kind, examples=(None,), label=None, target=None):
        for part, example in enumerate(examples):
            seq = len(self.events) + 1
            event = Event(seq, op_id, part, kind, float(seq), example, label, target)
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
    assert [done.op_id for done in history.undoable] == ["a", "b"]
    assert [done.op_id for done in history.redoable] == ["lasso"]


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
    assert replay(log.events).redoable == []


def test_what_can_be_undone_says_what_it_was():
    done = replay(lasso_over_labelled_images().events).undoable[-1]
    assert (done.kind, done.label, done.examples, done.at) == ("label", 7, [4, 5, 6], 3.0)
    assert done.before == [None, 1, 2]


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
        (Event(6, "x", 0, "undo", 0.0, target="b"), "wants to undo 'b', but 'lasso' is next"),
        (Event(6, "x", 0, "redo", 0.0, target="b"), "wants to redo 'b', but None is next"),
    ],
)
def test_events_that_do_not_follow_are_refused(event, sentence):
    history = replay(lasso_over_labelled_images().events)
    with pytest.raises(ValueError, match=sentence):
        history.advance(event)


def random_log(seed, n_operations=120):
    """A log of random operations, and the operations that stand after each of them."""
    draw, log = random.Random(seed), Log()
    standing, undone, moments = [], [], []
    for number in range(n_operations):
        kind = draw.choices(["label", "clear", "undo", "redo"], [5, 2, 5, 4])[0]
        if kind == "undo" and standing:
            undone.append(standing.pop())
            log.write(f"op{number}", "undo", target=undone[-1][0])
        elif kind == "redo" and undone:
            standing.append(undone.pop())
            log.write(f"op{number}", "redo", target=standing[-1][0])
        elif kind in ("label", "clear"):
            examples = draw.sample(range(12), draw.randint(1, 6))
            label = draw.randrange(3) if kind == "label" else None
            log.write(f"op{number}", kind, examples, label)
            standing.append((f"op{number}", examples, label))
            undone.clear()
        moments.append((len(log.events), list(standing), list(undone)))
    return log.events, moments


def naive_labels(standing):
    labels = {}
    for _, examples, label in standing:
        labels.update(dict.fromkeys(examples, label))
    return {example: label for example, label in labels.items() if label is not None}


@pytest.mark.parametrize("seed", range(20))
def test_history_equals_the_naive_recomputation_at_every_moment(seed):
    events, moments = random_log(seed)
    incremental = History()
    before = {0: {}}
    for n_events, standing, undone in moments:
        for event in events[incremental.seq : n_events]:
            incremental.advance(event)
        assert incremental.labels == naive_labels(standing)
        assert [done.op_id for done in incremental.undoable] == [op[0] for op in standing]
        assert [done.op_id for done in incremental.redoable] == [op[0] for op in undone]
        before[n_events] = dict(incremental.labels)
    assert replay(events) == incremental
    for seq, labels in before.items():
        for example, label in incremental.changed_since(seq).items():
            labels.pop(example, None)
            if label is not None:
                labels[example] = label
        assert labels == incremental.labels


def test_what_undo_goes_back_to_is_the_first_event_of_what_it_undid():
    log = lasso_over_labelled_images()  # events 1, 2 and 3 to 5
    log.write("u", "undo", target="lasso")
    assert replay(log.events).undone_since(0) == 3
    log.write("u2", "undo", target="b")
    log.write("new", "label", [9], 1)
    history = replay(log.events)
    assert [history.undone_since(seq) for seq in (0, 5, 6, 7, 8)] == [2, 2, 2, 0, 0]
