"""What a list of events amounts to: the labels as they stand, and what can be undone or redone.

Pure and incremental. The state is a function of the operations that *stand*: each example is what
the last of them that names it says, in the order in which they came. Undo makes an operation stand
no longer, wherever it is, so what remains is what there would be without it; redo makes it stand
again. Everybody undoes their own. An adjudication (`settle`) outweighs what others say later, and
what is said of a whole group of images (`group`) nothing that somebody said of one by eye.

Labels name classes by id; what an id counts as (it may be merged or deleted) says the ClassTable,
which is made of operations too.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from .classes import ClassTable

GivingKind = Literal["label", "keep", "settle", "audit", "group"]  # each gives a class
StateKind = Literal["unsure", "junk", "skip"]
ClassKind = Literal[
    "class-add", "class-rename", "class-colour", "class-merge", "class-delete", "class-order"
]
Kind = GivingKind | StateKind | ClassKind | Literal["clear", "undo", "redo"]

NONE, UNSURE, JUNK, SKIPPED = -1, -2, -3, -4  # what an example is that has no class
STATES: dict[str, int] = {"clear": NONE, "unsure": UNSURE, "junk": JUNK, "skip": SKIPPED}
GIVING: tuple[str, ...] = get_args(GivingKind)
NOT_BY_EYE = ("group", "clear", "skip")  # what says nothing of an image itself
ON_CLASSES: tuple[str, ...] = get_args(ClassKind)


@dataclass(frozen=True, slots=True)
class Event:
    """One row of the log. An operation on 82 examples is 82 rows with one op_id, parts 0 to 81.

    `target` is the operation that an undo is about, or the text of a class operation.
    """

    seq: int
    op_id: str
    part: int
    kind: Kind
    at: float
    example: int | None = None
    label: int | None = None
    target: str | None = None
    annotator: str = ""


@dataclass(slots=True, eq=False)
class Done:
    """An operation; `examples` grows while its rows come in."""

    seq: int  # of its first row
    op_id: str
    kind: Kind
    label: int | None
    at: float
    annotator: str = ""
    text: str | None = None  # of a class operation
    examples: list[int] = field(default_factory=list)
    stands: bool = True


class History:
    """The state after the event `seq`. Not safe to use from two threads at once."""

    def __init__(self, class_names: Sequence[str]):
        """`class_names` are those that the session began with."""
        self.class_names = tuple(class_names)
        self.classes = ClassTable(class_names)
        self.labels: dict[int, int] = {}  # what the model learns from: example -> class
        self.states: dict[int, int] = {}  # UNSURE, JUNK, SKIPPED
        self.held: dict[int, int] = {}  # answers of an audit, kept from the model
        self.by_group: set[int] = set()  # of `labels`, those that were named with their group
        self.operations: list[Done] = []  # all that were ever done, in order
        self.n_classes = len(class_names)  # ids ever made
        self.seq = 0
        self._by_id: dict[str, Done] = {}
        self._of: defaultdict[int, list[Done]] = defaultdict(list)  # an example's, in order
        self._undoable: defaultdict[str, list[Done]] = defaultdict(list)  # a person's
        self._redoable: defaultdict[str, list[Done]] = defaultdict(list)
        self._touched: list[tuple[int, list[int]]] = []
        self._undone: list[tuple[int, int]] = []  # (seq of the undo, seq of what it undid)

    # What stands

    @property
    def given(self) -> dict[int, int]:
        """Every class that people gave, audits included: example -> class."""
        return self.labels | self.held

    def value(self, example: int) -> int:
        """The class that a person gave an example, or NONE, UNSURE, JUNK, SKIPPED."""
        for place in (self.labels, self.held, self.states):
            if example in place:
                return place[example]
        return NONE

    def undoable(self, annotator: str = "") -> list[Done]:
        """What this person did and can undo, the next one last."""
        return list(self._undoable[annotator])

    def redoable(self, annotator: str = "") -> list[Done]:
        """What this person undid and can redo, the next one last."""
        return list(self._redoable[annotator])

    def standing(self, example: int) -> Done | None:
        """The operation that makes an example what it is.

        A skip says nothing of what is known, nor a group of what was said of the example itself.
        """
        last = settled = None
        for done in self._of.get(example, ()):
            if not done.stands:
                continue
            if done.kind == "skip" and last is not None and last.kind != "clear":
                continue
            if done.kind == "group" and last is not None and last.kind not in NOT_BY_EYE:
                continue
            last = done
            settled = done if done.kind == "settle" else settled
        return settled or last

    def votes(self, example: int) -> dict[str, int]:
        """What each person last said an example is: name -> class.

        Adjudications are none, nor is what was said of a group.
        """
        votes: dict[str, int] = {}
        for done in self._of.get(example, ()):
            if not done.stands or done.kind in ("settle", "group"):
                continue
            number = None if done.label is None else self.classes.resolve(done.label)
            if number is None:
                votes.pop(done.annotator, None)
            else:
                votes[done.annotator] = number
        return votes

    def class_made_by(self, op_id: str) -> int | None:
        """The id of the class that this operation added; None if it added none."""
        done = self._by_id.get(op_id)
        return done.label if done is not None and done.kind == "class-add" else None

    @property
    def voted(self) -> list[int]:
        """Examples that anybody ever said something about."""
        return list(self._of)

    @property
    def n_answers(self) -> int:
        """How often somebody gave what `labels` holds: a group that was named counts once."""
        groups = {id(self.standing(example)) for example in self.by_group}
        return len(self.labels) - len(self.by_group) + len(groups)

    def is_kept(self, example: int) -> bool:
        """Whether somebody looked at a possibly wrong label and let it stand."""
        done = self.standing(example)
        return done is not None and done.kind in ("keep", "settle")

    def classes_with(self, change: Done, stands: bool = True) -> ClassTable:
        """The classes as they would be if an operation on them, a new one too, stood or did not."""
        changes = [one for one in self.operations if one.kind in ON_CLASSES]
        if change not in changes:
            changes.append(change)
        standing = [one for one in changes if (stands if one is change else one.stands)]
        return ClassTable(
            self.class_names,
            standing,
            {
                one.label: one.text or ""
                for one in changes
                if one.kind == "class-add" and one.label is not None and one not in standing
            },
        )

    def changed_since(self, seq: int) -> dict[int, int | None]:
        """Every example touched after `seq`, with the class it has now (None: it has none)."""
        first = bisect_right(self._touched, seq, key=lambda entry: entry[0])
        examples = (example for _, touched in self._touched[first:] for example in touched)
        return {example: self.labels.get(example) for example in examples}

    def undone_since(self, seq: int) -> int:
        """The first event of all that was undone after `seq`; 0 if nothing was."""
        return min((first for at, first in self._undone if at > seq), default=0)

    # What happens

    def advance(self, event: Event) -> None:
        """Take in the next event. ValueError where the events do not follow from each other."""
        if event.seq <= self.seq:
            raise ValueError(f"Events come in order of seq; after {self.seq} came {event.seq}.")
        if event.kind in ("undo", "redo"):
            touched = self._turn(event)
        elif event.kind in ON_CLASSES:
            touched = self._change_classes(self._begin(event))
        else:
            touched = [self._add(event)]
        self.seq = event.seq
        self._touched.append((event.seq, touched))

    def _turn(self, event: Event) -> list[int]:
        """Undo or redo; the examples that it touches."""
        done = self._by_id.get(event.target or "")
        is_undo = event.kind == "undo"
        if done is None or done.stands is not is_undo:
            raise ValueError(
                f"Event {event.seq} wants to {event.kind} {event.target!r}, which "
                f"{'is not there' if done is None else 'does not stand' if is_undo else 'stands'}."
            )
        done.stands = not is_undo
        places = self._undoable[done.annotator], self._redoable[done.annotator]
        source, target = places if is_undo else reversed(places)
        if done in source:
            source.remove(done)
        target.append(done)
        if is_undo and done.examples:
            self._undone.append((event.seq, done.seq))
        if done.kind in ON_CLASSES:
            return self._change_classes(done)
        for example in done.examples:
            self._settle(example)
        return done.examples

    def _begin(self, event: Event) -> Done:
        if event.op_id in self._by_id:
            raise ValueError(f"Event {event.seq} begins operation {event.op_id!r} a second time.")
        done = Done(
            event.seq, event.op_id, event.kind, event.label, event.at, event.annotator, event.target
        )
        self.operations.append(done)
        self._by_id[event.op_id] = done
        self._undoable[event.annotator].append(done)
        self._redoable[event.annotator].clear()
        return done

    def _add(self, event: Event) -> int:
        if event.example is None:
            raise ValueError(f"Event {event.seq} ({event.kind}) names no example.")
        done = self._begin(event) if event.part == 0 else self._by_id.get(event.op_id)
        if done is None or len(done.examples) != event.part:
            raise ValueError(f"Event {event.seq} is part {event.part} of an unknown operation.")
        done.examples.append(event.example)
        if not self._of[event.example] or self._of[event.example][-1] is not done:
            self._of[event.example].append(done)
        self._settle(event.example)
        return event.example

    def _change_classes(self, done: Done) -> list[int]:
        """Make the class table anew; the examples whose class it may change."""
        if done.kind == "class-add" and done.label is not None:
            self.n_classes = max(self.n_classes, done.label + 1)
        self.classes = self.classes_with(done, done.stands)
        if done.kind not in ("class-add", "class-merge", "class-delete"):
            return []
        touched = list(self._of)
        for example in touched:
            self._settle(example)
        return touched

    def _settle(self, example: int) -> None:
        """Put an example where the operations that stand say."""
        for place in (self.labels, self.states, self.held):
            place.pop(example, None)
        self.by_group.discard(example)
        done = self.standing(example)
        if done is None:
            return
        if done.kind in GIVING and done.label is not None:
            number = self.classes.resolve(done.label)
            if number is not None:
                (self.held if done.kind == "audit" else self.labels)[example] = number
                if done.kind == "group":
                    self.by_group.add(example)
        elif (state := STATES[done.kind]) != NONE:
            self.states[example] = state


def replay(events: Iterable[Event], class_names: Sequence[str]) -> History:
    """The state after these events, from the first one on."""
    history = History(class_names)
    for event in events:
        history.advance(event)
    return history


def is_open(labels: NDArray[np.int16]) -> NDArray[np.bool_]:
    """Which examples the guesses stand for: nobody gave them a class or put them aside: (N,)."""
    return (labels < 0) & (labels != JUNK) & (labels != UNSURE)
