"""Data sets read by Hugging Face's `datasets`: hf:ID, hf:ID@SPLIT, or hf:FOLDER for a local one.

An optional extra: pip install "ssvae-lab[hf]". An id is looked up on the Hub, which is the one
import that uses the network, and only because the person named it; usage statistics are off.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...data.import_report import Skipped
from ...errors import UserError
from ...labels.names import shown
from ..items import Item, Source
from .layout import FILES, LABELS, first

PREFIX = "hf:"


class HuggingFace(Source):
    """Rows of one split, images as the bytes of their files."""

    title = "hf:ID of Hugging Face"

    def __init__(self, where: str):
        super().__init__(where)
        named, _, split = where.removeprefix(PREFIX).partition("@")
        self._rows = _load(named, split or "train")
        features = self._rows.features
        kinds = {column: type(feature).__name__ for column, feature in features.items()}
        images = [column for column, kind in kinds.items() if kind == "Image"]
        if not images:
            raise UserError(
                f"{named} has no column of images. Its columns: "
                f"{', '.join(f'{column} ({kind})' for column, kind in kinds.items())}."
            )
        self._image = first(FILES, images) or images[0]
        classes = [column for column, kind in kinds.items() if kind == "ClassLabel"]
        self._label = first(LABELS, classes) or next(iter(classes), None)
        if self._label:
            self.class_names = tuple(features[self._label].names)
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
            label: Any = row[self._label] if self._label else None
            if image is None:
                yield Skipped(f"row {place + 1}", "bad-row", "it holds no image")
                continue
            name = shown(Path(image["path"]).name) if image["path"] else f"#{place}"
            known = label is not None and int(label) >= 0
            class_name = self.class_names[int(label)] if known else None
            content = image["bytes"]
            yield Item(
                name, Path(image["path"]) if content is None else _Bytes(content), class_name
            )


@dataclass(frozen=True)
class _Bytes:
    content: bytes

    def __call__(self) -> bytes:
        return self.content


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
