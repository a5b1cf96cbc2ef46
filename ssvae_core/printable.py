r"""Text that came from elsewhere, fit for a terminal and a log.

A file's name or an address may hold escape codes, which a terminal obeys, or a line break, behind
which a line of the log can be forged. They are written as Python writes them: \x1b, \n.
"""

from __future__ import annotations

import logging
import re
import traceback
from typing import Any

# Control characters, those that turn the direction of writing, and halves of a character.
UNPRINTABLE = re.compile(
    "[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)


def visible(text: str, keep: str = "") -> str:
    """The text with every character of these written out, but for those of `keep`."""

    def written(found: re.Match[str]) -> str:
        letter = found[0]
        return letter if letter in keep else letter.encode("unicode_escape").decode()

    return UNPRINTABLE.sub(written, text)


class VisibleRecord(logging.LogRecord):
    """A line of a log in which nothing is obeyed; a traceback keeps its lines."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if self.exc_info and self.exc_info[0] is not None:
            lines = traceback.format_exception(*self.exc_info)
            self.exc_text = visible("".join(lines).rstrip("\n"), keep="\n")

    def getMessage(self) -> str:
        """The message with its arguments."""
        return visible(super().getMessage(), keep="\t")


def make_logs_visible() -> None:
    """From here on every logger of this process writes such lines."""
    logging.setLogRecordFactory(VisibleRecord)
