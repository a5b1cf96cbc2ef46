"""What every source of images must give, and what a data set refuses."""

import dataclasses

import numpy as np
import pytest

from ssvae_core.data import SOURCES, Dataset, load_dataset
from ssvae_core.data.shapes import shapes
from ssvae_core.errors import UserError


@pytest.fixture(scope="module", params=SOURCES)
def data(request):
    return load_dataset(request.param)


def test_a_source_has_the_name_it_is_listed_by(data):
    assert load_dataset(data.name) is data  # read once
    assert data.name in SOURCES
    assert data.title


def test_images_of_a_source_are_bytes_of_one_shape(data):
    assert data.images.dtype == np.uint8
    assert data.images.shape == (len(data), *data.shape)
    assert data.images.min() < data.images.max()


def test_the_answer_key_of_a_source_names_a_class_of_every_image(data):
    for images, key in (
        (data.images, data.answer_key),
        (data.test_images, data.test_answer_key),
    ):
        if key is None:
            continue
        assert images.shape[1:] == data.shape
        assert key.shape == (len(images),)
        assert np.array_equal(np.unique(key), np.arange(len(data.class_names)))


def test_classes_of_a_source_have_different_names(data):
    assert len(set(data.class_names)) == len(data.class_names) > 0


def test_mnist_is_the_one_everybody_knows():
    """Its size and how often each digit occurs, as published."""
    mnist = load_dataset("mnist")
    assert (len(mnist), len(mnist.test_images), mnist.shape) == (60_000, 10_000, (28, 28, 1))
    expected = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert np.bincount(mnist.answer_key).tolist() == expected


def test_the_small_digits_are_those_of_scikit_learn_and_none_is_on_both_sides():
    from sklearn.datasets import load_digits

    pixels, answers = load_digits(return_X_y=True)
    digits = load_dataset("digits")
    both = np.concatenate([digits.images, digits.test_images])
    assert (len(digits), digits.shape) == (1297, (8, 8, 1))
    np.testing.assert_allclose(both.reshape(-1, 64) / 255, pixels / 16, atol=1 / 255)
    assert np.array_equal(np.r_[digits.answer_key, digits.test_answer_key], answers)
    learned = {image.tobytes() for image in digits.images}
    assert not any(image.tobytes() in learned for image in digits.test_images)


def test_an_unknown_data_set_is_refused_with_those_there_are():
    with pytest.raises(UserError, match=r"Unknown data set 'minst'. Choose one of: .*mnist"):
        load_dataset("minst")


def test_a_fingerprint_is_that_of_the_images(digits):
    changed = digits.images.copy()
    changed[7, 3, 3] ^= 1

    def fingerprint(images):
        return Dataset("d", "D", images, ("a",)).fingerprint

    assert fingerprint(digits.images.copy()) == digits.fingerprint
    assert fingerprint(changed) != digits.fingerprint
    assert fingerprint(digits.images.reshape(300, 4, 16, 1)) != digits.fingerprint
    assert fingerprint(digits.images[:, ::-1][:, ::-1]) == digits.fingerprint  # not contiguous


@pytest.mark.parametrize(
    ("images", "came"),
    [
        (np.zeros((2, 8, 8, 1), np.float32), r"got float32 of shape \(2, 8, 8, 1\)"),
        (np.zeros((2, 8, 8), np.uint8), r"got uint8 of shape \(2, 8, 8\)"),
    ],
)
def test_images_that_are_not_bytes_in_four_dimensions_are_refused(images, came):
    expected = r"uint8 of shape \(N, H, W, C\), vectors float32 of shape \(N, D\); "
    with pytest.raises(ValueError, match=expected + came):
        Dataset("d", "D", images, ("a",))


def test_vectors_are_a_data_set_too():
    vectors = np.arange(12, dtype=np.float32).reshape(4, 3)
    data = Dataset("v", "V", vectors, ())
    assert (data.kind, data.shape, len(data)) == ("vector", (3,), 4)
    assert data.original(0) is None


def test_a_fingerprint_that_is_known_is_not_computed_again_but_is_of_changed_images(digits):
    known = Dataset("d", "D", digits.images, (), identity="abc")
    assert known.fingerprint == "abc"
    assert dataclasses.replace(known, images=digits.images).fingerprint == digits.fingerprint


def test_shapes_are_the_same_every_time_and_another_seed_draws_others():
    few = shapes(20, 5)
    assert np.array_equal(few.images, shapes(20, 5).images)
    assert not np.array_equal(few.images, shapes(20, 5, seed=1).images)
    assert np.bincount(shapes(100, 0).answer_key).tolist() == [20] * 5


def test_the_factors_of_shapes_are_what_is_seen():
    """The centre of mass is where x and y say, and the area grows with the square of the size."""
    data = shapes(300, 0)
    factors, ink = data.factors, data.images[..., 0] / 255
    assert np.array_equal(factors["shape"], data.answer_key)
    centres = np.arange(32) + 0.5
    mass = ink.sum((1, 2))
    x, y = (ink.sum(1) @ centres) / mass, (ink.sum(2) @ centres) / mass
    assert np.abs(x - factors["x"]).max() < 0.15
    assert np.abs(y - factors["y"]).max() < 0.15
    area = {"circle": np.pi * 0.8**2, "ellipse": np.pi / 2, "square": 1.4**2}
    for place, name in enumerate(data.class_names):
        members = data.answer_key == place
        ratio = mass[members] / factors["size"][members] ** 2
        assert np.ptp(ratio) < 0.12 * ratio.mean()
        if name in area:
            assert ratio.mean() == pytest.approx(area[name], rel=0.02)


def test_the_angle_of_shapes_turns_them():
    """An ellipse's long axis, from its second moments, stands at the angle that it was drawn at."""
    data = shapes(300, 0)
    ellipses = np.flatnonzero(data.answer_key == data.class_names.index("ellipse"))
    rows, columns = np.mgrid[:32, :32] + 0.5
    for example in ellipses:
        ink = data.images[example, ..., 0] / 255
        dx, dy = columns - data.factors["x"][example], rows - data.factors["y"][example]
        xx, yy, xy = ((ink * product).sum() for product in (dx * dx, dy * dy, dx * dy))
        seen = np.arctan2(2 * xy, xx - yy) / 2
        assert abs(np.sin(seen - data.factors["angle"][example])) < 0.15


def test_a_data_set_cannot_be_changed(digits):
    with pytest.raises(dataclasses.FrozenInstanceError):
        digits.name = "other"
