"""The image files of an export: originals as they came, or smaller copies that say they are such.

A name's ending is that of the content, whatever the file was called. A copy whose size is not the
original's says its own in its name, `c0-256x192.jpg`, so that nobody takes it for the original.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import tee
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .content import Labelled
from .file_names import safe_name, with_ending
from .rows import ExportOptions, Row

ENDINGS = {
    "PNG": (".png", ".apng"),
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"),
    "WEBP": (".webp",),
    "GIF": (".gif",),
    "BMP": (".bmp", ".dib"),
    "TIFF": (".tif", ".tiff"),
    "PPM": (".ppm", ".pgm", ".pbm", ".pnm"),
}
HEADS = {
    **{b"\x89PNG\r\n": "PNG", b"\xff\xd8\xff": "JPEG", b"GIF8": "GIF", b"BM": "BMP"},
    **{b"II*\0": "TIFF", b"MM\0*": "TIFF", b"II+\0": "TIFF", b"MM\0+": "TIFF"},
    **{b"P%d" % number: "PPM" for number in range(1, 7)},
}
ORIENTATION, SIDEWAYS = 0x0112, (5, 6, 7, 8)  # of EXIF
KNOWN_ENDINGS = frozenset(ending for endings in ENDINGS.values() for ending in endings)


@dataclass(frozen=True)
class ImageFile:
    """What is written of one example."""

    content: bytes
    height: int
    width: int
    is_original: bool  # or nothing larger ever was
    is_same_size: bool  # as the original, as far as that is known


@dataclass(frozen=True)
class PlacedImage:
    """An image that was written: its path below the folder, and its size in pixels, upright."""

    name: str
    height: int
    width: int


@dataclass
class ImageCounts:
    """How many images an export wrote as they came, and how many as smaller copies."""

    originals: int = 0
    copies: int = 0

    def in_words(self, options: ExportOptions) -> str:
        """What a person must know of them; "" where all are as asked for."""
        if options.images != "originals" or not self.copies:
            return ""
        were = "is a smaller copy" if self.copies == 1 else "are smaller copies"
        return (
            f"{self.copies:,} of {self.originals + self.copies:,} images {were}, under names that "
            "say so: their files are gone or have changed since the import."
        )


@dataclass
class ImageWriter:
    """Writes the images of rows below a folder, each under a name of its own."""

    content: Labelled
    folder: Path
    options: ExportOptions
    counts: ImageCounts = field(default_factory=ImageCounts)
    _taken: Counter[str] = field(default_factory=Counter)

    def beside(self, rows: Iterable[Row], homes: dict[str, str]) -> Iterator[tuple[Row, str]]:
        """Each row with the path of its image, "" where its class has no home."""
        for row, image in self._with_files(rows, homes):
            home = homes.get(row.shown or "")
            yield row, "" if home is None or image is None else self._put(row, image, home).name

    def all_in(self, rows: Iterable[Row], home: str) -> Iterator[tuple[Row, PlacedImage]]:
        """Each row with its image, all in one folder."""
        for row, image in self._with_files(rows, None):
            assert image is not None
            yield row, self._put(row, image, home)

    def _with_files(
        self, rows: Iterable[Row], homes: dict[str, str] | None
    ) -> Iterator[tuple[Row, ImageFile | None]]:
        asked, given = tee(rows)
        wanted = (row.example for row in asked if homes is None or (row.shown or "") in homes)
        files = image_files(self.content, wanted, self.options)
        for row in given:
            yield row, next(files) if homes is None or (row.shown or "") in homes else None

    def _put(self, row: Row, image: ImageFile, home: str) -> PlacedImage:
        size = "" if image.is_same_size else f"-{image.width}x{image.height}"
        stem, ending = with_ending(row.file_name, endings_of(image.content), KNOWN_ENDINGS)
        stem = f"{safe_name(stem)}{size}"
        name = f"{home}/{stem}{ending}"
        while (key := name.casefold()) in self._taken:  # another folder had a file of this name
            self._taken[key] += 1
            name = f"{home}/{stem}-{self._taken[key]}{ending}"
        self._taken[key] = 1
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(image.content)
        self.counts.originals += image.is_original
        self.counts.copies += not image.is_original
        return PlacedImage(name, image.height, image.width)


def image_files(
    content: Labelled, examples: Iterable[int], options: ExportOptions
) -> Iterator[ImageFile]:
    """The file of each of these examples, which must go up: as it came, or else a copy."""
    if options.images == "copies" or content.original_files is None:
        yield from (copy_of(content, example) for example in examples)
        return
    asked, given = tee(examples)
    for example, original in zip(given, content.original_files(asked), strict=True):
        if original is None:
            yield copy_of(content, example)
            continue
        file = original if isinstance(original, bytes) else as_png(original)
        size = content.original_size(example) or size_of(file)
        height, width = size or content.values.shape[1:3]
        yield ImageFile(file, height, width, True, True)


def copy_of(content: Labelled, example: int) -> ImageFile:
    """What the data set keeps of an example: a copy of at most 256 pixels, or the example."""
    kept = content.original(example) if content.original is not None else None
    file = as_png(content.values[example]) if kept is None else kept[0]
    height, width = size_of(file) or content.values.shape[1:3]
    if not content.is_imported:  # no file ever was
        return ImageFile(file, height, width, True, True)
    return ImageFile(file, height, width, False, content.original_size(example) == (height, width))


def endings_of(file: bytes) -> tuple[str, ...]:
    """Endings that tell the truth about a content, the usual one first; () if it is not known."""
    if file[:4] == b"RIFF" and file[8:12] == b"WEBP":
        return ENDINGS["WEBP"]
    return next((ENDINGS[kind] for head, kind in HEADS.items() if file.startswith(head)), ())


def size_of(file: bytes) -> tuple[int, int] | None:
    """Height and width, upright, of an image that we wrote or have read before."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(file)) as image:
            width, height = image.size
            is_sideways = image.getexif().get(ORIENTATION, 1) in SIDEWAYS
    except (OSError, ValueError, SyntaxError):
        return None
    return (width, height) if is_sideways else (height, width)


def as_png(pixels: NDArray[np.uint8]) -> bytes:
    """(H, W) or (H, W, C) -> the bytes of a PNG; C is 1 to 4."""
    from PIL import Image

    out = io.BytesIO()
    is_grey = pixels.ndim == 3 and pixels.shape[2] == 1
    image = Image.fromarray(np.ascontiguousarray(pixels[..., 0] if is_grey else pixels))
    image.save(out, "PNG", compress_level=1)
    return out.getvalue()
