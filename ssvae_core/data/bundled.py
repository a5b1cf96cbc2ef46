"""The data sets that ship with the app, read from assets/ without a network."""

from __future__ import annotations

import numpy as np

from ..errors import UserError
from ..system import app_folder
from .dataset import Dataset

ASSETS = app_folder() / "assets"


def mnist() -> Dataset:
    """MNIST: 60,000 training images to label, 10,000 test images for benchmarks."""
    path = ASSETS / "mnist.npz"
    if not path.is_file():
        raise UserError(
            f"The images of MNIST are missing: no file {path}. Get the project's files again."
        )
    with np.load(path, allow_pickle=False) as arrays:
        return Dataset(
            name="mnist",
            title="MNIST, handwritten digits",
            images=arrays["x_train"][..., None],
            class_names=tuple("0123456789"),
            answer_key=arrays["y_train"].astype(np.int64),
            test_images=arrays["x_test"][..., None],
            test_answer_key=arrays["y_test"].astype(np.int64),
        )
