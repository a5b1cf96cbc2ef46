"""What an import took, what it left out and why, in numbers, words and rows."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from ..csv_cells import marked
from .import_words import BLANK, FACTS, REASONS, STANDARDISED

MOST_FORMATS = 3  # to which advice is given at once
MANY = 0.5  # share of blank images from which it is a warning
MOST_NAMES = 10_000  # skipped files of one reason that are kept by name; all are counted


@dataclass(frozen=True)
class Skipped:
    """What was not taken; reason is a key of REASONS."""

    name: str
    reason: str
    detail: str = ""


@dataclass(frozen=True)
class Contradiction:
    """Two files with the same pixels and different classes."""

    example: int  # of the first
    first: str  # its file name, and the class it had
    first_class: str
    name: str
    class_name: str
    stands: bool = False  # the first was there before, and keeps its class; else it has none
    in_test: bool = False  # both are of the test part


@dataclass
class SkippedFiles:
    """The files that one reason left out."""

    reason: str  # a key of REASONS
    n: int = 0
    files: list[tuple[str, str]] = field(default_factory=list)  # name and detail of the first ones

    @property
    def title(self) -> str:
        """Broken file."""
        return REASONS[self.reason][0]

    @property
    def about(self) -> str:
        """Cannot be read as an image."""
        return REASONS[self.reason][1]


@dataclass
class Report:
    """What an import came to."""

    name: str = ""
    source: str = ""  # "a folder"
    kind: str = "image"  # or "vector"
    files: int = 0  # that were looked at
    taken: int = 0
    earlier: int = 0  # examples that were there before, where images were added
    n: int = 0  # examples that there are now, but for the test part
    n_test: int = 0  # in the test part
    skipped: dict[str, SkippedFiles] = field(default_factory=dict)
    shape: tuple[int, ...] = ()  # of an example, as the model sees it
    policy: dict[str, Any] = field(default_factory=dict)
    smallest: int = 0  # longer side of the smallest and of the largest original, in pixels
    largest: int = 0
    encoder: str = "auto"  # whose features say which images are alike
    n_features: int = 0  # numbers of each that came with them
    n_reduced: int = 0  # originals larger than the example
    classes: dict[str, int] = field(default_factory=dict)  # taken examples of each
    domains: dict[str, int] = field(default_factory=dict)  # examples of each, where known
    class_role: str = "ignore"  # truth, labels or ignore
    from_folders: bool = False  # classes are folders
    # Also of imports before, where images were added. The first ones; how many there are in all.
    contradictions: list[Contradiction] = field(default_factory=list)
    n_contradictions: int = 0
    facts: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    reading: list[dict[str, Any]] = field(default_factory=list)  # see importing/reading.py
    seconds: float = 0.0

    @property
    def are_texts(self) -> bool:
        """Whether each row is a text, by how the table was read."""
        return any(option["name"] == "text" for option in self.reading)

    @property
    def n_skipped(self) -> int:
        """Files that were not taken, for any reason."""
        return sum(group.n for group in self.skipped.values())

    @property
    def n_duplicates(self) -> int:
        """Files that were left out because an earlier one has their pixels."""
        twins = ("duplicate", "contradiction")
        return sum(self.skipped[reason].n for reason in twins if reason in self.skipped)

    @property
    def channels(self) -> str:
        """Grey, colour, or nothing for vectors."""
        return {1: "grey", 3: "colour"}[self.shape[2]] if len(self.shape) == 3 else ""

    def skip(self, skipped: Skipped) -> None:
        """Count a file that was not taken."""
        group = self.skipped.setdefault(skipped.reason, SkippedFiles(skipped.reason))
        group.n += 1
        if len(group.files) < MOST_NAMES:
            group.files.append((skipped.name, skipped.detail))

    def contradict(self, found: Contradiction) -> None:
        """Count a file that contradicts an earlier one."""
        self.n_contradictions += 1
        if len(self.contradictions) < MOST_NAMES:
            self.contradictions.append(found)

    def take(self, longer: int, is_reduced: bool, facts: Iterable[str]) -> None:
        """Count an image that was taken: its longer side, in pixels, and keys of FACTS."""
        self.taken += 1
        self.smallest = min(self.smallest or longer, longer)
        self.largest = max(self.largest, longer)
        self.n_reduced += is_reduced
        for fact in facts:
            self.facts[fact] = self.facts.get(fact, 0) + 1

    def headline(self) -> str:
        """How much of how many in what time: 9 872 of 9 914 files in 14.2 s."""
        what = "files" if self.kind == "image" else "rows"
        text = f"{_n(self.taken)} of {_n(self.files)} {what} in {self.seconds:.1f} s."
        if self.n_skipped:
            were = "was" if self.n_skipped == 1 else "were"
            text += f" {_n(self.n_skipped)} {were} skipped; the rest is ready."
        return text

    def shape_in_words(self) -> str:
        """What an example is: 28 × 28, grey."""
        if self.are_texts:
            return f"a text each, embedded as {self.shape[0]} numbers"
        if self.kind == "vector":
            return f"{self.shape[0]} numbers each"
        return f"{self.shape[0]} × {self.shape[1]}, {self.channels}"

    def sizes_in_words(self) -> str:
        """What was done to the originals: resized from 24 to 64 px."""
        if self.kind == "vector":
            return "as they are"
        if self.smallest == self.largest == max(self.shape[:2]):
            return "as they are"
        how = {"resize": "resized", "pad": "padded", "crop": "cropped"}[self.policy["fit"]]
        sizes = (
            f"{self.smallest}"
            if self.smallest == self.largest
            else (f"{self.smallest} to {self.largest}")
        )
        return f"{how} from {sizes} px"

    def sentences(self) -> list[str]:
        """What else a person should know."""
        low, high = self.policy.get("low") or 0, self.policy.get("high") or 0
        said = [
            FACTS[fact].format(n=_n(n), low=low, high=high)
            for fact, n in self.facts.items()
            if fact in FACTS
        ]
        blank = [] if self.warnings() else self._blank()
        said += self._advice()
        test = [self._test_in_words()] if self.n_test else []
        scaled = [STANDARDISED] if self.kind == "vector" else []
        return [*self._contradictions_in_words(), *test, *said, *blank, *self.notes, *scaled]

    def _test_in_words(self) -> str:
        what = f"{'image' if self.kind == 'image' else 'row'}{'s' if self.n_test != 1 else ''}"
        is_are = "are" if self.n_test != 1 else "is"
        return f"{_n(self.n_test)} {what} {is_are} the test part: nothing learns from it."

    def _advice(self) -> list[str]:
        """What to do with files of formats that are not read, a sentence for each format."""
        group = self.skipped.get("other-format")
        first = {advice: name for name, advice in reversed(group.files)} if group else {}
        return [f"{name} is {advice}." for advice, name in reversed(first.items())][:MOST_FORMATS]

    def warnings(self) -> list[str]:
        """What makes the data set useless, if it is not meant so."""
        n_blank = sum(self.facts.get(fact, 0) for fact in BLANK)
        if self.kind != "image" or n_blank < max(1.0, MANY * self.taken):
            return []
        has_range = any(option["name"] == "values" for option in self.reading)
        advice = "Files of class numbers look so: save them with values from 0 to 255."
        if has_range:
            advice = "Choose other values for black and white."
        return [" ".join([*self._blank(), advice])]

    def _blank(self) -> list[str]:
        return [
            f"{_n(self.facts[fact])} of {_n(self.taken)} look {what}."
            for fact, what in BLANK.items()
            if fact in self.facts
        ]

    def _contradictions_in_words(self) -> list[str]:
        if not self.contradictions:
            return []
        first, n = self.contradictions[0], self.n_contradictions
        pair = f"{first.first} ({first.first_class}) and {first.name} ({first.class_name})"
        row, pixels = ("file", "pixels") if self.kind == "image" else ("row", "numbers")
        if n == 1:
            what = "it keeps the class" if first.stands else "no class is taken"
            until = "that it had before" if first.stands else "until you give it one"
            return [f"{pair} have the same {pixels}: {what} {until}."]
        what = "no class is taken for any of these until you give it one"
        if any(found.stands for found in self.contradictions):
            what = "those that were there before keep their class, the others have none"
        return [
            f"{_n(n)} {row}s have the {pixels} of a {row} of another class, such as {pair}: {what}."
        ]

    def groups(self) -> list[SkippedFiles]:
        """Skipped files by reason, contradictions first, then by number."""
        return sorted(
            self.skipped.values(), key=lambda group: (group.reason != "contradiction", -group.n)
        )

    def as_csv(self) -> str:
        """A row for each skipped file, with the reason."""
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(["file", "reason", "detail"])
        for group in self.groups():
            writer.writerows(
                [marked(name), group.title, marked(detail or group.about)]
                for name, detail in group.files
            )
            if group.n > len(group.files):
                writer.writerow([f"{group.n - len(group.files)} more", group.title, group.about])
        if (
            "contradiction" not in self.skipped
        ):  # both files were kept, or it is of an import before
            title = REASONS["contradiction"][0]
            for found in self.contradictions:
                why = f"{found.class_name}; same pixels as {found.first}, {found.first_class}"
                writer.writerow([found.name, title, why])
        return text.getvalue()

    def to_json(self) -> dict[str, Any]:
        """All of it, for a file or the command line."""
        return {
            **asdict(self),
            "skipped": {
                group.reason: {
                    "title": group.title,
                    "about": group.about,
                    "n": group.n,
                    "files": [list(file) for file in group.files],
                }
                for group in self.groups()
            },
            "n_skipped": self.n_skipped,
            "n_duplicates": self.n_duplicates,
            "headline": self.headline(),
            "sentences": self.sentences(),
            "warnings": self.warnings(),
        }

    @classmethod
    def from_json(cls, found: dict[str, Any]) -> Report:
        """What to_json gave."""
        known = {name: found[name] for name in cls.__dataclass_fields__ if name in found}
        known["skipped"] = {
            reason: SkippedFiles(reason, group["n"], [(name, why) for name, why in group["files"]])
            for reason, group in found["skipped"].items()
        }
        known["shape"] = tuple(found["shape"])
        known["contradictions"] = [
            Contradiction(**each) for each in found.get("contradictions", ())
        ]
        return cls(**known)


def class_counts(classes: Sequence[str], ids: Sequence[int]) -> dict[str, int]:
    """How many examples each class has."""
    counts = Counter(ids)
    return {name: counts[place] for place, name in enumerate(classes)}


def _n(count: int) -> str:
    """9 872."""
    return f"{count:,}".replace(",", "\N{NO-BREAK SPACE}") if count >= 1000 else str(count)
