import numpy as np
import pytest

from ssvae_core.encoders.preprocessing import (
    MEAN,
    STD,
    Preprocessing,
    changed,
    in_colour,
    middle_square,
    normalised,
    read_json,
)
from ssvae_core.errors import UserError


def test_grey_becomes_three_channels_and_opacity_is_left_out():
    image = np.arange(16, dtype=np.uint8).reshape(2, 2, 4)
    assert (in_colour(image) == image[:, :, :3]).all()
    assert (in_colour(image[:, :, :1]) == image[:, :, :1]).all()
    assert in_colour(image[:, :, :1]).shape == (2, 2, 3)
    with pytest.raises(UserError, match="these have 2"):
        in_colour(image[:, :, :2])


@pytest.mark.parametrize("wide", [True, False])
def test_the_middle_of_a_longer_image_is_seen(wide):
    image = np.zeros((10, 30, 3), np.uint8)
    image[:, 10:20] = 200
    image = image if wide else image.transpose(1, 0, 2)
    assert middle_square(image, 10).shape == (10, 10, 3)
    assert (middle_square(image, 10) == 200).all()
    assert (middle_square(image, 20) == 200).all()


def test_values_have_imagenets_mean_and_spread():
    images = np.random.default_rng(0).integers(0, 256, (3, 4, 4, 3), np.uint8)
    expected = (images / 255 - MEAN) / STD
    np.testing.assert_allclose(normalised(list(images)), expected, atol=1e-5)


def test_one_of_its_own_does_what_it_says():
    image = np.random.default_rng(0).integers(0, 256, (9, 12, 3), np.uint8)
    see = Preprocessing(6, (0.5, 0.5, 0.5), (0.1, 0.2, 0.4), 100)
    expected = (middle_square(image, 6) / 100 - 0.5) / [0.1, 0.2, 0.4]
    np.testing.assert_allclose(see([image])[0], expected, atol=1e-4)


def test_a_json_that_cannot_be_read_is_said(tmp_path):
    with pytest.raises(UserError, match="cannot be read"):
        read_json(tmp_path / "none.json")
    (tmp_path / "a.json").write_text("{")
    with pytest.raises(UserError, match="cannot be used"):
        read_json(tmp_path / "a.json")


@pytest.mark.parametrize("size", [24, "24", [24, 24], {"height": 24, "width": 24}])
def test_a_size_is_told_in_several_ways(size):
    assert changed(Preprocessing(), {"size": size}, "it").side == 24
    with pytest.raises(UserError, match="no square"):
        changed(Preprocessing(), {"size": [24, 32]}, "it")
