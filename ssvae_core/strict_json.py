"""JSON from elsewhere, read so that everything behind can hold it.

What JSON allows and nothing behind it can keep is refused: numbers that are none (NaN, Infinity,
1e400) or too large for a database, halves of a character, a NUL, and lists in lists in lists.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any, TypeGuard

from .errors import UserError

MOST_LEVELS = 32  # of lists and objects in one another
LARGEST = 2**63  # a database's whole numbers are below

UNKEPT = re.compile("[\0\ud800-\udfff]")


def parsed(data: bytes) -> Any:
    """What the JSON says. UserError for what is no JSON, or holds what nothing here can keep."""
    return kept(loosely(data))


def loosely(data: bytes) -> Any:
    """What the JSON says, with numbers and texts in it that nothing may be able to keep.

    For a list of things that are to be looked at one by one. UserError for what is no JSON.
    """
    try:
        return json.loads(data.decode("utf-8"), parse_int=_whole_number)
    except RecursionError:
        raise UserError(f"The JSON has more than {MOST_LEVELS} levels.") from None
    except ValueError as error:
        raise UserError(f"The body is not JSON: {error}.") from None


def kept(found: Any) -> Any:
    """The same. UserError if it is too deep, or holds a number or a text that nothing can keep."""
    level: list[Any] = [found]
    for _ in range(MOST_LEVELS):
        if any(isinstance(each, str) and UNKEPT.search(each) for each in level):
            raise UserError("A text holds half a character or a NUL. Remove it.")
        if any(isinstance(each, int | float) and not abs(each) < LARGEST for each in level):
            raise UserError("A number must be finite and below 2^63.")
        level = [inner for each in level for inner in _inside(each)]
        if not level:
            return found
    raise UserError(f"The JSON has more than {MOST_LEVELS} levels.")


def _whole_number(text: str) -> float:
    return int(text) if len(text) < 20 else math.inf  # more digits than Python reads


def _inside(found: Any) -> list[Any]:
    if isinstance(found, dict):
        return [*found, *found.values()]
    return found if isinstance(found, list) else []


def is_whole(value: object) -> TypeGuard[int]:
    """Whether it is a whole number; true and false are none, though Python counts with them."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: object) -> TypeGuard[float]:
    """Whether it is a number; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)
