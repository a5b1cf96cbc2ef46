"""Images are fitted to a square, and larger originals kept small."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from ssvae_core.data.resizing import PREVIEW_SIDE
from ssvae_core.data.stored import mime_of
from ssvae_core.importing.decoding import Decoded, decode, decode_array
from ssvae_core.importing.pixel_policy import SIDES, Policy
from tests.support.small_files import encoded, picture

AS_IS = Policy(side=12, fit="resize", low=0, high=65535)


def taken(content, name="x.png", policy=AS_IS):
    outcome = decode(name, content, policy)
    assert isinstance(outcome, Decoded), outcome
    return outcome


@settings(max_examples=60, deadline=None)
@given(
    height=st.integers(1, 90),
    width=st.integers(1, 90),
    side=st.sampled_from(SIDES),
    fit=st.sampled_from(["resize", "pad", "crop"]),
    channels=st.sampled_from(["auto", "grey", "colour"]),
    is_colour=st.booleans(),
)
def test_any_image_becomes_the_square_that_is_asked_for(
    height, width, side, fit, channels, is_colour
):
    values = picture(3, height, width, 3 if is_colour else 1)
    found = decode_array(values, Policy(side, fit, channels))
    assert found.pixels.dtype == np.uint8
    assert found.pixels.shape[:2] == (side, side)
    if channels != "auto":
        assert found.pixels.shape[2] == {"grey": 1, "colour": 3}[channels]
    elif not is_colour:
        assert found.pixels.shape[2] == 1
    assert (found.height, found.width) == (height, width)
    assert bool(found.preview) == (max(height, width) > side)


@pytest.mark.parametrize("fit", ["resize", "pad", "crop"])
def test_a_flat_image_stays_flat(fit):
    """Nothing is mixed in from outside: not black borders, not rounding."""
    found = decode_array(np.full((50, 20, 3), (10, 100, 200), np.uint8), Policy(16, fit))
    assert (found.pixels == (10, 100, 200)).all()


def test_how_each_fit_treats_a_long_image():
    values = np.full((30, 10), 100, np.uint8)
    values[:10], values[20:] = 0, 250  # dark, middle, bright
    resized = decode_array(values, Policy(30, "resize")).pixels[..., 0]
    assert resized[2, 2] == 0
    assert resized[27, 27] == 250
    padded = decode_array(values, Policy(30, "pad")).pixels[..., 0]
    assert np.array_equal(padded[:, 10:20], values)
    cropped = decode_array(values, Policy(10, "crop")).pixels[..., 0]
    assert (cropped == 100).all()


def test_what_is_kept_of_a_larger_original_is_small_and_without_its_metadata():
    exif = Image.Exif()
    exif[0x010F] = "maker of the camera"
    smooth = np.linspace(0, 255, 700 * 900).reshape(700, 900).astype(np.uint8)
    found = taken(encoded(smooth, "JPEG", exif=exif), "x.jpg", Policy(28, "resize"))
    image = Image.open(io.BytesIO(found.preview))
    assert max(image.size) == PREVIEW_SIDE
    assert mime_of(found.preview) == "image/jpeg"
    assert b"maker of the camera" not in found.preview
    small = taken(encoded(picture(1, 40, 40)), policy=Policy(28, "resize"))
    assert mime_of(small.preview) == "image/png"
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(small.preview))), picture(1, 40, 40))
