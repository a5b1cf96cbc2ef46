"""What the values of a table's column look like: an index, a date, a class, prose."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from ...labels.delimiter import number_in
from ...labels.header import kind_of

LABELS = (
    *("label", "class", "class_name", "labels", "target", "y", "category", "truth"),
    *("species", "variety", "answer", "choice", "label_name", "breed", "fine_label", "digit"),
    *("outcome", "diagnosis", "classes", "survived", "quality", "type", "coarse_label"),
)
MOST_KINDS = 100  # values of a column of whole numbers that could be classes
MOST_NAMES = 250  # the same of words
FEW_ROWS = 20  # too few to tell words that repeat from words that do not
LONG_TEXT = 40  # characters, on average, of what is no name
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
        if not self.is_whole or len(self.numbers) < 3 or self.numbers[0] not in (0, 1, 2):
            return False
        steps = Counter(after - before for before, after in pairwise(self.numbers))
        is_regular = steps.most_common(1)[0][1] >= 0.9 * (len(self.numbers) - 1)
        return is_regular and min(steps) > 0

    @property
    def is_id(self) -> bool:
        """Whether it is called as ids are, and no value comes twice."""
        return bool(ID.fullmatch(self.name.strip())) and self.n_distinct == len(self.said) > 1
