"""Operations as a browser sends them, read field by field; what they mean the store checks."""

from __future__ import annotations

import json
from typing import Any

from ..errors import UserError
from ..labels.store import Operation
from ..strict_json import is_whole, kept

# The field that says what a kind of operation on classes needs besides the class.
TEXT_FIELDS = {
    "class-add": "name",
    "class-rename": "name",
    "class-colour": "colour",
    "class-merge": "into",
    "class-order": "order",
}


def read_operation(given: Any) -> tuple[Operation, int | None]:
    """The operation, and the version of the map that its examples were chosen on, if they were.

    UserError where a field is not of its type, or holds what nothing can keep.
    """
    if not isinstance(kept(given), dict):
        raise UserError(f"Each of 'ops' must be an object, got {type(given).__name__}.")
    kind, examples = _text(given, "kind") or "", given.get("examples")
    if not isinstance(examples, list | None):
        raise UserError(f"'examples' must be a list, got {type(examples).__name__}.")
    op = Operation(
        _text(given, "op_id") or "",
        kind,  # type: ignore[arg-type]  # one that is unknown the store refuses
        tuple(examples or ()),
        _number(given, "class"),
        _change(given, TEXT_FIELDS.get(kind)),
    )
    return op, _number(given, "map_version")


def _change(given: dict[str, Any], field: str | None) -> str | None:
    """What a class becomes, as the store has it: text."""
    if field == "into":
        number = _number(given, field)
        return None if number is None else str(number)
    if field == "order":
        order = given.get(field)
        if not isinstance(order, list) or not all(is_whole(each) for each in order):
            raise UserError("'order' must be a list of the numbers of classes.")
        return json.dumps(order)
    return None if field is None else _text(given, field)


def _text(given: dict[str, Any], field: str) -> str | None:
    value = given.get(field)
    if not isinstance(value, str | None):
        raise UserError(f"'{field}' must be a text, got {type(value).__name__}.")
    return value


def _number(given: dict[str, Any], field: str) -> int | None:
    value = given.get(field)
    if value is not None and not is_whole(value):
        raise UserError(f"'{field}' must be a whole number, got {type(value).__name__}.")
    return value
