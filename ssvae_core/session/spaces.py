"""The spaces in which a session's examples can be compared: what is near in each, and its graph.

Letters in shapes: N examples, d dimensions of a space.
"""

from __future__ import annotations

import threading
import time

import numpy as np
from numpy.typing import NDArray

from ..atlas.graphs import PIXELS, load_graphs
from ..atlas.starter_folders import leading_graph, manifest_of, starter_of
from ..errors import NotFound
from ..protocol.queries_of_spaces import SpaceValues
from ..storage.paths import ATLAS, M1, OWN_STARTER, workspace_of
from .session import Session

FRESH = 30.0  # seconds for which a space that was read is taken as it is
AT_ONCE = 8192  # examples whose distance is worked out together

Near = tuple[NDArray[np.int32], NDArray[np.float32]]  # who is near whom, and how far: 2 x (N, k)


class Spaces:
    """Of one session; the space that was read last is kept for a moment."""

    def __init__(self, session: Session):
        """Look at this session."""
        self.session = session
        self._lock = threading.Lock()
        self._kept: tuple[float, str, SpaceValues] | None = None

    def read(self, space: str = "") -> SpaceValues:
        """All examples in a space, "" for the one to trust most.

        UserError where there is none of this name, or while the trainer is away.
        """
        with self._lock:  # who comes second finds it read
            if self._kept is not None:
                at, asked, found = self._kept
                if space in (asked, found.space) and time.monotonic() - at < FRESH:
                    return found
            found = self.session.trainer.queries.read_features(space)
            self._kept = time.monotonic(), space, found
            return found

    def alike(self, example: int, n: int, space: str) -> list[int]:
        """The n examples nearest to one in a space, nearest first. UserError as `read` does."""
        self.session.check_example(example)
        values = self.read(space).values
        if len(values) != len(self.session.data):
            raise NotFound("The images have changed. Reload the page, and ask again.")
        own = values[example].astype(np.float32)
        apart = np.concatenate(
            [
                np.linalg.norm(values[at : at + AT_ONCE].astype(np.float32) - own, axis=1)
                for at in range(0, len(values), AT_ONCE)
            ]
        )
        apart[example] = np.inf
        n = min(n, len(values) - 1)
        nearest = np.argpartition(apart, n - 1)[:n] if n > 0 else np.empty(0, np.intp)
        return [int(one) for one in nearest[np.argsort(apart[nearest], kind="stable")]]

    def graph(self, name: str) -> Near | None:
        """Who is near whom by the graph of this name, 2 x (N, k); None where it is in no file."""
        session = self.session
        own = session.folder / OWN_STARTER
        shared = starter_of(session.data, workspace_of(session.folder))
        folder = own if (own / ATLAS).is_dir() else shared
        has_m1 = (folder / M1).is_dir()
        leading = leading_graph(folder) or ("" if has_m1 else PIXELS)  # a first map tells none
        if leading == name:
            return session.atlas.neighbours, session.atlas.distances
        fingerprint = str(manifest_of(folder).get("fingerprint"))
        for graph in load_graphs(folder, fingerprint, len(session.data)):
            if graph.name == name:
                return graph.neighbours, graph.distances
        return None
