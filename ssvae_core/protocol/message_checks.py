"""Whether a message holds what its annotations say, and the sentence if it does not."""

from __future__ import annotations

import dataclasses
import functools
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import numpy as np

from .messages import MESSAGES, Holds, Message


class ProtocolError(Exception):
    """What came cannot be a message, or what should go cannot be one: expected and got."""


def check(message: Message) -> None:
    """ProtocolError unless every field of the message holds what it is annotated with."""
    kind = type(message)
    for name, hint in hints(kind.__name__).items():
        value, expected = getattr(message, name), holds(hint)
        where = f"{kind.__name__}.{name} was expected to be"
        if expected is None and not _fits(value, hint):
            raise ProtocolError(f"{where} {_in_words(hint)}, got {short(value)}.")
        if expected is not None and not (value is None and NoneType in get_args(hint)):
            _check_array(value, expected, where)


@functools.cache
def hints(name: str) -> dict[str, Any]:
    """What the fields of this type of message are annotated with."""
    return get_type_hints(MESSAGES[name], include_extras=True)


def holds(hint: Any) -> Holds | None:
    """What the annotation says about an array; None for a field of JSON."""
    for one in (hint, *get_args(hint)):
        if get_origin(one) is Annotated and isinstance(one.__metadata__[0], Holds):
            return one.__metadata__[0]
    return None


def is_needed(field: dataclasses.Field[Any]) -> bool:
    """Whether a message without this field is not complete."""
    missing = dataclasses.MISSING
    return field.default is missing and field.default_factory is missing


def _check_array(value: object, holds: Holds, where: str) -> None:
    expected = f"{where} {holds.dtype} with {' or '.join(map(str, holds.n_axes))} axes"
    if not isinstance(value, np.ndarray):
        raise ProtocolError(f"{expected}, got {short(value)}.")
    if value.dtype != np.dtype(holds.dtype) or value.ndim not in holds.n_axes:
        raise ProtocolError(f"{expected}, got {value.dtype} with {value.ndim} axes.")


def _fits(value: object, hint: Any) -> bool:
    """Whether a JSON value is of the annotated type, one of those that messages.py uses."""
    origin, args = get_origin(hint), get_args(hint)
    if hint is Any:
        return True
    if origin in (Union, UnionType):
        return any(_fits(value, one) for one in args)
    if origin is Literal:
        return isinstance(value, str) and value in args
    if origin is dict:
        return isinstance(value, dict) and all(
            isinstance(key, str) and _fits(item, args[1]) for key, item in value.items()
        )
    if hint is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return type(value) is hint


def _in_words(hint: Any) -> str:
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return " or ".join(_in_words(one) for one in args)
    if origin is Literal:
        return "one of " + ", ".join(map(repr, args))
    if hint is NoneType:
        return "None"
    return "dict" if origin is dict else str(hint.__name__)


def short(value: object) -> str:
    """The value as an error may quote it."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
