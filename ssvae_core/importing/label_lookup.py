"""Labels that stand in a file of their own, found by file name, or by order where none is named."""

from __future__ import annotations

import csv
from pathlib import Path, PurePosixPath

import numpy as np

from ..errors import UserError
from ..labels.label_files import CLASS_COLUMNS, FILE_COLUMNS, read_labels
from ..labels.names import label_text, shown


class Answers:
    """What a file of labels says of the files of an import.

    Raises UserError if it cannot be read or holds no labels.
    """

    def __init__(self, path: Path):
        self.path = path
        self.class_names: tuple[str, ...] = ()
        self._in_order = _in_order(path)
        self._by_name: dict[str, str] = {}
        self._by_end: dict[str, str | None] = {}
        self.notes: list[str] = []
        if self._in_order is None:
            self._read_by_name()
        self._found: set[str] = set()

    def _read_by_name(self) -> None:
        file = read_labels(self.path)
        self.class_names = tuple(shown(name) for name in file.classes)
        self.notes += file.notes
        for row in file.rows:
            if row.is_human and row.class_name is not None:
                self._by_name[_clean(row.file_name)] = shown(row.class_name)
        for name, label in self._by_name.items():
            end = PurePosixPath(name).name
            # A name that two files of different classes share is nobody's.
            self._by_end[end] = label if self._by_end.get(end, label) == label else None

    def class_of(self, name: str, place: int) -> str | None:
        """The class of the file with this name, at this place among all."""
        if self._in_order is not None:
            return self._in_order[place] if place < len(self._in_order) else None
        clean = _clean(name)
        end = PurePosixPath(clean).name
        label = self._by_name.get(clean) or self._by_end.get(end)
        if label is not None:
            self._found.add(end)
        return label

    def check_length(self, n: int) -> None:
        """Raise UserError if there is not one label for each of n files."""
        if self._in_order is not None and len(self._in_order) != n:
            raise UserError(
                f"{self.path.name} holds {len(self._in_order)} labels, and there are {n} files. "
                "Expected one for each, or a column with the names of the files."
            )

    def check_found(self, examples: list[str]) -> None:
        """Raise UserError if no label found its file; say it if some did not."""
        if self._in_order is not None:
            return
        if not self._found:
            raise UserError(
                f"None of the files that {self.path.name} names is among the files of the import. "
                f"It names {next(iter(self._by_name), 'none')}; the import has "
                f"{', '.join(examples[:3]) or 'none'}."
            )
        missing = len(self._by_end) - len(self._found)
        if missing:
            self.notes.append(f"{missing} files that {self.path.name} names are not in the import.")


def _clean(name: str) -> str:
    return shown(name.replace("\\", "/").removeprefix("./"))


def _in_order(path: Path) -> list[str | None] | None:
    """One label a line (.txt), an array of them (.npy), or a CSV without a column of files."""
    try:
        if path.suffix.lower() == ".npy":
            values = np.load(path, mmap_mode="r", allow_pickle=False)
            if values.ndim != 1 or values.dtype.kind not in "buifUS":
                raise UserError(
                    f"{path.name} must hold one label for each file; it has shape {values.shape}."
                )
            return [label_text(value.item()) for value in values]
        if path.suffix.lower() == ".txt":
            with path.open(encoding="utf-8-sig", errors="replace") as file:
                return [label_text(shown(line.strip())) for line in file]
        if path.suffix.lower() == ".csv":
            return _column_of_labels(path)
    except (OSError, ValueError, EOFError, csv.Error) as error:
        raise UserError(f"{path.name} cannot be read as labels: {error}.") from error
    return None


def _column_of_labels(path: Path) -> list[str | None] | None:
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        reader = csv.reader(file)
        head = next(reader, [])
        names = [cell.strip().lower() for cell in head]
        if any(name in FILE_COLUMNS for name in names):
            return None
        column = next((names.index(name) for name in CLASS_COLUMNS if name in names), None)
        if column is None and len(head) != 1:
            return None
        rows = [row[column or 0] if len(row) > (column or 0) else "" for row in reader]
        return [label_text(shown(cell)) for cell in ([*head, *rows] if column is None else rows)]
