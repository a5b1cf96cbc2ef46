"""Colours of 16 bits are on one scale with greys of 16 bits, in every file that holds them."""

import numpy as np
import pytest

from ssvae_core.data.import_report import Skipped
from ssvae_core.importing.array_decoding import Decoded
from ssvae_core.importing.decoding import decode, look
from ssvae_core.importing.pixel_policy import Policy, settled
from tests.support.small_deep import chunk, deep_png, deep_ppm, deep_tiff
from tests.support.small_files import encoded, write
from tests.support.small_sources import taken_in

OF_12_BITS = np.random.default_rng(0).integers(0, 4096, (12, 12, 3), np.uint16)
OPAQUE = np.full((12, 12, 1), 65535, np.uint16)
WITH_ALPHA = np.concatenate([OF_12_BITS, OPAQUE], -1)
KINDS = {
    "png": deep_png(OF_12_BITS),
    "png with alpha": deep_png(WITH_ALPHA),
    "tiff": deep_tiff(OF_12_BITS),
    "tiff, big-endian": deep_tiff(OF_12_BITS, big_endian=True),
    "tiff, packed": deep_tiff(OF_12_BITS, packed=True),
    "tiff, packed and big-endian": deep_tiff(OF_12_BITS, packed=True, big_endian=True),
    "tiff with alpha": deep_tiff(WITH_ALPHA),
    "ppm": deep_ppm(OF_12_BITS),
}


def made(content, policy=None):
    policy = policy or settled(Policy(side=12), [look("x", content)])
    outcome = decode("x", content, policy)
    assert isinstance(outcome, Decoded), outcome
    return outcome, policy


@pytest.mark.parametrize("kind", KINDS)
def test_twelve_bits_of_sixteen_are_scaled_in_colour(kind):
    found, policy = made(KINDS[kind])
    assert (policy.low, policy.high) == (0, 4095)
    assert np.abs(found.pixels - OF_12_BITS * (255 / 4095)).max() <= 0.51
    assert found.facts == ("deep",)


def test_grey_with_alpha_is_scaled_as_well():
    values = np.concatenate([OF_12_BITS[..., :1], OPAQUE], -1)
    found, _ = made(deep_png(values))
    assert np.abs(found.pixels - OF_12_BITS[..., :1] * (255 / 4095)).max() <= 0.51


def test_what_is_transparent_lies_on_white():
    values = WITH_ALPHA.copy()
    values[0, :, 3] = 0
    found, _ = made(deep_png(values))
    assert (found.pixels[0] == 255).all()
    assert "transparent" in found.facts
    named = chunk(b"tRNS", OF_12_BITS[3, 4].astype(">u2").tobytes())
    found, _ = made(deep_png(OF_12_BITS, named))
    assert (found.pixels[3, 4] == 255).all()
    assert (found.pixels[3, 5] != 255).any()
    grey = OF_12_BITS[..., :1]
    found, _ = made(deep_png(grey, chunk(b"tRNS", grey[3, 4].astype(">u2").tobytes())))
    assert found.pixels[3, 4] == 255
    assert found.facts == ("transparent", "deep")


def test_separate_planes_are_refused_rather_than_misread():
    for packed in (False, True):
        found = decode("x.tif", deep_tiff(OF_12_BITS, planar=True, packed=packed), Policy(side=12))
        assert isinstance(found, Skipped)
        assert "interleaved" in found.detail


def test_a_ppm_that_ends_early_is_broken():
    assert decode("x.ppm", deep_ppm(OF_12_BITS)[:-9], Policy(side=12)).reason == "broken"


def test_a_ppm_is_on_the_scale_that_it_names():
    found, _ = made(deep_ppm(OF_12_BITS, 4095), Policy(side=12, fit="resize", low=0, high=65535))
    assert np.abs(found.pixels - OF_12_BITS * (255 / 4095)).max() <= 0.51


def test_the_byte_order_of_a_file_makes_no_other_image():
    grey = OF_12_BITS[..., 0]
    little, policy = made(encoded(grey, "TIFF"))
    big, _ = made(encoded(grey.astype(">u2"), "TIFF"), policy)
    assert little.digest == big.digest


def test_the_brightest_of_all_files_is_found_wherever_it_lies(tmp_path, root):
    """A look at 256 of 600 would miss it."""
    for k in range(600):
        values = np.full((8, 8), k, np.uint16)
        values[0, 0] = 9000 if k == 599 else k + 1
        write(tmp_path / "in" / f"{k:03}.png", encoded(values))
    _, report = taken_in(tmp_path / "in", root)
    assert report.policy["high"] == 16383
    assert "clipped" not in report.facts
