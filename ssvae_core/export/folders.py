"""Images in folders: one folder a class, in the layout of Hugging Face's `imagefolder`."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from .content import Labelled
from .rows import COLUMNS, ExportOptions, Row, record, rows
from .tables import FORMULA, cell
from .writing import ROWS_BETWEEN_PROGRESS, ExportProgress, told

LONGEST = 120  # bytes of a name; file systems take 255
# Names that Windows keeps for itself.
RESERVED = {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10))}
# Names of folders in which `imagefolder` sees another part of the data set.
PARTS = re.compile(
    r"(?<![^-._ 0-9])(train(ing)?|test(ing)?|eval(uation)?|dev|val(id(ation)?)?)(?![^-._ 0-9])",
    re.IGNORECASE,
)
PART = "train"  # everything lies in it: no name of a file can then be taken for a part


def write_imagefolder(
    content: Labelled, folder: Path, options: ExportOptions
) -> Iterator[ExportProgress]:
    """train/CLASS/NAME.png, train/metadata.csv and labels.csv.

    An image is filed under a person's label, else under the guess. metadata.csv says of each by its
    file_name the label, and by `source` whose word that is; the other columns are those of a table.
    An image without either has no folder to be in: labels.csv is the table of all, so that it can
    be read again without loss of what is unsure, junk or skipped.
    """
    train = folder / PART
    train.mkdir()
    names = [each.name for each in content.classes.values()]
    homes, taken = dict(zip(names, safe_names(names), strict=True)), Counter[str]()
    with (
        (folder / "labels.csv").open("w", encoding="utf-8", newline="") as of_all,
        (train / "metadata.csv").open("w", encoding="utf-8", newline="") as of_filed,
    ):
        labels, filed = csv.writer(of_all), csv.writer(of_filed)
        labels.writerow(COLUMNS)
        others = [name for name in COLUMNS if name not in ("file_name", "label")]
        filed.writerow(["file_name", "label", "source", "original_name", "person_label", *others])
        for n, row in enumerate(rows(content, options)):
            found = record(row, content)
            labels.writerow(map(cell, found.values()))
            if row.shown is not None:
                name = put_image(content, row, train, homes[row.shown], taken)
                source = "person" if row.label is not None else "model"
                cells = [row.shown, source, row.file_name, row.label]
                filed.writerow([name, *map(cell, [*cells, *(found[key] for key in others)])])
            if n % ROWS_BETWEEN_PROGRESS == 0:
                yield told(content, row.example)


def put_image(content: Labelled, row: Row, folder: Path, home: str, taken: Counter[str]) -> str:
    """Write an example's image below `folder`, and say where: its own file, or else a PNG."""
    data, ending = image_file(content, row.example)
    stem = safe_name(PurePosixPath(row.file_name.replace("\\", "/")).stem)
    name = f"{home}/{stem}{ending}"
    while (key := name.casefold()) in taken:  # in another folder, a file of this name came in too
        taken[key] += 1
        name = f"{home}/{stem}-{taken[key]}{ending}"
    taken[key] = 1
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    return name


def image_file(content: Labelled, example: int) -> tuple[bytes, str]:
    """The file as it came, where it is kept, else a PNG of the pixels; and its ending."""
    found = content.original(example) if content.original is not None else None
    if found is None:
        return as_png(content.values[example]), ".png"
    data, mime = found
    kind = mime.rsplit("/", 1)[-1]
    return data, PurePosixPath(content.file_name(example)).suffix or f".{kind}"


def as_png(pixels: NDArray[np.uint8]) -> bytes:
    """(H, W, C) -> the bytes of a PNG; C is 1, 3 or 4."""
    from PIL import Image

    out = io.BytesIO()
    image = Image.fromarray(
        np.ascontiguousarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)
    )
    image.save(out, "PNG", compress_level=1)
    return out.getvalue()


def safe_name(name: str) -> str:
    """The name as one that every file system takes."""
    kept = "".join(
        "_" if char in '/\\:*?"<>|[]{}' or _is_unwritable(char) else char
        for char in unicodedata.normalize("NFC", name)
    )
    kept = kept.encode()[:LONGEST].decode(errors="ignore").strip(" .") or "_"
    return f"{kept}_" if kept.split(".")[0].casefold() in RESERVED else kept


def _is_unwritable(char: str) -> bool:
    """Control and format characters, all but the joiners, which are letters' and emojis' own."""
    return unicodedata.category(char)[0] == "C" and char not in "\u200c\u200d"


def safe_names(names: Iterable[str]) -> list[str]:
    """Names of folders that differ, also where upper and lower case do not count."""
    found: dict[str, str] = {}
    for name in names:
        first = safe = PARTS.sub(r"~\1", FORMULA.sub(r"~\g<0>", safe_name(name), count=1))
        number = 1
        while safe.casefold() in found:
            number += 1
            safe = f"{first}+{number}"
        found[safe.casefold()] = safe
    return list(found.values())
