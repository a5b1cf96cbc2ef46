"""The rows of the label store as Python sees them, and what they may hold."""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import NotFound, UserError
from .classes import COLOUR, LONGEST_NAME
from .history import GIVING, ON_CLASSES, STATES, Kind
from .names import clean

KINDS: tuple[str, ...] = (*GIVING, *STATES, "undo", "redo", *ON_CLASSES)


@dataclass(frozen=True)
class SessionRow:
    """A session as stored. `classes` are their names, in order of class id."""

    id: str
    name: str
    data: str
    model: str
    n_examples: int
    classes: tuple[str, ...]
    config: Mapping[str, Any]
    seed: int
    created: float
    head: int
    generation: int


@dataclass(frozen=True)
class Operation:
    """What a person did.

    `examples` where it is about examples, `label` (a class id) where it gives or changes a class.
    `text` is the name of a class, its colour, the id that it is merged into, or the order of all
    ids as JSON.
    """

    op_id: str
    kind: Kind
    examples: Sequence[int] = ()
    label: int | None = None
    text: str | None = None


@dataclass(frozen=True)
class Receipt:
    """Proof that an operation is stored: its last seq, when, and whether this call stored it."""

    seq: int
    at: float
    is_new: bool


@dataclass(frozen=True)
class Metric:
    """A point of the learning curve: the share of guesses that were right, and whose they were."""

    label_seq: int
    n_labels: int
    predicted_by: str
    accuracy: float
    at: float


def checked(op: Operation, session: SessionRow, n_classes: int) -> Operation:
    """The operation, each example once. UserError where the session cannot take it.

    `n_classes` is how many ids of classes there are.
    """
    if not isinstance(op.op_id, str) or not 0 < len(op.op_id) <= 100 or not op.op_id.isprintable():
        raise UserError(
            f"An operation needs an id of 1 to 100 printable characters, got {op.op_id!r}."
        )
    if op.kind not in KINDS:
        raise UserError(
            f"Unknown kind {op.kind!r} of operation. Choose one of: {', '.join(KINDS)}."
        )
    if op.kind in ("undo", "redo"):
        return Operation(op.op_id, op.kind)
    if op.kind in ON_CLASSES:
        return _checked_change(op, n_classes)
    label = _checked_class(op.label, n_classes) if op.kind in GIVING else None
    examples = dict.fromkeys(_checked_example(example, session) for example in op.examples)
    if not examples:
        raise UserError("No image was chosen. Choose at least one, then give the label.")
    return Operation(op.op_id, op.kind, tuple(examples), label)


def checked_name(name: str, what: str = "A session") -> str:
    """The name without space around it. UserError if nothing is left."""
    if not name.strip():
        raise UserError(f"{what} needs a name. Write at least one letter.")
    return name.strip()


def _checked_change(op: Operation, n_classes: int) -> Operation:
    """An operation on classes, of which nothing but the form is known here."""
    label = None
    if op.kind not in ("class-add", "class-order"):
        label = _checked_class(op.label, n_classes)
    text = None if op.text is None else str(op.text)
    if op.kind in ("class-add", "class-rename"):
        text = checked_name(clean(" ".join((text or "").split())), "A class")
        if len(text) > LONGEST_NAME:
            raise UserError(
                f"The name of a class has at most {LONGEST_NAME} letters, this one {len(text)}."
            )
    elif op.kind == "class-colour" and text and not COLOUR.fullmatch(text):
        raise UserError(f"A colour is written like #2A7EE2, got {text!r}.")
    elif op.kind == "class-merge":
        text = str(_checked_class(_read(text, int), n_classes))
        if int(text) == label:
            raise UserError("A class cannot be merged into itself. Choose another.")
    elif op.kind == "class-order":
        order = _read(text, json.loads)
        if not isinstance(order, list) or not order:
            raise UserError(f"An order of classes is a list of their ids, got {text!r}.")
        text = json.dumps([*dict.fromkeys(_checked_class(each, n_classes) for each in order)])
    return Operation(op.op_id, op.kind, (), label, text)


def _checked_class(label: Any, n_classes: int) -> int:
    number = _whole_number(label)
    if not 0 <= number < n_classes:
        raise NotFound(f"There is no class {label!r}. Choose a number from 0 to {n_classes - 1}.")
    return number


def _checked_example(example: int, session: SessionRow) -> int:
    number = _whole_number(example)
    if not 0 <= number < session.n_examples:
        raise NotFound(
            f"There is no image {example!r}: "
            f"{session.data!r} has {session.n_examples}, numbered from 0."
        )
    return number


def _whole_number(value: Any) -> int:
    """Any kind of integer as a plain int, -1 for what is none; true and false are none."""
    if isinstance(value, bool):
        return -1
    try:
        return operator.index(value)
    except TypeError:
        return -1


def _read(text: str | None, reader: Callable[[str], Any]) -> Any:
    """What the reader makes of a text, None if it cannot."""
    try:
        return reader(text or "")
    except ValueError:
        return None
