"""What a source recognised in its file, as choices that a person can set right.

The options of a source stand in the order in which one depends on another: where a person changes
one, what was chosen of those after it is found anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import UserError

AS_FOUND: Mapping[str, str] = {}  # nothing was chosen
NONE = "none"  # may be said for "", where that is one of the values

LATER = ("values", "test")  # options that are found when the data itself is looked at


@dataclass(frozen=True)
class ReadingOption:
    """One choice of how a file is read: header, none."""

    name: str  # by which it is chosen: --read header=none
    title: str
    value: str  # one of options
    options: Mapping[str, str]  # value: what it is called
    is_chosen: bool = False  # by a person; else it was recognised

    def to_json(self) -> dict[str, Any]:
        """For the report and the page; the values in their order."""
        options = [list(option) for option in self.options.items()]
        return {**vars(self), "options": options}

    @classmethod
    def from_json(cls, found: dict[str, Any]) -> ReadingOption:
        """What to_json gave."""
        return cls(**{**found, "options": dict(found["options"])})


class Reading:
    """Takes what a person chose and what a source finds; keeps the options in their order."""

    def __init__(self, chosen: Mapping[str, str] = AS_FOUND):
        self._chosen, self.options = dict(chosen), list[ReadingOption]()

    def choose(self, name: str, title: str, options: Mapping[str, str], found: str) -> str:
        """The value of an option: as chosen, or else as found. UserError if it is none of them."""
        value = self._chosen.get(name, found)
        if value == NONE and value not in options and "" in options:
            value = ""
        if value not in options:
            raise UserError(
                f"'{name}' can be {', '.join(each or NONE for each in [*options][:20])}"
                f"{', …' if len(options) > 20 else ''}; got '{value}'."
            )
        self.options.append(ReadingOption(name, title, value, options, name in self._chosen))
        return value

    def chosen(self, name: str) -> str | None:
        """What a person chose before it could be an option, because it says how to look."""
        return self._chosen.get(name)

    def check(self, where: str, *, at_last: bool = True) -> None:
        """Raise UserError if something was chosen that is no option here, or will be none."""
        names = [option.name for option in self.options]
        for name in self._chosen:
            if name not in names and (at_last or name not in LATER):
                raise UserError(
                    f"'{name}' is nothing to choose in {where}; {', '.join(names) or 'nothing'} is."
                )
