"""What an encoder sees of a data set, for commands that fit a model to it.

Letters in shapes: N examples, M of the test part, F features.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..data import Dataset
from ..encoders import (
    AUTO,
    FEATURES,
    Encoder,
    FeatureStore,
    encoded,
    encoder_beside,
    open_encoder,
)
from ..encoders.opening import opened_apart
from ..errors import NeedsDownload
from ..importing.feature_file import path_of, read_features
from ..storage import paths
from .reporting import ProgressLine


@dataclass(frozen=True)
class EncodedData:
    """Features of a data set, by which encoder, and how long that took."""

    choice: str
    key: str
    features: NDArray[Any]  # (N, F)
    test_features: NDArray[Any] | None  # (M, F)
    seconds: float
    beside: bool = False  # for neighbours and probe, not for the model

    def as_json(self) -> dict[str, Any]:
        """For the manifest of a fit, by which a classifier that is loaded opens the encoder."""
        return {"encoder": {"choice": self.choice, "key": self.key, "beside": self.beside}}

    def scored_on(self, data: Dataset) -> Dataset:
        """The data set without its test part, if that has no features."""
        if self.test_features is not None:
            return data
        return replace(
            data,
            test_images=None,
            test_answer_key=None,
            test_features=None,
            identity=data.fingerprint,
        )


def encoded_data(
    asked: str | None,
    data: Dataset,
    has_starter: bool,
    line: ProgressLine,
    *,
    download: bool = False,
) -> EncodedData | None:
    """The features of a data set by the encoder that is chosen, kept in the workspace.

    Weights that are not on this machine are fetched where `download` says so. None where the model
    sees the examples without one: as where `auto` finds that a starter ships. Raises UserError
    where it cannot be had, NeedsDownload where its weights would have to be fetched.
    """
    from ..fitting.array_encoder import chosen_for_fit

    asked = asked or data.encoder
    if asked == AUTO and has_starter:
        return None
    has_features = data.features is not None
    choice = chosen_for_fit(asked, data.shape, has_features)
    beside = encoder_beside(asked, data.shape, has_features)
    if not (choice := choice or beside):
        return None
    if choice == FEATURES:
        assert data.features is not None
        return EncodedData(choice, FEATURES, data.features, data.test_features, 0.0)
    if (path := path_of(choice)) is not None:
        line.say(f"reading {path.name}")
        rows = read_features(path).of_examples(data.file_names, len(data))
        return EncodedData(choice, FEATURES, rows, None, 0.0)
    line.say(f"opening the encoder {choice}")
    encoder, start = _opened(choice, download, line), time.monotonic()
    features = _followed(data, encoder, "encoding the images", line)
    test_features = None
    if data.test_images is not None:
        test_features = _followed(_test_part(data), encoder, "encoding the test images", line)
    seconds = time.monotonic() - start
    return EncodedData(choice, encoder.key, features, test_features, seconds, bool(beside))


def _opened(choice: str, download: bool, line: ProgressLine) -> Encoder:
    try:
        return open_encoder(choice)
    except NeedsDownload:
        if not download:
            raise
    for event in opened_apart(choice, "download"):
        line.say(event.message)
    return open_encoder(choice)


def _followed(data: Dataset, encoder: Encoder, message: str, line: ProgressLine) -> NDArray[Any]:
    """The features of a data set, from the workspace or anew: (N, F)."""
    for event in encoded(data, encoder, FeatureStore(paths.default_workspace() / paths.FEATURES)):
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
    return Dataset(
        data.name,
        title,
        data.test_images,
        data.class_names,
        originals=data.test_originals,
        identity="test part",
    )
