"""Features that a person has of each image already, in a file of their own: `features:FILE`.

The file is read like a data set of vectors, in a process of its own. Its rows are found by the file
names that it holds, or else they are those of the images, in their order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..data.dataset import FEATURES
from ..data.import_report import Skipped
from ..errors import TooLarge, UserError
from ..labels.file_matching import match_files
from ..limits import MB
from .items import Item, Source
from .source_process import open_apart
from .sources import open_source

OF_FILE = f"{FEATURES}:"  # what an encoder's name begins with that is such a file
MOST_FEATURES = 2_000 * MB  # bytes of all features of a data set
AS_ROWS = {"rows": "numbers", "axes": "vectors"}  # how a file is read that could be images too


@dataclass(frozen=True)
class FeatureFile:
    """The rows of a file of features. `read_features` makes it."""

    path: Path
    rows: NDArray[np.float32]  # (n, F)
    names: Sequence[str]  # (n,) of files, as the file of features has them; "" where it has none
    notes: tuple[str, ...] = ()

    def places_of(self, files: Sequence[str], above: str = "") -> dict[str, int]:
        """The row of each of these files that the file of features names; {} if it names none.

        Raises UserError if names in it could be of several files, and of none for sure.
        """
        if not any(self.names):
            return {}
        found = match_files(self.names, files, above)
        if found.shared and not found.files:
            raise UserError(
                f"Each name in {self.path.name} could be of several files of the import, such as "
                f"{found.shared[0]}. Write more of the path."
            )
        return {
            files[found.files[name]]: row
            for row, name in enumerate(self.names)
            if name in found.files
        }

    def of_examples(self, names: Sequence[str] | None, n: int) -> NDArray[np.float32]:
        """The features of n examples that are there, by their names or in their order: (n, F).

        Raises UserError if there is not one row for each.
        """
        places = self.places_of(list(names or ()))
        if places:
            assert names is not None
            missing = [name for name in names if name not in places]
            if missing:
                raise UserError(
                    f"{self.path.name} has no features of {len(missing):,} of the {n:,} images, "
                    f"such as {missing[0]}. Add them, or give the features with the import."
                )
            return self.rows[[places[name] for name in names]]
        self.check_length(n)
        return self.rows

    def check_length(self, n: int) -> None:
        """Raise UserError if there is not one row for each of n images."""
        if len(self.rows) != n:
            raise UserError(
                f"{self.path.name} holds {len(self.rows):,} rows of features, and there are {n:,} "
                "images. Expected one for each, in their order, or a CSV or Parquet file with a "
                "column of file names."
            )


class MatchedFeatures:
    """The features of the items of an import, from a file. Ask `match` first."""

    def __init__(self, file: FeatureFile):
        self._file, self.notes = file, file.notes
        self._places: dict[str, int] = {}

    def match(self, source: Source) -> None:
        """Find the row of each item. UserError if there is not one for each of all."""
        self._places = self._file.places_of([*source.names()], source.above)
        n = source.count()
        if n is not None and not source.are_folders:
            self.check_length(n - source.n_test)

    def of(self, name: str, place: int) -> NDArray[np.float32] | None:
        """The features of the item with this name, at this place among all; None without any."""
        row = self._places.get(name, -1) if self._places else place
        return self._file.rows[row] if 0 <= row < len(self._file.rows) else None

    def check_length(self, n: int) -> None:
        """Raise UserError if they are not of n items; those that are named need not be of all."""
        if not self._places:
            self._file.check_length(n)


def path_of(encoder: str) -> Path | None:
    """The file that an encoder's name is of: features:FILE; None for any other encoder."""
    return Path(encoder.removeprefix(OF_FILE)) if encoder.startswith(OF_FILE) else None


def read_features(path: Path, *, is_apart: bool = True) -> FeatureFile:
    """The features in a .npy, .npz, .csv or .parquet, read in a process of its own if `is_apart`.

    Raises UserError if it is none, or a row of it is not of numbers, is of other length than the
    first, or of numbers without end; or if all rows are the same.
    """
    rows: list[NDArray[np.float32]] = []
    names: list[str] = []
    n_bytes = 0
    with closing(_opened(path, open_apart if is_apart else open_source)) as source:
        for item in source.items():
            rows.append(row := _row(item, rows, path))
            assert isinstance(item, Item)
            names.append("" if item.name == f"#{len(names)}" else item.name)
            n_bytes += row.nbytes
            if n_bytes > MOST_FEATURES:
                raise TooLarge(
                    f"{path.name} holds more than {MOST_FEATURES // MB:,} MB of features. "
                    "Save fewer of each image, such as their principal components."
                )
        notes = tuple(source.notes)
    if not rows:
        raise UserError(f"{path.name} holds no features. Expected a row for each image.")
    found = np.stack(rows)
    if len(found) > 1 and not np.ptp(found, axis=0).any():
        raise UserError(
            f"All rows of {path.name} are the same, so they tell no image from another."
        )
    return FeatureFile(path, found, names, notes)


def _opened(path: Path, open_it: Callable[..., Source]) -> Source:
    """The file as rows of numbers, also where it could be something else."""
    source = open_it(path)
    if source.kind == "vector":
        return source
    offered = {
        option.name: AS_ROWS[option.name]
        for option in source.reading.options
        if AS_ROWS.get(option.name) in option.options
    }
    source.close()
    again = open_it(path, offered) if offered else source
    if again.kind == "vector":
        return again
    again.close()
    raise UserError(
        f"{path.name} holds no features. Expected a row of numbers for each image: .npy or .npz "
        "of shape (n, F), .csv or .parquet."
    )


def _row(
    item: Item | Skipped, before: Sequence[NDArray[np.float32]], path: Path
) -> NDArray[np.float32]:
    if isinstance(item, Skipped):
        raise UserError(f"{path.name} cannot be used: {item.name}: {item.detail}.")
    assert isinstance(item.content, np.ndarray)
    row = np.asarray(item.content, np.float32)
    why = ""
    if before and row.shape != before[0].shape:
        why = f"it has {row.size:,} numbers, those before {before[0].size:,}"
    elif not np.isfinite(row).all():
        why = "a number in it is not finite"
    if why:
        raise UserError(f"Row {len(before) + 1:,} of {path.name} is no features: {why}.")
    return row
