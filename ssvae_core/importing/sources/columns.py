"""What the values of a table's column look like: an index, a date, a class, prose."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from ...labels.delimited import SPREAD
from ...labels.delimiter import number_in
from ...labels.header import kind_of
from ...labels.label_tables import CLASS_COLUMNS

LABELS = (*CLASS_COLUMNS, "outcome", "survived", "quality", "type")
MOST_KINDS = 100  # values of a column of whole numbers that could be classes
MOST_NAMES = 250  # the same of words
FEW_ROWS = 20  # too few to tell words that repeat from words that do not
LEAST_NUMBERED = 5  # rows, of fewer than these any numbers may rise by one
LONG_TEXT = 40  # characters, on average, of what is no name
DATE_NAME = re.compile(r"(.*[\W_])?(date|datetime|timestamp)", re.IGNORECASE)
ID = re.compile(r"(.*[\W_])?(ids?|uuid|guid|key|no|nr)|.*[a-z](Id|ID)")


@dataclass(frozen=True)
class Column:
    """A column, and some of its values as text, spread over all rows; "" for nothing.

    Its kind is number, text, file, address, date or nothing, as their looks say; in Parquet, whose
    schema knows more, also image, vector, several (a list of classes) and other.
    """

    name: str
    kind: str
    values: tuple[str, ...] = ()
    class_names: tuple[str, ...] = ()  # where a schema says that its numbers stand for these
    has_schema: bool = False  # its kind is not told from looks
    has_commas: bool = False  # as decimal points

    @cached_property
    def said(self) -> list[str]:
        """Values that say something."""
        return [value.strip() for value in self.values if kind_of(value) != "nothing"]

    @cached_property
    def n_distinct(self) -> int:
        """How many different ones."""
        return len(set(self.said))

    @cached_property
    def numbers(self) -> list[float]:
        """Of those that are numbers."""
        found = (self.number(value) for value in self.said)
        return [number for number in found if math.isfinite(number)]

    def number(self, value: str) -> float:
        """One of its values; nan for what is none."""
        try:
            return number_in(value, self.has_commas)
        except ValueError:
            return math.nan

    @property
    def rank(self) -> int:
        """Where its name stands among those that columns of classes have; the last if nowhere."""
        name = self.name.strip().lower()
        return LABELS.index(name) if name in LABELS else len(LABELS)

    @property
    def is_answer(self) -> bool:
        """Whether it is called as columns of classes are."""
        return self.rank < len(LABELS)

    @property
    def evenness(self) -> float:
        """1 where all its values are equally frequent, 0 where they are all the same."""
        shares = [count / len(self.said) for count in Counter(self.said).values()]
        entropy = -sum(share * math.log(share) for share in shares)
        return entropy / math.log(len(shares)) if len(shares) > 1 else 0.0

    @property
    def is_whole(self) -> bool:
        """Whether they are whole numbers."""
        return bool(self.numbers) and all(number.is_integer() for number in self.numbers)

    @property
    def is_missing(self) -> bool:
        """Whether most of its values are not there."""
        return bool(self.values) and 2 * len(self.said) < len(self.values)

    @property
    def could_be_class(self) -> bool:
        """Whether a person may want its values for classes."""
        is_named = self.is_answer and self.kind in ("file", "address")
        return self.kind in ("text", "number", "date") or is_named

    @property
    def looks_like_class(self) -> bool:
        """Whether its values are few and repeat: whole numbers, or short words."""
        n, repeats = self.n_distinct, len(self.said) >= 2 * self.n_distinct
        if self.class_names:
            return True
        if self.kind == "number":
            return self.is_whole and min(self.numbers) >= -1 and 2 <= n <= MOST_KINDS and repeats
        is_few = repeats or len(self.said) < FEW_ROWS
        return self.kind == "text" and 0 < n <= MOST_NAMES and is_few and not self.is_prose

    @property
    def is_prose(self) -> bool:
        """Whether it holds texts, not names."""
        long = sum(map(len, self.said)) > LONG_TEXT * len(self.said)
        return self.kind == "text" and long and self.n_distinct > len(self.said) / 2

    @property
    def is_numbered(self) -> bool:
        """Whether its whole numbers count the rows."""
        n = len(self.numbers)
        if not self.is_whole or n < LEAST_NUMBERED or self.numbers[0] not in (0, 1, 2):
            return False
        steps = Counter(after - before for before, after in pairwise(self.numbers))
        step, times = steps.most_common(1)[0]
        # Of more rows than these every second, fourth, ... is here.
        return times >= 0.9 * (n - 1) and min(steps) > 0 and (step == 1 or n >= SPREAD)

    @property
    def is_constant(self) -> bool:
        """Whether it says the same in every row that was looked at, and these are many."""
        return len(self.said) >= FEW_ROWS and self.n_distinct == 1

    @property
    def is_id(self) -> bool:
        """Whether it is called as ids are, and no value comes twice."""
        return bool(ID.fullmatch(self.name.strip())) and self.n_distinct == len(self.said) > 1

    @property
    def is_like_id(self) -> bool:
        """Whether its whole numbers are as good as never the same, and larger than a count."""
        is_unique = self.n_distinct >= 0.95 * len(self.said)
        is_large = len(self.said) >= FEW_ROWS and max(self.numbers, default=0) > MOST_NAMES
        return self.is_whole and is_unique and is_large and max(self.numbers) > 10 * len(self.said)

    @property
    def is_date(self) -> bool:
        """Whether it says when."""
        is_called_so = bool(DATE_NAME.fullmatch(self.name.strip()))
        return self.kind == "date" or (self.kind == "number" and is_called_so)
