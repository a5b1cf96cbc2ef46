"""What an operation becomes in the log, if it can be done as things stand at that very moment.

The store asks inside the transaction that appends, with the history up to its last row: whatever
somebody else stored a moment ago is known, and nothing comes in between. An operation comes here
when its form is checked, see records.py.
"""

from __future__ import annotations

from typing import Any

from ..errors import Conflict, NotFound
from .classes import MOST_CLASSES, ClassTable, same_names
from .history import GIVING, ON_CLASSES, Done, History
from .records import Operation

Rows = list[dict[str, Any]]


def rows_of(op: Operation, history: History, annotator: str) -> Rows:
    """What is particular to each row of the operation. UserError where it cannot be done."""
    if op.kind in ("undo", "redo"):
        return [{"example": None, "label": None, "target": _target(op, history, annotator).op_id}]
    if op.kind in ON_CLASSES:
        label = _changed_class(op, history)
        return [{"example": None, "label": label, "target": op.text}]
    if op.kind in GIVING:
        _check_can_be_given(op.label, history.classes)
    return [{"example": example, "label": op.label, "target": None} for example in op.examples]


def check_is_the_same(op: Operation, stored: Rows) -> None:
    """Conflict where an id that is stored already comes with something else than was stored.

    To answer it with the first one's receipt would acknowledge what is nowhere. An undo is the
    same whatever it was about; who sends does not count, a login may have ended in between.
    """
    kind, examples = stored[0]["kind"], [row["example"] for row in stored]
    if op.kind in ("undo", "redo"):
        is_same = op.kind == kind
    elif op.kind in ON_CLASSES:
        label = stored[0]["label"] if op.kind == "class-add" else op.label
        is_same = (op.kind, label, op.text) == (kind, stored[0]["label"], stored[0]["target"])
    else:
        is_same = (op.kind, op.label, list(op.examples)) == (kind, stored[0]["label"], examples)
    if not is_same:
        raise Conflict(
            f"Something else was stored under the id {op.op_id!r}, so this was not. "
            "Do it again: it gets an id of its own."
        )


def _check_can_be_given(label: int | None, classes: ClassTable) -> None:
    if label is None or classes.resolve(label) is None:
        names = ", ".join(known.name for known in classes.active) or "none yet"
        raise NotFound(f"There is no class {label!r} to give. The classes are: {names}.")


def _changed_class(op: Operation, history: History) -> int | None:
    """The class that an operation changes or makes; None for all of them."""
    classes, label = history.classes, op.label
    if op.kind == "class-add":
        label = history.n_classes
        if label >= MOST_CLASSES:
            raise Conflict(
                f"A session has at most {MOST_CLASSES} classes, those included that were merged "
                "or deleted. Give one that you do not need another name."
            )
    elif label is not None:
        _check_is_there(label, classes)
    if op.kind == "class-merge":
        _check_merge(op, classes)
    change = Done(history.seq + 1, op.op_id, op.kind, label, 0.0, text=op.text)
    _check_names(classes, history.classes_with(change), op)
    return label


def _check_is_there(label: int, classes: ClassTable) -> None:
    """UserError where a class was deleted, or is another one's by now."""
    now = classes.resolve(label)
    if now is None:
        raise NotFound(f"There is no class {label!r} any more. Somebody may have deleted it.")
    if now != label:
        raise Conflict(
            f"{classes.name(label)!r} was merged into {classes.name(now)!r} meanwhile. "
            "Change that one instead."
        )


def _check_merge(op: Operation, classes: ClassTable) -> None:
    into = classes.resolve(int(op.text or ""))
    if into is None:
        raise NotFound(
            f"There is no class {op.text} any more to merge into. Somebody may have deleted it."
        )
    if into == op.label:
        raise Conflict(
            f"{classes.name(int(op.text or ''))!r} was merged into {classes.name(into)!r} "
            "meanwhile, so the two are one already."
        )


def _check_names(before: ClassTable, after: ClassTable, op: Operation) -> None:
    """Conflict where two classes would bear one name. Those that do already may stay so."""
    new = same_names(after.active) - same_names(before.active)
    if not new:
        return
    name = after.name(min(new)[0])
    if op.kind in ("class-add", "class-rename"):
        raise Conflict(f"There is a class {name!r} already. Choose another name.")
    raise Conflict(
        f"This would bring back a second class {name!r}: there is one of that name by now. "
        "Give that one another name first."
    )


def _target(op: Operation, history: History, annotator: str) -> Done:
    """The operation that an undo or redo is about."""
    if op.kind == "redo":
        if not (redoable := history.redoable(annotator)):
            raise Conflict("There is nothing to redo: nothing was undone since the last label.")
        target = redoable[-1]
    else:
        if not (undoable := history.undoable(annotator)):
            why = "every label is undone already" if history.seq else "no label has been given yet"
            raise Conflict(f"There is nothing to undo: {why}.")
        target = undoable[-1]
    if target.kind in ON_CLASSES:
        after = history.classes_with(target, stands=op.kind == "redo")
        _check_names(history.classes, after, op)
        if after.circles - history.classes.circles:
            raise Conflict(
                "This would merge classes into each other in a circle, since others were merged "
                "meanwhile. Nothing was changed."
            )
    return target
