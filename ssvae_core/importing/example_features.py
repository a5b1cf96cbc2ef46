"""The features of the examples of an import: from a file of them, or as its source gives them.

All examples of a data set have features or none. What has none where the others do is skipped, and
where images are added to a data set, the features of both have to be of one kind.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..data.dataset import AUTO, FEATURES
from ..data.import_report import Skipped
from ..data.manifest import encoder_of
from ..data.parts import features_in, held_out_in
from ..data.stored import FEATURES as FEATURE_ROWS
from ..errors import Conflict
from .feature_file import MatchedFeatures, path_of, read_features
from .items import Item, Source
from .progress import Choice


class ExampleFeatures:
    """Of an import that begins; `earlier` is what images are added to. Ask `match` first.

    Raises UserError if a file of features cannot be read.
    """

    def __init__(
        self, source: Source, choice: Choice, earlier: Path | None, manifest: dict[str, Any]
    ):
        path = path_of(choice.encoder)
        is_apart = choice.n_processes != 0
        self._file = MatchedFeatures(read_features(path, is_apart=is_apart)) if path else None
        self._source, self._choice = source, choice
        self._name, self._earlier, self._manifest = manifest.get("name", ""), earlier, manifest
        self._n_known: int = manifest.get("n_features") or 0
        self._has = self._file is not None or source.has_features
        self.notes = list(self._file.notes) if self._file else []
        if earlier is not None:
            self._fit_to_earlier()

    def _fit_to_earlier(self) -> None:
        """See that old and new examples have features, or that neither have."""
        if self._n_known and not self._has:
            if encoder_of(self._manifest) in (AUTO, FEATURES):
                raise Conflict(
                    f"{self._name} has features that came with its images, and these images have "
                    "none. Give theirs too (--encoder features:FILE), or choose another encoder "
                    f"for {self._name} first, on the Data page."
                )
            self.notes.append(
                f"The features of {self._name} are left out: the new images come with none."
            )
        elif self._has and not self._n_known:
            if self._file:
                raise Conflict(
                    f"{self._name} has no features that came with its images, so those of the new "
                    "images alone say nothing. Choose an encoder that sees all of them."
                )
            self.notes.append(
                f"The features of the new images are left out: those of {self._name} have none."
            )
        self._has = self._has and self._n_known > 0

    def match(self) -> None:
        """Find the features of each item. UserError if a file does not have them."""
        if self._file:
            self._file.match(self._source)

    def of_earlier(self, *, in_test: bool = False) -> NDArray[np.float32] | None:
        """Those of the examples that are there: (n, F); None where they have none, or none stay.

        `in_test`: of those of the test part. Raises OSError or ValueError if they are damaged.
        """
        if self._earlier is None or not self._has:
            return None
        if in_test:
            return held_out_in(self._earlier, self._manifest).get("test_features")
        return features_in(self._earlier, self._manifest, FEATURE_ROWS)

    def of(self, item: Item, place: int, n_expected: int) -> NDArray[np.float32] | Skipped | None:
        """Those of one item: (F,), or why it is skipped; None where no example has any.

        `n_expected` is how many numbers those before have, 0 before the first.
        """
        if not self._has:
            return None
        found = self._file.of(item.name, place) if self._file else item.features
        n_expected = n_expected or self._n_known
        if found is None:
            return Skipped(item.name, "bad-row", "it has no features, and others have")
        if n_expected and len(found) != n_expected:
            why = f"{len(found)} features; {n_expected} were expected"
            return Skipped(item.name, "bad-row", why)
        if not np.isfinite(found).all():
            return Skipped(item.name, "bad-row", "a number of its features is not finite")
        return found

    def check_length(self, n: int) -> None:
        """Raise UserError if a file has not one row for each of the n items that there were."""
        if self._file:
            self._file.check_length(n)

    @property
    def encoder(self) -> str:
        """What the data set's manifest says."""
        if self._file:
            return FEATURES
        if self._choice.encoder == AUTO:
            return encoder_of(self._manifest)
        return self._choice.encoder
