"""What an encoder sees of a data set, for commands that fit a model to it.

Letters in shapes: N examples, M of the test part, F features.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..data import Dataset
from ..encoders import AUTO, Encoder, FeatureStore, encoded, open_encoder
from ..storage.paths import FEATURES, default_workspace
from .reporting import ProgressLine


@dataclass(frozen=True)
class EncodedData:
    """Features of a data set, by which encoder, and how long that took."""

    choice: str
    key: str
    features: NDArray[Any]  # (N, F)
    test_features: NDArray[Any] | None  # (M, F)
    seconds: float


def encoded_data(
    asked: str | None, data: Dataset, has_starter: bool, line: ProgressLine
) -> EncodedData | None:
    """The features of a data set by the encoder that is chosen, kept in the workspace.

    None where the model sees the examples without one: as where `auto` finds that a starter ships.
    Raises UserError where it cannot be had.
    """
    from ..fitting.array_encoder import chosen_for_fit

    if (asked or AUTO) == AUTO and has_starter:
        return None
    choice = chosen_for_fit(asked or AUTO, data.shape)
    if not choice:
        return None
    line.say(f"opening the encoder {choice}")
    encoder, start = open_encoder(choice), time.monotonic()
    features = _followed(data, encoder, "encoding the images", line)
    test_features = None
    if data.test_images is not None:
        test_features = _followed(_test_part(data), encoder, "encoding the test images", line)
    return EncodedData(choice, encoder.key, features, test_features, time.monotonic() - start)


def _followed(data: Dataset, encoder: Encoder, message: str, line: ProgressLine) -> NDArray[Any]:
    """The features of a data set, from the workspace or anew: (N, F)."""
    for event in encoded(data, encoder, FeatureStore(default_workspace() / FEATURES)):
        if isinstance(event, np.ndarray):
            return event
        if event.note:
            print(event.note, file=sys.stderr)
        line.say(message, f"{event.done:,} of {event.of:,}", event.seconds_left)
    raise AssertionError("encoding ended without features")


def _test_part(data: Dataset) -> Dataset:
    """The test images as a data set."""
    assert data.test_images is not None
    title = f"{data.title}, test part"
    return Dataset(data.name, title, data.test_images, data.class_names, identity="test part")
