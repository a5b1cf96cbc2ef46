"""What a list of events amounts to: the labels as they stand, and what can be undone or redone.

Pure and incremental. A History takes events in order of seq, one at a time, and rebuilt from the
first event it is always the same. Undo takes back the last operation that still stands, so what
the examples had before it is what they get back; a new label or clear ends what could be redone.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["label", "clear", "undo", "redo"]


@dataclass(frozen=True, slots=True)
class Event:
    """One row of the log. An operation on 82 examples is 82 rows with one op_id, parts 0 to 81."""

    seq: int
    op_id: str
    part: int
    kind: Kind
    at: float
    example: int | None = None
    label: int | None = None
    target: str | None = None
    annotator: str = ""


@dataclass(slots=True)
class Done:
    """An operation that gave all its examples one label, or with label None took theirs away.

    `before` is what each example had: an empty place (None) or a class. Both lists grow while the
    rows of the operation come in.
    """

    op_id: str
    kind: Kind
    label: int | None
    at: float
    examples: list[int] = field(default_factory=list)
    before: list[int | None] = field(default_factory=list)
    seq: int = 0  # of its first event


@dataclass
class History:
    """The state after the event `seq`. Not safe to use from two threads at once."""

    labels: dict[int, int] = field(default_factory=dict)
    undoable: list[Done] = field(default_factory=list)
    redoable: list[Done] = field(default_factory=list)
    seq: int = 0
    n_classes: int = 0  # ids ever made; 0: as many as the session began with
    _undone: list[tuple[int, int]] = field(default_factory=list, repr=False)
    _touched: list[tuple[int, list[int]]] = field(default_factory=list, repr=False)

    def advance(self, event: Event) -> None:
        """Take in the next event. ValueError where the events do not follow from each other."""
        if event.seq <= self.seq:
            raise ValueError(f"Events come in order of seq; after {self.seq} came {event.seq}.")
        if event.kind == "undo":
            done = _take_last(self.undoable, event)
            self.redoable.append(done)
            self._undone.append((event.seq, done.seq))
            # Backwards, so that an example named twice ends with what it had first.
            for example, label in zip(reversed(done.examples), reversed(done.before), strict=True):
                self._put(example, label)
            touched = done.examples
        elif event.kind == "redo":
            done = _take_last(self.redoable, event)
            self.undoable.append(done)
            for example in done.examples:
                self._put(example, done.label)
            touched = done.examples
        else:
            touched = [self._add(event)]
        self.seq = event.seq
        self._touched.append((event.seq, touched))

    def changed_since(self, seq: int) -> dict[int, int | None]:
        """Every example touched after `seq`, with the label it has now (None: it has none)."""
        first = bisect_right(self._touched, seq, key=lambda entry: entry[0])
        examples = (example for _, touched in self._touched[first:] for example in touched)
        return {example: self.labels.get(example) for example in examples}

    def undone_since(self, seq: int) -> int:
        """The first event that was undone after `seq`; 0 if none was."""
        return min((first for at, first in self._undone if at > seq), default=0)

    def _add(self, event: Event) -> int:
        if event.example is None:
            raise ValueError(f"Event {event.seq} ({event.kind}) names no example.")
        if event.part == 0:
            self.redoable.clear()
            self.undoable.append(
                Done(event.op_id, event.kind, event.label, event.at, seq=event.seq)
            )
        last = self.undoable[-1] if self.undoable else None
        if last is None or last.op_id != event.op_id:
            raise ValueError(f"Event {event.seq} is part {event.part} of an unknown operation.")
        last.examples.append(event.example)
        last.before.append(self.labels.get(event.example))
        self._put(event.example, event.label)
        return event.example

    def _put(self, example: int, label: int | None) -> None:
        if label is None:
            self.labels.pop(example, None)
        else:
            self.labels[example] = label


def replay(events: Iterable[Event]) -> History:
    """The state after these events, from the first one on."""
    history = History()
    for event in events:
        history.advance(event)
    return history


def _take_last(operations: list[Done], event: Event) -> Done:
    if not operations or operations[-1].op_id != event.target:
        last = operations[-1].op_id if operations else None
        raise ValueError(
            f"Event {event.seq} wants to {event.kind} {event.target!r}, but {last!r} is next."
        )
    return operations.pop()
