"""Examples and labels as people pass them to an estimator, checked by scikit-learn's rules.

Letters in shapes: n examples, d features, images of H x W pixels and C channels.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_consistent_length, validate_data

from .image_checks import as_images, check_kind, n_axes
from .label_checks import check_labels

Array = NDArray[Any]


class CheckedExamples(BaseEstimator):  # type: ignore[misc]
    """An estimator that takes vectors, (n, d), or images, (n, H, W) or (n, H, W, C)."""

    image_shape_: tuple[int, ...] | None  # of the images learned from; None of vectors
    _n_axes: int  # of the X that was learned from
    _takes_any_size = False  # of images, where originals of many sizes were learned from

    def _examples(self, X: ArrayLike, y: ArrayLike, reset: bool) -> tuple[Array, Array]:
        """Both, checked: -> (n, d) or (n, H, W, C), (n,)."""
        check_labels(y)
        at_least = 2 if reset else 1
        if n_axes(X) < 3:
            if reset:
                self.image_shape_ = None
            check_kind(None, self.image_shape_)
            values, labels = validate_data(
                self, X, y, dtype=np.float64, reset=reset, ensure_min_samples=at_least
            )
            self._n_axes = 2
            return values, labels
        labels = validate_data(self, y=y, reset=reset)
        images = self._images(X, reset, at_least)
        check_consistent_length(images, labels)
        return images, labels

    def _values(self, X: ArrayLike) -> Array:
        """X alone, checked: -> (n, d) or (n, H, W, C)."""
        if n_axes(X) >= 3:
            return self._images(X)
        check_kind(None, self.image_shape_)
        values: Array = validate_data(self, X, dtype=np.float64, reset=False)
        return values

    def _images(self, X: ArrayLike, reset: bool = False, at_least: int = 1) -> Array:
        images = as_images(X, at_least)
        if reset:
            self.image_shape_ = images.shape[1:]
            self._n_axes, self.n_features_in_ = n_axes(X), math.prod(images.shape[1:])
        elif self._takes_any_size and self.image_shape_ is not None:
            check_kind(images.shape[1:], (*images.shape[1:3], self.image_shape_[2]))
        else:
            check_kind(images.shape[1:], self.image_shape_)
        return images

    def _as_given(self, drawn: Array) -> Array:
        """With an axis for channels if the X that was learned from had one."""
        return drawn[..., 0] if self._n_axes == 3 else drawn
