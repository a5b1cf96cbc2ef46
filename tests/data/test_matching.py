"""How a set's images are made is told from them, and others are made as they are."""

import numpy as np
import pytest

from ssvae_core.data import SOURCES, load_dataset
from ssvae_core.data.matching import Making, made_as, making_of
from ssvae_core.errors import UserError

MNIST = Making(28, 28, 1, True, 255, 20, "mass")


def strokes(side, box, n=200, seed=0):
    """Light strokes on black whose longer side fills a box in the middle: (n, side, side, 1)."""
    rng, images = np.random.default_rng(seed), np.zeros((n, side, side, 1), np.uint8)
    edge = (side - box) // 2
    for image in images:
        left = edge + (box - (width := int(rng.integers(3, box)))) // 2
        image[edge : edge + box, left : left + width] = 200
    return images


def centre_of_mass(image):
    light = image[..., 0].astype(float)
    return np.array([(light.sum(axis) @ np.arange(len(light))) / light.sum() for axis in (1, 0)])


def test_mnist_has_a_box_of_twenty_and_its_mass_in_the_middle():
    assert making_of(load_dataset("mnist").images) == MNIST
    assert MNIST.in_words == (
        "28 x 28 pixels, light on dark, ink of 20 pixels, its centre of mass in the middle"
    )


@pytest.mark.parametrize(("box", "side"), [(12, 16), (20, 32)])
def test_a_box_is_found_where_strokes_fill_one(box, side):
    found = making_of(strokes(side, box))
    assert (found.height, found.box, found.brightest) == (side, box, 200)


def test_ink_is_laid_and_sized_as_the_other_sets():
    made = made_as(strokes(16, 14), MNIST)
    assert made.shape == (200, 28, 28, 1)
    assert making_of(made).box == 20
    off = np.array([centre_of_mass(image) for image in made]) - 13.5
    assert np.abs(off).max() <= 1


def test_dark_on_light_becomes_light_on_dark_and_back():
    light = strokes(16, 12)
    dark = 255 - light
    assert not making_of(dark).is_light_on_dark
    assert np.array_equal(made_as(dark, making_of(light)), light)
    assert np.array_equal(made_as(light, making_of(dark)), dark)


def test_contrast_follows():
    assert making_of(made_as(strokes(16, 12), MNIST)).brightest > 240


def test_what_is_made_alike_stays_as_it_is():
    images = strokes(16, 12)
    assert made_as(images, making_of(images)) is images


def test_an_empty_image_stays_empty():
    images = strokes(16, 12)
    images[3] = 0
    assert not made_as(images, MNIST)[3].any()


def test_photographs_are_stretched_to_the_others_size():
    photos = np.random.default_rng(0).integers(0, 255, (9, 20, 30, 3), np.uint8)
    assert made_as(photos, Making(16, 16, 3)).shape == (9, 16, 16, 3)


@pytest.mark.parametrize("name", SOURCES)
def test_every_set_that_ships_can_be_made_as_mnist(name):
    images = load_dataset(name).images[:50]
    if images.ndim == 2:
        with pytest.raises(UserError, match="are vectors"):
            made_as(images, MNIST)
    else:
        assert made_as(images, MNIST).shape == (50, 28, 28, 1)


def test_colour_is_not_made_grey_in_silence():
    with pytest.raises(UserError, match="in colour cannot be made as images grey"):
        made_as(np.zeros((4, 8, 8, 3), np.uint8), MNIST)


def test_vectors_are_refused():
    with pytest.raises(UserError, match="are vectors"):
        making_of(np.zeros((4, 8), np.float32))
