"""What is suggested next in a session, and all that helps to answer: the queue and the card.

Letters in shapes: N examples, K classes.
"""

from __future__ import annotations

import base64
from collections.abc import Collection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...acquisition import STRATEGIES, Evidence, suggest
from ...errors import UserError
from ...labels.history import JUNK, NONE, SKIPPED, UNSURE, History
from ..session import Session

BACK_AFTER = 20  # events after which a skipped example is asked about again
N_GUESSES = 6  # classes that a card names
N_NEAREST = 6  # labelled examples on a card


def queue(
    session: Session,
    strategy: str,
    n: int,
    without: Collection[int] = (),
    *,
    mix: float = 0.0,
    about: int | None = None,
) -> dict[str, Any]:
    """What to ask next, with reasons; `mix` is the share drawn at random.

    UserError for an unknown strategy, or one that needs a class (`about`) and has none.
    """
    with session.lock:
        classes = session.history.classes
        found = evidence(session, about if about is None else classes.resolve(about))
        names = {number: known.name for number, known in classes.all.items()}
    items = suggest(strategy, found, n, names, without, mix=mix)
    return {
        "strategy": strategy,
        "title": STRATEGIES[strategy].title,
        "items": [vars(item) for item in items],
        "strategies": [
            {"name": key, "title": one.title, "about": one.about, "needs_class": one.needs_class}
            for key, one in STRATEGIES.items()
        ],
    }


def evidence(session: Session, about: int | None = None) -> Evidence:
    """What a strategy chooses by."""
    with session.lock:
        snapshot = session.snapshot
        return Evidence(
            session.atlas,
            trained(session.history, len(session.data)),
            session.probabilities,
            seed=session.row.seed,
            undecided=None if snapshot is None else snapshot.undecided,
            disagree=None if snapshot is None else snapshot.disagree,
            anomaly=None if snapshot is None else snapshot.anomaly,
            excluded=_is_away(session.labels, session.history),
            about_class=about,
        )


def card(session: Session, example: int) -> dict[str, Any]:
    """What propagation and the model say of an example and why, and the nearest labelled ones.

    What needs the trainer is empty while that is away, and `trouble` says so.
    """
    session.check_example(example)
    with session.lock:
        probabilities = session.probabilities
        shares = None if probabilities is None else probabilities[example].copy()
    found: dict[str, Any] = {
        "example": example,
        "guesses": [] if shares is None else likeliest(shares),
        "bounds": [],
        "redrawn": [],
        "in_domains": [],
        "nearest": [],
        "median_distance": None,
        "trouble": "",
    }
    try:
        why = session.trainer.queries.explain(example, N_NEAREST)
    except UserError as error:
        return found | {"trouble": str(error)}
    return found | {
        "bounds": [
            {"class": int(number), "gap": float(gap)}
            for number, gap in zip(why.classes, why.gaps, strict=True)
        ],
        "redrawn": [
            {"class": int(number), "pixels": base64.b64encode(image.tobytes()).decode()}
            for number, image in zip(why.redrawn, why.images, strict=True)
        ],
        "in_domains": [
            {"domain": int(place), "pixels": base64.b64encode(image.tobytes()).decode()}
            for place, image in zip(why.domains, why.domain_images, strict=True)
        ],
        "nearest": [
            {
                "example": int(other),
                "class": int(session.labels[other]),
                "distance": float(distance),
            }
            for other, distance in zip(why.nearest, why.distances, strict=True)
            if session.labels[other] >= 0
        ],
        "median_distance": why.usual_distance,
    }


def trained(history: History, n: int) -> NDArray[np.int16]:
    """What the model learns from: (N,), -1 for the rest."""
    labels = np.full(n, NONE, np.int16)
    labels[list(history.labels)] = list(history.labels.values())
    return labels


def likeliest(shares: NDArray[np.float32]) -> list[dict[str, Any]]:
    """The classes that these shares (K,) are of, N_GUESSES at most, the likeliest first."""
    order = np.argsort(-shares, kind="stable")[:N_GUESSES]
    return [{"class": int(k), "p": float(shares[k])} for k in order if shares[k] > 0]


def _is_away(labels: NDArray[np.int16], history: History) -> NDArray[np.bool_]:
    """Which examples are not asked about: audited, unsure, junk, and skipped a moment ago: (N,)."""
    away = (labels == UNSURE) | (labels == JUNK)
    away[list(history.held)] = True
    for example, value in history.states.items():
        done = history.standing(example)
        recent = done is not None and history.seq - done.seq < BACK_AFTER
        away[example] |= value == SKIPPED and recent
    return away
