"""What the columns of a table are for, told from their names and kinds."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from ...errors import UserError

FILES = (
    *("file", "file_name", "filename", "file name", "path", "file_path", "filepath"),
    *("image", "image_path", "image_file", "img", "img_path", "image_id", "picture"),
)
LABELS = (
    *("label", "class", "class_name", "labels", "target", "y", "category", "truth"),
    *("species", "variety", "answer", "choice", "label_name"),
)
NAMES = ("id", "name", "key", "index", "example", "unnamed: 0", "")
VECTORS = ("embedding", "vector", "features", "embeddings", "x")
PIXEL = re.compile(r"(pixel|px)[_ ]?\d+|\d+x\d+")


@dataclass(frozen=True)
class TableLayout:
    """The columns that matter."""

    file: str | None = None  # of paths
    image: str | None = None  # of the files' bytes
    vector: str | None = None  # of lists of numbers
    features: tuple[str, ...] = ()  # of numbers
    pixels: tuple[int, ...] | None = None  # (H, W) or (H, W, C), if the features are pixels
    label: str | None = None
    name: str | None = None


def layout_of(kinds: Mapping[str, str], where: str) -> TableLayout:
    """From {column: number | text | image | vector | other}. UserError if nothing can be read."""
    columns = list(kinds)
    label = first(LABELS, columns)
    images = [column for column in columns if kinds[column] == "image"]
    if images:
        return TableLayout(image=images[0], label=label)
    file = first(FILES, [column for column in columns if kinds[column] == "text"])
    if file is not None:
        return TableLayout(file=file, label=label)
    name = first(NAMES, columns)
    vectors = [column for column in columns if kinds[column] == "vector"]
    if vectors:
        return TableLayout(vector=first(VECTORS, vectors) or vectors[0], label=label, name=name)
    texts = [column for column in columns if kinds[column] == "text" and column != name]
    if label is None and len(texts) == 1:
        label = texts[0]
    if name is not None and kinds[name] == "other":
        name = None
    features = tuple(
        column for column in columns if kinds[column] == "number" and column not in (label, name)
    )
    if not features:
        raise UserError(
            f"{where} has no column of files ({', '.join(FILES[:3])}, …) and none of numbers. "
            f"Its columns: {', '.join(columns[:12])}."
        )
    return TableLayout(features=features, pixels=pixel_shape(features), label=label, name=name)


def first(wanted: tuple[str, ...], columns: list[str]) -> str | None:
    """The column with the first of these names, in any case."""
    lower = {column.strip().lower(): column for column in reversed(columns)}
    return next((lower[name] for name in wanted if name in lower), None)


def pixel_shape(features: tuple[str, ...]) -> tuple[int, ...] | None:
    """The shape of images whose pixels are columns: pixel0 … pixel783 are 28 x 28."""
    if not all(PIXEL.fullmatch(column.strip().lower()) for column in features):
        return None
    for channels in (1, 3):
        side = math.isqrt(len(features) // channels)
        if side >= 4 and side * side * channels == len(features):
            return (side, side) if channels == 1 else (side, side, channels)
    return None
