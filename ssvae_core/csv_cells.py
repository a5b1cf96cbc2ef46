"""Cells of the CSV files that we write: none is a formula to a spreadsheet, however it is opened.

A spreadsheet takes text for a formula that begins with = + - @ or what it makes of these: a
full-width sign, or one behind spaces, characters without width, a tab or a line break. It may also
split a line at other characters than the comma, and then a cell begins in the middle of ours. So
wherever one might begin, an apostrophe before it says text; `unmarked` takes away exactly these.
"""

from __future__ import annotations

import re

# Where a cell may begin: at the start, or behind what some program splits a line by.
BEGIN = r"(?:\A|(?<=[;|\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]))"
# What programs drop before they look: spaces, quotes, what has no width or turns the direction.
DROPPED = (
    r"[\x00-\x08\x0e-\x1b\x1f \"\xa0\xad\u1680\u180e\u2000-\u200f\u202a-\u202f\u205f-\u206f\u3000"
    r"\ufe00-\ufe0f\ufeff]*"
)
# = + - @ and what is taken for them, further what begins an exchange of data or a macro.
SIGNS = (
    r"=\uff1d\ufe66\u207c\u208c"
    r"+\uff0b\ufe62\u207a\u208a\ufb29"
    r"\-\uff0d\ufe63\ufe58\u2010-\u2015\u2212\u207b\u208b"
    r"@\uff20\ufe6b"
    r"|%\t\r\n"
)
TO_MARK = re.compile(rf"{BEGIN}(?={DROPPED}[{SIGNS}'])")
MARKED = re.compile(rf"{BEGIN}'(?={DROPPED}[{SIGNS}'])")
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?\Z", re.ASCII)


def marked(value: object) -> object:
    """What goes into a cell: text led by an apostrophe wherever it might be a formula."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and not NUMBER.match(value):
        return TO_MARK.sub("'", value)
    return value


def unmarked(cell: str) -> str:
    """The text that was marked."""
    return MARKED.sub("", cell)
