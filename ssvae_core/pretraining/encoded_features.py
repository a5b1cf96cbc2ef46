"""The features of a data set by one encoder, as its starter keeps them.

Letters in shapes: N examples, F features.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..encoders import features_for_graph
from ..errors import UserError
from ..storage.bundles import read_bundle, write_bundle

log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class EncodedFeatures:
    """What an encoder made of every example."""

    encoder: str  # as it was chosen, see encoders/
    key: str  # its weights and preprocessing
    values: NDArray[Any]  # (N, F) float16 or float32, as they came
    content: str = ""  # of its files where a person named them, see encoders/own_files.py

    @cached_property
    def for_graph(self) -> NDArray[np.float16]:
        """To compare examples by: (N, F), see features_for_graph."""
        return features_for_graph(self.values).astype(np.float16)

    def save(self, folder: Path, fingerprint: str) -> None:
        """Write them as a bundle, for the data set of this fingerprint. UserError if it fails."""
        of_these = {"fingerprint": fingerprint, "encoder": self.encoder}
        manifest = {**of_these, "key": self.key, "content": self.content}
        write_bundle(folder, {"features": self.values}, manifest)

    @classmethod
    def load(cls, folder: Path, fingerprint: str, encoder: str, n: int) -> EncodedFeatures | None:
        """Those of this encoder and these n examples; None if there are others, none, or damage."""
        if not folder.exists():
            return None
        try:
            arrays, manifest = read_bundle(folder)
            values = arrays["features"]
            if (manifest["fingerprint"], manifest["encoder"]) != (fingerprint, encoder):
                return None
            if values.ndim != 2 or len(values) != n or values.dtype.kind != "f":
                raise ValueError(f"{folder} holds no features of {n} examples")
            if not np.isfinite(values).all():
                raise ValueError(f"{folder} holds features that are no numbers")
            content = str(manifest.get("content", ""))
            return cls(encoder, str(manifest["key"]), values, content)
        except (UserError, KeyError, ValueError) as error:
            log.warning("The images are encoded again: %s", error)
            return None
