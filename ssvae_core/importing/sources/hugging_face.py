"""Data sets read by Hugging Face's `datasets`: hf:ID, hf:ID@SPLIT, or hf:FOLDER for a local one.

An optional extra: pip install "ssvae-lab[hf]". An id is looked up on the Hub, which is the one
import that uses the network, and only because the person named it; usage statistics are off.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...data.import_report import Skipped
from ...errors import UserError
from ...labels.names import label_text, name_at
from ..items import Item, Source, name_of
from ..reading import AS_FOUND
from .columns import Column
from .layout import layout_of_images

PREFIX = "hf:"


class HuggingFace(Source):
    """Rows of one split, images as the bytes of their files."""

    title = "hf:ID of Hugging Face"

    def __init__(self, where: str, reading: Mapping[str, str] = AS_FOUND):
        super().__init__(where, reading)
        named, _, split = where.removeprefix(PREFIX).partition("@")
        self._rows = _load(named, split or "train")
        columns = [_column(name, feature) for name, feature in self._rows.features.items()]
        if not any(column.kind == "image" for column in columns):
            kinds = {name: type(each).__name__ for name, each in self._rows.features.items()}
            raise UserError(
                f"{named} has no column of images. Its columns: "
                f"{', '.join(f'{column} ({kind})' for column, kind in kinds.items())}."
            )
        layout = layout_of_images(columns, self.reading)
        self._image, self._label = layout.image, layout.label
        self.class_names = layout.class_names
        self.notes += layout.notes
        from datasets import Image

        self._rows = self._rows.cast_column(self._image, Image(decode=False))

    @staticmethod
    def accepts(where: str) -> bool:
        """By its prefix."""
        return where.startswith(PREFIX)

    def count(self) -> int:
        """Rows."""
        return len(self._rows)

    def items(self) -> Iterator[Item | Skipped]:
        """Every row."""
        for place, row in enumerate(self._rows):
            image: dict[str, Any] | None = row[self._image]
            if image is None:
                yield Skipped(f"row {place + 1}", "bad-row", "it holds no image")
                continue
            name = name_of(image["path"]) if image["path"] else f"#{place}"
            content = image["bytes"]
            if content is None and not os.path.exists(image["path"] or ""):
                yield Skipped(name, "missing", "its file is not where the data set says")
                continue
            where = Path(image["path"]) if content is None else _Bytes(content)
            yield Item(name, where, self._class_of(row))

    def _class_of(self, row: Mapping[str, Any]) -> str | None:
        label = label_text(row[self._label]) if self._label else None
        return name_at(label, self.class_names)


@dataclass(frozen=True)
class _Bytes:
    content: bytes

    def __call__(self) -> bytes:
        return self.content


def _column(name: str, feature: Any) -> Column:
    """A feature of `datasets` as a column of a table."""
    kind = type(feature).__name__
    if kind == "ClassLabel":
        return Column(name, "number", (), tuple(feature.names), has_schema=True)
    inside = type(getattr(feature, "feature", None)).__name__
    if inside == "ClassLabel":
        return Column(name, "several", has_schema=True)
    if kind == "Image":
        return Column(name, "image", has_schema=True)
    is_text = str(getattr(feature, "dtype", "")) in ("string", "large_string", "bool")
    return Column(name, "text" if is_text else "other", has_schema=True)


def _load(named: str, split: str) -> Any:
    """A split. UserError if `datasets` is not installed or does not find it."""
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("HF_DATASETS_DISABLE_PROGRESS_BARS", "1")
    try:
        import datasets
    except ImportError:
        raise UserError(
            "Data sets of Hugging Face need the package `datasets`, which is not installed: "
            "pip install datasets, or unpack the images in a folder and import that."
        ) from None
    try:
        if Path(named).is_dir():
            if (Path(named) / "dataset_info.json").is_file():
                return datasets.load_from_disk(named)
            return datasets.load_dataset("imagefolder", data_dir=named, split=split)
        return datasets.load_dataset(named, split=split)
    except Exception as error:  # its own classes, those of the Hub, of the network, of the disk
        raise UserError(f"Hugging Face's `datasets` could not load {named}: {error}") from error
