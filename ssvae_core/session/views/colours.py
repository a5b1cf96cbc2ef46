"""What the dots of a map can be coloured by besides classes: how odd they are, and who named them.

Letters in shapes: N examples.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..session import Session


def anomaly_scores(session: Session) -> tuple[str, NDArray[np.uint8]]:
    """The snapshot's name, and how odd each example is among those asked about, 1 to 255: (N,).

    0 is where the model has not been asked yet.
    """
    with session.lock:
        snapshot, name = session.snapshot, session.snapshot_name
    ranks = np.zeros(len(session.data), np.uint8)
    if snapshot is not None and snapshot.anomaly is not None:
        asked = np.flatnonzero(np.isfinite(snapshot.anomaly))
        order = asked[np.argsort(snapshot.anomaly[asked], kind="stable")]
        ranks[order] = np.linspace(1, 255, len(order)).astype(np.uint8)
    return name, ranks


def annotators(session: Session) -> dict[str, Any]:
    """Who made each labelled example what it is: `people`, `examples`, and whose each of them is.

    A person is a place in `people`; "" is who gave no name.
    """
    with session.lock:
        history = session.history
        by = {i: done.annotator for i in history.given if (done := history.standing(i))}
        people = sorted(set(by.values()))
        place = {name: k for k, name in enumerate(people)}
        return {
            "seq": history.seq,
            "people": people,
            "examples": list(by),
            "of": [place[name] for name in by.values()],
        }
