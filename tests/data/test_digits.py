"""The small digits are scikit-learn's."""

import numpy as np

from ssvae_core.data import load_dataset


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
