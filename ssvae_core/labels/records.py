"""The rows of the label store as Python sees them, and what they may hold."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import UserError
from .history import Kind

KINDS: tuple[Kind, ...] = ("clear", "label", "redo", "undo")


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
    """What a person did. `examples` for label and clear, `label` (a class id) only for label."""

    op_id: str
    kind: Kind
    examples: Sequence[int] = ()
    label: int | None = None


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
    speaker: str
    accuracy: float
    at: float


def checked(op: Operation, session: SessionRow) -> Operation:
    """The operation, each example once. UserError where the session cannot take it."""
    if not isinstance(op.op_id, str) or not 0 < len(op.op_id) <= 100:
        raise UserError(f"An operation needs an id of 1 to 100 characters, got {op.op_id!r}.")
    if op.kind not in KINDS:
        raise UserError(
            f"Unknown kind {op.kind!r} of operation. Choose one of: {', '.join(KINDS)}."
        )
    if op.kind in ("undo", "redo"):
        return Operation(op.op_id, op.kind)
    label = _checked_label(op, session)
    examples = dict.fromkeys(_checked_example(example, session) for example in op.examples)
    if not examples:
        raise UserError("No image was chosen. Choose at least one, then give the label.")
    return Operation(op.op_id, op.kind, tuple(examples), label)


def checked_name(name: str) -> str:
    """The name without space around it. UserError if nothing is left."""
    if not name.strip():
        raise UserError("A session needs a name. Write at least one letter.")
    return name.strip()


def _checked_label(op: Operation, session: SessionRow) -> int | None:
    if op.kind == "clear":
        return None
    number = _whole_number(op.label)
    if not 0 <= number < len(session.classes):
        names = ", ".join(f"{number} ({name})" for number, name in enumerate(session.classes))
        raise UserError(f"Unknown class {op.label!r}. Choose one of: {names}.")
    return number


def _checked_example(example: int, session: SessionRow) -> int:
    number = _whole_number(example)
    if not 0 <= number < session.n_examples:
        raise UserError(
            f"There is no image {example!r}: "
            f"{session.data!r} has {session.n_examples}, numbered from 0."
        )
    return number


def _whole_number(value: Any) -> int:
    """Any kind of integer as a plain int, -1 for what is none."""
    try:
        return operator.index(value)
    except TypeError:
        return -1
