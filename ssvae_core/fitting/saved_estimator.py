"""A classifier as a folder: its fit, and what scikit-learn knows of it."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ..errors import UserError
from ..options.renamed import renamed
from ..training.device import choose_device
from .array_encoder import ArrayEncoder
from .label_encoder import LabelEncoder
from .saved_fit import load_fit, save_fit

Estimator = Any  # an SSVAEClassifier, which imports this module


def save_estimator(estimator: Estimator, folder: Path) -> None:
    """Write it. Raises UserError if that cannot be done, or for labels that JSON cannot hold."""
    settings = estimator.get_params() | {"device": "auto"}
    if not isinstance(estimator.random_state, int):
        settings["random_state"] = None
    more = {
        "estimator": settings,
        "classes": estimator._labels.as_json(),
        "n_axes": estimator._n_axes,
        "image_shape": estimator.image_shape_,
    }
    if estimator._encoder is not None:
        more["encoder"] = estimator._encoder.as_json()
    if hasattr(estimator, "feature_names_in_"):
        more["feature_names"] = estimator.feature_names_in_.tolist()
    save_fit(folder, estimator.fit_, more)


def load_estimator(kind: Estimator, folder: Path, device: str) -> Estimator:
    """What was saved, here or by the command line. Raises UserError if it cannot be read."""
    fit, manifest = load_fit(folder, choose_device(device))
    settings = renamed(manifest.get("estimator", {"model": fit.model_name}))
    loaded = kind(**{**settings, "device": device})
    names = {"names": list(range(fit.n_classes)), "dtype": "<i8"}
    loaded._labels = LabelEncoder.from_json(manifest.get("classes", names))
    loaded._n_axes = manifest.get("n_axes", len(fit.shape) + 1)
    shape = manifest.get("image_shape", fit.shape if len(fit.shape) == 3 else None)
    loaded.image_shape_ = None if shape is None else tuple(shape)
    loaded.n_features_in_ = math.prod(loaded.image_shape_ or fit.shape)
    loaded._encoder = ArrayEncoder.from_json(manifest.get("encoder"))
    loaded._takes_any_size = loaded._encoder is not None and "image_shape" not in manifest
    if "feature_names" in manifest:
        loaded.feature_names_in_ = np.array(manifest["feature_names"], object)
    return loaded._show(fit)


def device_of(estimator: Estimator) -> torch.device:
    """The one it was made for, or another where that is not on this machine."""
    try:
        return choose_device(estimator.device)
    except UserError:
        return choose_device()
