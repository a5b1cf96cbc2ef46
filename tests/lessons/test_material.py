import numpy as np
import pytest

from ssvae_core.data import Dataset
from ssvae_core.errors import UserError
from ssvae_core.lessons.material import Material


def images(n, shape=(8, 8, 1), key=True):
    draws = np.random.default_rng(0)
    answers = draws.integers(0, 3, n) if key else None
    pixels = draws.integers(0, 255, (n, *shape)).astype(np.uint8)
    return Dataset("few", "Few", pixels, ("a", "b", "c"), answers)


def test_images_are_learned_from_or_held_out_and_the_same_each_time():
    data = images(600)
    one, other = Material.of(data), Material.of(data)
    assert len(one.values) + len(one.held_out) == 600
    assert len(one.held_out) == 100
    rows = {row.tobytes() for row in one.values.numpy()}
    assert not rows & {row.tobytes() for row in one.held_out.numpy()}
    assert np.array_equal(one.values, other.values)
    assert np.array_equal(one.classes, other.classes)


def test_one_of_each_class_is_shown_first():
    material = Material.of(images(600))
    shown = material.shown()
    assert set(material.held_out_classes[shown[:3]]) == {0, 1, 2}
    assert len(shown) == len(set(shown.tolist())) == 10


def test_images_of_unknown_class_and_in_colour_will_do():
    material = Material.of(images(300, (12, 10, 3), key=False))
    assert material.classes is None
    assert material.images(material.x()).shape == (50, 12, 10, 3)
    assert np.array_equal(material.images(material.x()).reshape(50, -1), material.held_out)


def test_rows_of_numbers_are_refused():
    vectors = Dataset("v", "V", np.zeros((50, 4), np.float32), ("a", "b"))
    with pytest.raises(UserError, match="needs images"):
        Material.of(vectors)
