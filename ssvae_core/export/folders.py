"""Images in folders: one folder a class, in the layout of Hugging Face's `imagefolder`."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from ..csv_cells import marked
from .content import Labelled
from .file_names import safe_names
from .images import ImageWriter
from .rows import ExportOptions, columns_of, record, rows
from .writing import ROWS_BETWEEN_PROGRESS, ExportProgress, told

PART = "train"  # everything lies in it: no name of a file can then be taken for a part


def write_imagefolder(
    content: Labelled, folder: Path, options: ExportOptions
) -> Iterator[ExportProgress]:
    """train/CLASS/NAME, train/metadata.csv and labels.csv.

    An image is filed under a person's label, else under the guess. metadata.csv says of each by its
    file_name the label, and by `source` whose word that is; the other columns are those of a table.
    An image without either has no folder to be in: labels.csv is the table of all, so that it can
    be read again without loss of what is unsure, junk or skipped.
    """
    train = folder / PART
    train.mkdir()
    names = [each.name for each in content.classes.values()]
    homes = dict(zip(names, safe_names(names), strict=True))
    images = ImageWriter(content, train, options)
    with (
        (folder / "labels.csv").open("w", encoding="utf-8", newline="") as of_all,
        (train / "metadata.csv").open("w", encoding="utf-8", newline="") as of_filed,
    ):
        labels, filed = csv.writer(of_all), csv.writer(of_filed)
        labels.writerow(columns_of(content))
        others = [name for name in columns_of(content) if name not in ("file_name", "label")]
        filed.writerow(["file_name", "label", "source", "original_name", "person_label", *others])
        for n, (row, name) in enumerate(images.beside(rows(content, options), homes)):
            found = record(row, content)
            labels.writerow(map(marked, found.values()))
            if name:
                source = "person" if row.label is not None else "model"
                cells = [row.shown, source, row.file_name, row.label]
                filed.writerow([name, *map(marked, [*cells, *(found[key] for key in others)])])
            if n % ROWS_BETWEEN_PROGRESS == 0:
                yield told(content, row.example)
    yield ExportProgress("images are written", 1.0, images=images.counts)
