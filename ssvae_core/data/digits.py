"""Data sets that a library of ours brings along, small enough to try things on in seconds."""

from __future__ import annotations

import numpy as np

from .dataset import Dataset

N_TEST = 500  # the last ones, for benchmarks


def digits() -> Dataset:
    """scikit-learn's 8 x 8 digits: 1,297 to label, the last 500 for benchmarks."""
    from sklearn.datasets import load_digits

    pixels, answers = load_digits(return_X_y=True)
    images = np.round(pixels * (255 / 16)).astype(np.uint8).reshape(-1, 8, 8, 1)
    answers = answers.astype(np.int64)
    return Dataset(
        name="digits",
        title="Digits of 8 x 8 pixels, from scikit-learn",
        images=images[:-N_TEST],
        class_names=tuple("0123456789"),
        answer_key=answers[:-N_TEST],
        test_images=images[-N_TEST:],
        test_answer_key=answers[-N_TEST:],
    )
