"""Labels that stand in a file of their own, found by file name, or by order where none is named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from ..errors import UserError
from ..labels.file_matching import match_files
from ..labels.label_files import labels_in_order, read_labels
from ..labels.label_rows import LabelRow
from ..labels.names import MOST_NAMED, label_text, shown
from .items import Source


class Answers:
    """What a file of labels says of the files of an import. Ask `match` first.

    Raises UserError if it cannot be read or holds no labels.
    """

    def __init__(self, path: Path):
        self.path = path
        self.class_names: tuple[str, ...] = ()
        self.notes: list[str] = []
        self._in_order = labels_in_order(path)
        self._by_name: dict[str, str | None] = {}
        if self._in_order is None:
            self._file = read_labels(path)
            self.notes += self._file.notes
        else:
            self.notes += self._in_order.notes

    def match(self, source: Source) -> None:
        """Find the file of each label among all that are imported.

        Raises UserError if no label finds its file.
        """
        if self._in_order is not None:
            n = source.count()
            if n is not None and not source.are_folders:
                self.check_length(n - source.n_test)
            return
        files = [*source.names()]
        rows = [row for row in self._file.rows if row.is_human]
        matches = match_files((row.file_name for row in rows), files, source.above)
        if not matches.files:
            self._refuse(rows, files, matches.shared)
        said: defaultdict[str, list[LabelRow]] = defaultdict(list)
        for row in rows:
            if row.file_name in matches.files:
                said[files[matches.files[row.file_name]]].append(row)
        self._by_name = {name: standing(of_file) for name, of_file in said.items()}
        self.notes += [*matches.notes(self.path.name), *disagreements(said, self.path.name)]
        given = set(self._by_name.values())
        self.class_names = tuple(
            name for name in self._file.classes if self._file.lists_classes or name in given
        )

    def class_of(self, name: str, place: int) -> str | None:
        """The class of the file with this name, at this place among all."""
        if self._in_order is None:
            return self._by_name.get(name)
        labels = self._in_order.labels
        return label_text(labels[place]) if place < len(labels) else None

    def check_length(self, n: int) -> None:
        """Raise UserError if there is not one label for each of n files; empty lines may follow."""
        if self._in_order is None:
            return
        labels = self._in_order.labels
        if len(labels) < n or any(label != "" for label in labels[n:]):
            raise UserError(
                f"{self.path.name} holds {len(labels)} labels, and there are {n} files. Expected "
                "one for each, or a column with the names of the files."
            )

    def _refuse(self, rows: list[LabelRow], files: list[str], shared: list[str]) -> None:
        names = [shown(row.file_name) for row in rows[:1]]
        if shared:
            raise UserError(
                f"Each name in {self.path.name} could be of several files of the import, such as "
                f"{shown(shared[0])}. Write more of the path."
            )
        raise UserError(
            f"None of the files that {self.path.name} names is among the files of the import. "
            f"It names {names[0] if names else 'none'}; the import has "
            f"{', '.join(files[:3]) or 'none'}."
        )


def standing(rows: Sequence[LabelRow]) -> str | None:
    """The class of a file after all that was said of it, oldest first; skips say nothing."""
    said = [row.class_name for row in rows if row.state != "skipped"]
    return said[-1] if said else None


def disagreements(said: dict[str, list[LabelRow]], where: str) -> list[str]:
    """What a person should know of files that are given several classes."""
    told = []
    for name, rows in said.items():
        classes = dict.fromkeys(row.class_name for row in rows if row.class_name is not None)
        if len(classes) > 1:
            stands = standing(rows)
            others = ", ".join(each for each in classes if each != stands)
            told.append(f'"{shown(name)}" is {stands or "nothing"}, not {others}')
    if not told:
        return []
    more = f"; and {len(told) - MOST_NAMED:,} more" if len(told) > MOST_NAMED else ""
    files = "1 file has" if len(told) == 1 else f"{len(told):,} files have"
    return [
        f"{files} several classes in {where}. What is marked as ground truth stands, else the "
        f"latest, else the last row: {'; '.join(told[:MOST_NAMED])}{more}."
    ]
