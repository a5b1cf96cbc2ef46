"""Transparency and orientation, however a file says them."""

import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from ssvae_core.importing.array_decoding import Decoded
from ssvae_core.importing.decoding import decode
from ssvae_core.importing.pixel_policy import Policy
from tests.support.small_deep import chunk, png
from tests.support.small_files import encoded

AS_IS = Policy(side=8, fit="resize", low=0, high=65535)
GREYS = np.arange(64, dtype=np.uint8).reshape(8, 8)


def taken(content, name="x.png"):
    outcome = decode(name, content, AS_IS)
    assert isinstance(outcome, Decoded), outcome
    return outcome


def transparent(*values):
    return chunk(b"tRNS", struct.pack(f">{len(values)}H", *values))


@pytest.mark.parametrize(
    ("depth", "row", "named", "step"),
    [
        (8, bytes([0, 1, 2, 3, 0, 1, 2, 3]), 2, 1),
        (4, bytes([0x01, 0x23, 0x01, 0x23]), 2, 17),
        (2, bytes([0b00011011, 0b00011011]), 2, 85),
        (1, bytes([0b00110011]), 1, 255),
        (1, bytes([0b00110011]), 0, 255),
    ],
)
def test_the_grey_that_a_png_names_transparent_lies_on_white(depth, row, named, step):
    found = taken(png(8, 8, depth, 0, [row] * 8, transparent(named)))
    values = np.array([0, 0, 1, 1, 0, 0, 1, 1] if depth == 1 else [0, 1, 2, 3, 0, 1, 2, 3])
    expected = np.where(values == named, 255, values * step)
    assert found.pixels[0, :, 0].tolist() == expected.tolist()
    assert found.facts == ("transparent",)


def test_the_colour_that_a_png_names_transparent_lies_on_white():
    values = np.stack([GREYS, GREYS, GREYS[::-1]], -1)
    content = png(8, 8, 8, 2, [row.tobytes() for row in values], transparent(0, 0, 56))
    found = taken(content)
    assert found.pixels[0, 0].tolist() == [255, 255, 255]
    assert np.array_equal(found.pixels[1:], values[1:])
    assert found.facts == ("transparent",)


def test_a_transparent_colour_that_is_nowhere_changes_nothing():
    found = taken(png(8, 8, 8, 0, [row.tobytes() for row in GREYS], transparent(200)))
    assert np.array_equal(found.pixels[..., 0], GREYS)
    assert found.facts == ()


@pytest.mark.parametrize("kind", ["PNG", "GIF", "WEBP"])
def test_a_palette_or_alpha_is_honoured_as_before(kind):
    image = Image.fromarray(GREYS).convert("RGBA")
    image.putpixel((0, 0), (9, 9, 9, 0))
    options = {"lossless": True} if kind == "WEBP" else {}
    found = taken(encoded(image, kind, **options), f"x.{kind.lower()}")
    assert (found.pixels[0, 0] == 255).all()
    assert "transparent" in found.facts


def raw_profile(kind, name):
    """EXIF as ImageMagick writes it into a PNG: in hexadecimal, in text."""
    exif = Image.Exif()
    exif[0x0112] = 6
    content = exif.tobytes()
    content = content if content.startswith(b"Exif") else b"Exif\0\0" + content
    digits = content.hex()
    lines = "\n".join(digits[at : at + 72] for at in range(0, len(digits), 72))
    text = f"\n{name}\n{len(content):8}\n{lines}\n".encode()
    key = f"Raw profile type {name}".encode()
    if kind == b"zTXt":
        return chunk(kind, key + b"\0\0" + zlib.compress(text))
    return chunk(kind, key + b"\0" + text)


@pytest.mark.parametrize("kind", [b"tEXt", b"zTXt"])
@pytest.mark.parametrize("name", ["exif", "APP1"])
def test_the_orientation_in_a_raw_profile_is_honoured(kind, name):
    rows = [bytes([200] * 4 + [10] * 4)] * 4
    found = taken(png(8, 4, 8, 0, rows, raw_profile(kind, name)))
    assert (found.height, found.width) == (8, 4)
    assert "turned" in found.facts
    assert found.pixels[0, 0, 0] > 150  # what was at the left is at the top
    assert found.pixels[7, 0, 0] < 60


def test_a_raw_profile_that_is_damaged_turns_nothing():
    broken = chunk(b"tEXt", b"Raw profile type APP1\0\nAPP1\n 9\nno hexadecimal\n")
    assert taken(png(8, 8, 8, 0, [row.tobytes() for row in GREYS], broken)).facts == ()
