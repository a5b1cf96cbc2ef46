"""Image files for tests of the import: good ones of every kind, and a corpus of bad ones."""

import io
import os
import struct
import zlib
from functools import cache

import numpy as np
from PIL import Image


def picture(seed=0, height=12, width=12, channels=1):
    """An image of its own: (H, W) or (H, W, C) bytes."""
    rng = np.random.default_rng(seed)
    shape = (height, width) if channels == 1 else (height, width, channels)
    return rng.integers(0, 256, shape, dtype=np.uint8)


def encoded(values, kind="PNG", **options):
    """An array, or a Pillow image, as a file's bytes."""
    file = io.BytesIO()
    image = values if isinstance(values, Image.Image) else Image.fromarray(values)
    image.save(file, kind, **options)
    return file.getvalue()


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def png_that_says(width, height, rows=b""):
    """A PNG whose header says this size, whatever its data is."""

    def chunk(kind, data):
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


@cache
def bad_files():
    """{name: (bytes, the reason that the report must give)}."""
    good = picture(7, 40, 40, 3)
    files = {
        "empty.png": (b"", "broken"),
        "text.jpg": (b"this is no image\n" * 10, "broken"),
        "noise.webp": (np.random.default_rng(0).bytes(500), "broken"),
        "head_only.png": (b"\x89PNG\r\n\x1a\n", "broken"),
        "absurd.png": (png_that_says(60_000, 60_000), "too-large"),
        "bomb.png": (png_that_says(9_000, 9_000, bytes(9_001 * 90)), "too-large"),
        "no_rows.png": (png_that_says(30, 30), "broken"),
        "zero.png": (png_that_says(0, 30), "broken"),
        "notes.txt": (b"left alone", "not-image"),
        "Thumbs.db": (b"\xd0\xcf\x11\xe0", "not-image"),
        "._1.png": (b"\0\x05\x16\x07", "not-image"),
    }
    for kind, suffix in (("PNG", "png"), ("JPEG", "jpg"), ("WEBP", "webp"), ("TIFF", "tif")):
        options = {"lossless": True} if kind == "WEBP" else {}
        whole = encoded(good, kind, **options)
        files[f"cut.{suffix}"] = (whole[: len(whole) // 2], "broken")
    whole = encoded(good, "BMP")
    files["cut.bmp"] = (whole[: len(whole) // 2], "broken")
    return files


def write_bad_files(folder):
    """The corpus in a folder, and what only a file system has: {name: reason}."""
    reasons = {}
    for name, (content, reason) in bad_files().items():
        write(folder / name, content)
        reasons[name] = reason
    (folder / "gone.png").symlink_to(folder / "nowhere.png")
    reasons["gone.png"] = "missing"
    os.mkfifo(folder / "pipe.png")
    reasons["pipe.png"] = "not-image"
    return reasons
