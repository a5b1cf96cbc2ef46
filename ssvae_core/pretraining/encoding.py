"""The features of a data set by a pretrained encoder, with the map forming while they come.

Gone through bit by bit: each `next` does some tenths of a second of work, so that the trainer goes
on taking labels in between; to cancel, cease to iterate. What was encoded stays in the store.

Letters in shapes: N examples, F features, A principal components.
"""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..atlas.atlas import Atlas
from ..atlas.components import AT_ONCE, PrincipalComponents
from ..atlas.graph_clusters import atlas_by_clusters
from ..atlas.graphs import NamedGraph
from ..atlas.layout import FollowingMap, Map
from ..data import Dataset
from ..encoders import (
    FEATURES,
    EncodingProgress,
    FeatureStore,
    centre_of,
    encoded,
    features_for_graph,
    open_encoder,
)
from ..encoders.own_files import content_of
from ..errors import Conflict, UserError
from ..training.device import is_out_of_memory
from .clusters import clustered_ratio
from .encoded_features import EncodedFeatures
from .progress import PretrainingProgress, Watched, laid_out, neighbours_of, watched

MAP_EVERY = 0.2  # of the images, between two maps
LEAST_ON_MAP = 30  # images; fewer tell nothing of where the others go
N_FITTED = 2000  # images that the components are fitted to


@dataclass(frozen=True, eq=False)
class EncodedSet:
    """A data set encoded: its features, who is near whom by them, and the map of that."""

    features: EncodedFeatures
    graph: NamedGraph
    atlas: Atlas | None  # None where no map was drawn


class DatasetEncoding:
    """A data set on its way through an encoder. Iterate it for its events."""

    def __init__(
        self,
        data: Dataset,
        encoder: str,
        store: FeatureStore,
        xy: Map | None,
        seed: int,
        features: EncodedFeatures | None = None,
    ):
        """By this encoder; the map begins as xy, (N, 2), or stays as it is where that is None.

        `features` are given where known.
        """
        self.data, self.encoder, self.store, self.seed = data, encoder, store, seed
        self.map = None if xy is None else FollowingMap(xy, seed=seed)
        self._features = features

    def __iter__(self) -> Iterator[PretrainingProgress | EncodedSet]:
        """Encode, and lay the map out; yields the EncodedSet last. Raises UserError if it fails."""
        features = self._features or (yield from self._encoded())
        yield (looking := PretrainingProgress("looking for each image's neighbours", None))
        comparable, atlas = features_for_graph(features.values), None
        near = yield from neighbours_of(comparable)
        ratio = yield from watched(clustered_ratio(comparable, self.seed), looking)
        if self.map is not None:
            xy = yield from laid_out(near[0], self.map.xy, self.seed)
            atlas = atlas_by_clusters(xy, *near, self.seed)
        yield EncodedSet(features, NamedGraph(self.encoder, *near, ratio), atlas)

    def _encoded(self) -> Watched[EncodedFeatures]:
        if self.encoder.partition(":")[0] == FEATURES:
            yield PretrainingProgress("reading the features", None)
            return _given(self.data, self.encoder)
        yield PretrainingProgress("opening the encoder", None)
        try:
            content, encoder = content_of(self.encoder), open_encoder(self.encoder)
            with closing(encoded(self.data, encoder, self.store)) as work:
                values = yield from self._followed(work)
        except Exception as error:  # whatever an encoder from elsewhere raises ends it alone
            if isinstance(error, UserError) or is_out_of_memory(error):
                raise
            why = str(error).partition("\n")[0]
            raise Conflict(
                f"The encoder {self.encoder} failed: {why}. Choose another on the page of data "
                "sets, or leave the image out that it stumbles over."
            ) from error
        return EncodedFeatures(self.encoder, encoder.key, values, content)

    def _followed(
        self, work: Generator[EncodingProgress | NDArray[Any], None, None]
    ) -> Watched[NDArray[Any]]:
        """The features at the end of this work; a map is drawn anew of what is known so far."""
        mapped = 0.0
        for event in work:
            if not isinstance(event, EncodingProgress):
                return event
            message = f"encoding the images, {event.done:,} of {event.of:,}"
            if event.note:
                message += f". {event.note}"
            progress = PretrainingProgress(message, event.seconds_left)
            yield progress
            share = event.done / event.of
            if self.map is None:
                continue
            if mapped + MAP_EVERY <= share < 1 and event.done >= LEAST_ON_MAP:
                mapped = share - share % MAP_EVERY
                yield from self._map_of(event, progress)
        raise AssertionError("it yields the features last")

    def _map_of(self, event: EncodingProgress, progress: PretrainingProgress) -> Watched[None]:
        """Bring the map to the images that are encoded so far; the others stay."""
        assert self.map is not None
        assert event.features is not None
        assert event.is_known is not None
        known = np.flatnonzero(event.is_known)
        some = np.random.default_rng(self.seed).permutation(known)[:N_FITTED]
        centre = centre_of(event.features[some])
        sample = features_for_graph(event.features[some], centre)
        components = PrincipalComponents(sample, seed=self.seed)
        places = np.zeros((len(self.data), components.n), np.float32)
        for part in np.split(known, range(AT_ONCE, len(known), AT_ONCE)):
            yield progress
            places[part] = components(features_for_graph(event.features[part], centre))
        moved = self.map.follow(places, known=known)
        yield PretrainingProgress(progress.message, progress.seconds_left, self.map.xy, moved)


def _given(data: Dataset, encoder: str) -> EncodedFeatures:
    """The features that came with the data."""
    if data.features is None:
        raise Conflict(
            f"{data.title} has no features of its own that could be read. Import it again with "
            "them, or choose another encoder on the page of data sets."
        )
    values = np.asarray(data.features)
    digest = hashlib.sha256(np.ascontiguousarray(values).data).hexdigest()[:16]
    return EncodedFeatures(encoder, f"{FEATURES}-{digest}", values)
