"""What every source of images must give, and what a data set refuses."""

import dataclasses

import numpy as np
import pytest

from ssvae_core.data import SOURCES, Dataset, load_dataset
from ssvae_core.errors import UserError


@pytest.fixture(scope="module", params=SOURCES)
def data(request):
    return load_dataset(request.param)


def test_a_source_has_the_name_it_is_listed_by(data):
    assert load_dataset(data.name) is data  # read once
    assert data.name in SOURCES
    assert data.title


def test_examples_of_a_source_are_bytes_or_numbers_of_one_shape(data):
    assert data.images.dtype == {"image": np.uint8, "vector": np.float32}[data.kind]
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
    assert len(set(data.class_names)) == len(data.class_names)


def test_mnist_is_the_one_everybody_knows():
    """Its size and how often each digit occurs, as published."""
    mnist = load_dataset("mnist")
    assert (len(mnist), len(mnist.test_images), mnist.shape) == (60_000, 10_000, (28, 28, 1))
    expected = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert np.bincount(mnist.answer_key).tolist() == expected


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


def test_a_data_set_cannot_be_changed(digits):
    with pytest.raises(dataclasses.FrozenInstanceError):
        digits.name = "other"
