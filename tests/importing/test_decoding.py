"""Every kind of image file becomes the same kind of example, and a bad one becomes a reason."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from ssvae_core.data.import_report import FACTS, REASONS, Skipped
from ssvae_core.importing.decoding import MOST_PIXELS, Decoded, decode, decode_array, look
from ssvae_core.importing.pixel_policy import Policy, settled
from ssvae_core.importing.value_range import ValueRange
from tests.support.small_files import bad_files, encoded, picture, png_that_says, write

AS_IS = Policy(side=12, fit="resize", low=0, high=65535)


def taken(content, name="x.png", policy=AS_IS):
    outcome = decode(name, content, policy)
    assert isinstance(outcome, Decoded), outcome
    return outcome


# Kinds of files


@pytest.mark.parametrize(
    ("kind", "channels"),
    [("GIF", 1), *product(["PNG", "BMP", "TIFF", "PPM", "WEBP"], [1, 3])],
)
def test_lossless_files_come_in_pixel_for_pixel(kind, channels):
    values = picture(1, channels=channels)
    options = {"lossless": True} if kind == "WEBP" else {}
    pixels = taken(encoded(values, kind, **options), f"x.{kind.lower()}").pixels
    assert pixels.shape == (12, 12, channels)
    assert np.array_equal(pixels.squeeze(), values)


@pytest.mark.parametrize("channels", [1, 3])
def test_a_jpeg_comes_in_nearly(channels):
    smooth = np.linspace(40, 200, 12)[:, None] + np.linspace(0, 50, 12)
    values = smooth.astype(np.uint8)
    if channels == 3:
        values = np.stack([values, values // 2, 255 - values], -1)
    pixels = taken(encoded(values, "JPEG", quality=95, subsampling=0), "x.jpg").pixels
    assert np.abs(pixels.squeeze().astype(int) - values).max() <= 8


def test_a_palette_becomes_its_colours_and_one_of_greys_becomes_grey():
    image = Image.fromarray(picture(2, channels=3)).quantize(16)
    colours = np.asarray(image.convert("RGB"))
    assert np.array_equal(taken(encoded(image)).pixels, colours)
    greys = Image.fromarray(picture(2) // 32 * 32).quantize(8)
    assert taken(encoded(greys)).pixels.shape == (12, 12, 1)


def test_one_bit_is_black_and_white():
    values = picture(3) > 127
    pixels = taken(encoded(Image.fromarray(values)), "x.png").pixels
    assert np.array_equal(pixels[..., 0], values * 255)


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparent_parts_lie_on_white(mode):
    image = Image.new(mode, (12, 12), 0)  # black, and nothing of it opaque
    image.paste((0,) * (len(mode) - 1) + (255,), (0, 0, 6, 12))
    found = taken(encoded(image))
    assert (found.pixels[:, :6] == 0).all()
    assert (found.pixels[:, 6:] == 255).all()
    assert "transparent" in found.facts
    opaque = Image.new(mode, (12, 12), (9,) * (len(mode) - 1) + (255,))
    assert "transparent" not in taken(encoded(opaque)).facts


def test_cmyk_becomes_rgb():
    image = Image.fromarray(picture(4, channels=3)).convert("CMYK")
    found = taken(encoded(image, "TIFF"), "x.tif")
    assert np.array_equal(found.pixels, np.asarray(image.convert("RGB")))


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bits_are_on_one_scale_for_all_files(kind):
    """Half of the largest value is half white, in a dark image as in a bright one."""
    policy = settled(Policy(side=12), [], ValueRange(0, 4000))
    assert (policy.low, policy.high) == (0, 4095)  # 12 bits hold them
    for brightest in (500, 4000):
        values = np.linspace(0, brightest, 144).reshape(12, 12).astype(np.uint16)
        found = taken(encoded(values, kind), f"x.{kind[:3].lower()}", policy)
        assert np.abs(found.pixels[..., 0] - values * (255 / 4095)).max() <= 0.51
        assert found.facts == ("deep",)


def test_values_over_the_scale_are_clipped_and_said():
    policy = Policy(side=12, fit="resize", low=0, high=4095)
    found = taken(encoded(np.full((12, 12), 9000, np.uint16), "TIFF"), "x.tif", policy)
    assert (found.pixels == 255).all()
    assert found.facts == ("deep", "clipped")


def test_floats_of_a_tiff_are_scaled_from_the_smallest_to_the_largest_seen():
    values = np.linspace(-2, 6, 144, dtype=np.float32).reshape(12, 12)
    content = encoded(values, "TIFF")
    policy = settled(Policy(), [look("x.tif", content)])
    assert (policy.low, policy.high) == (-2, 6)
    pixels = taken(content, "x.tif", policy).pixels[..., 0]
    assert np.abs(pixels - (values + 2) * (255 / 8)).max() <= 0.51


def test_a_float_that_is_no_number_is_refused():
    values = np.full((12, 12), np.nan, np.float32)
    skipped = decode("x.tif", encoded(values, "TIFF"), AS_IS)
    assert skipped == Skipped("x.tif", "broken", "it holds values that are not finite numbers")


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "TIFF", "PNG", "WEBP"])
def test_a_photo_is_turned_as_its_exif_says(kind, orientation):
    """The corner that a viewer shows at the top left is bright, wherever it lies in the file."""
    upright = Image.new("L", (24, 12), 30)
    upright.paste(220, (0, 0, 8, 6))
    # What undoes the turn that each orientation asks for, from the EXIF standard.
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = upright.transpose(undo[orientation]) if orientation > 1 else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    content = encoded(stored, kind, exif=exif)
    found = taken(content, f"x.{kind.lower()}", Policy(side=24, fit="pad"))
    assert (found.height, found.width) == (12, 24)
    assert found.pixels[8, 3, 0] > 150
    assert found.pixels[15, 20, 0] < 100
    assert ("turned" in found.facts) == (orientation > 1)


@pytest.mark.parametrize(("kind", "suffix"), [("GIF", "gif"), ("TIFF", "tif"), ("WEBP", "webp")])
def test_of_several_images_in_a_file_the_first_is_taken_and_that_is_said(kind, suffix):
    first, second = (Image.fromarray(picture(seed)) for seed in (5, 6))
    options = {"lossless": True} if kind == "WEBP" else {}
    content = encoded(first, kind, save_all=True, append_images=[second], **options)
    found = taken(content, f"x.{suffix}")
    assert np.array_equal(found.pixels[..., 0], np.asarray(first))
    assert "first-frame" in found.facts


def test_a_wrong_extension_is_read_by_content_and_said():
    content = encoded(picture(1), "PNG")
    assert "disguised" in taken(content, "x.jpg").facts
    assert "disguised" not in taken(content, "x.png").facts
    assert "disguised" not in taken(content, "scan_without_ending").facts
    assert "disguised" not in taken(encoded(picture(1), "JPEG"), "x.JPEG").facts


# Bad files


@pytest.mark.parametrize("name", [name for name in bad_files() if not name.startswith(".")])
def test_a_bad_file_becomes_a_reason(name):
    content, reason = bad_files()[name]
    found = decode(name, content, AS_IS)
    assert isinstance(found, Skipped)
    assert found.reason == reason
    assert found.reason in REASONS


def test_a_bomb_is_refused_before_its_pixels_are_made():
    import tracemalloc

    content = png_that_says(30_000, 30_000, bytes(1000))
    tracemalloc.start()
    try:
        assert decode("x.png", content, AS_IS).reason == "too-large"
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()


def test_the_limit_of_pixels_is_that_of_the_report():
    width = 8_000
    assert width * 5_000 == MOST_PIXELS
    assert "40 megapixels" in decode("x.png", png_that_says(width, 5_001), AS_IS).detail
    assert decode("x.png", png_that_says(width, 5_000), AS_IS).reason == "broken"  # it has no rows


def test_a_file_that_vanishes_or_is_closed_to_us_says_so(tmp_path, monkeypatch):
    assert decode("x.png", tmp_path / "x.png", AS_IS) == Skipped("x.png", "vanished")
    path = write(tmp_path / "y.png", encoded(picture()))

    def closed(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Image, "open", closed)
    assert decode("y.png", path, AS_IS) == Skipped("y.png", "no-permission")


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["PNG", "JPEG", "WEBP", "TIFF", "BMP", "GIF"]), st.data())
def test_no_damage_to_a_file_ever_raises(kind, data):
    content = bytearray(encoded(picture(1, 16, 16), kind))
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    content = bytes(content[: data.draw(st.integers(0, len(content)))])
    found = decode("x.png", content, AS_IS)
    assert isinstance(found, Skipped) or found.pixels.shape[:2] == (12, 12)


# Duplicates


def test_equal_pixels_have_equal_digests_whatever_the_file():
    png, bmp = (encoded(picture(1), kind) for kind in ("PNG", "BMP"))
    assert taken(png).digest == taken(bmp).digest == decode_array(picture(1), AS_IS).digest
    assert taken(png).digest != taken(encoded(picture(2))).digest


def test_every_fact_can_be_said():
    for sentence in FACTS.values():
        assert "12" in sentence.format(n=12, low=0.0, high=4095.0)
