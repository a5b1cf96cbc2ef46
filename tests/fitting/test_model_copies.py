"""A model sees large images in the copy that an import would make of them."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from ssvae_core.fitting.model_copies import as_bytes, model_copies, model_shape
from ssvae_core.importing.decoding import decode_array
from ssvae_core.importing.pixel_policy import Policy
from tests.support.small_files import picture


@pytest.mark.parametrize(("height", "width", "channels"), [(96, 130, 3), (65, 20, 1)])
def test_a_large_image_becomes_what_an_import_makes_of_it(height, width, channels):
    images = np.stack([picture(seed, height, width, channels) for seed in range(3)])
    images = images.reshape(3, height, width, channels)
    expected = [decode_array(image.squeeze(), Policy(64, "resize")).pixels for image in images]
    copies = model_copies(images)
    assert copies.shape[1:] == model_shape(images.shape[1:]) == (64, 64, channels)
    assert_array_equal(copies, expected)
    assert_array_equal(model_copies((images / 255).astype(np.float32)), expected)


def test_what_a_model_can_see_whole_stays_as_it_is():
    for images in (np.zeros((2, 64, 20, 3), np.uint8), np.full((2, 8, 8, 1), 0.3, np.float32)):
        assert model_copies(images) is images
    assert model_shape((300,)) == (300,)


def test_every_byte_comes_back_from_a_share_of_white():
    values = np.arange(256, dtype=np.uint8)
    assert_array_equal(as_bytes((values / 255).astype(np.float32)), values)
    assert as_bytes(values) is values
