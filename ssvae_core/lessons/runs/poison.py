"""Labels made wrong on purpose, and how far up the list they come; see texts/poison.py."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...review.label_errors import log_odds
from ...training.chunks import run_to_end
from ...training.out_of_fold import out_of_fold
from ..asked import Asked
from ..crowd import Crowd
from ..result import Finding, bars, lines, pictures
from ..texts.poison import N_LABELS, SHARES, said
from ..training import Tell

N_SHOWN = 10
ANY_CLASS = 0


def run(asked: Asked, tell: Tell) -> Finding:
    """Label, make some wrong, hide each label in turn, and make the list."""
    crowd = Crowd.of(asked.data, tell)
    draws = np.random.default_rng(asked.seed)
    examples = np.sort(crowd.some(min(N_LABELS, len(crowd.classes) // 2), asked.seed))
    n_wrong = max(round(SHARES[int(asked.value)] * len(examples)), 1)
    wrong = draws.permutation(len(examples))[:n_wrong]
    by = draws.integers(1, crowd.n_classes, n_wrong) if asked.free == ANY_CLASS else 1
    labels = crowd.labelled(examples)
    labels[examples[wrong]] = (labels[examples[wrong]] + by) % crowd.n_classes
    tell(0.4, "hiding every label in turn")
    said_at = crowd.propagation.at
    labelled, probabilities = run_to_end(out_of_fold(said_at, labels, crowd.n_classes))
    odds, best = log_odds(labels[labelled], probabilities)
    order = np.argsort(-np.nan_to_num(odds, nan=-np.inf), kind="stable")
    is_wrong = labels[labelled[order]] != crowd.classes[labelled[order]]
    guesses_wrong = crowd.percent_wrong(crowd.propagated(labels).argmax(1), labels)
    found = int(is_wrong[:n_wrong].sum())
    first = order[:N_SHOWN]
    captions = [
        f"{crowd.names[labels[labelled[place]]]} → {crowd.names[best[place]]}" for place in first
    ]
    return Finding(
        100 * found / n_wrong,
        f"{found} of {n_wrong} found",
        said(n_wrong, found, guesses_wrong),
        {},
        {"found": 100 * found / n_wrong, "wrong": guesses_wrong},
        [
            {
                **pictures(
                    "The first of the list: label → guess", crowd.images[labelled[first]][None]
                ),
                "captions": [captions],
            },
            far_down(is_wrong, n_wrong),
            bars("Suspicion of the first twenty, in nats", odds[order[:20]], up_to(20)),
        ],
        0,
        len(crowd.classes),
    )


def far_down(is_wrong: NDArray[np.bool_], n_wrong: int) -> dict[str, object]:
    """How many of the wrong labels are found by looking so far down the list."""
    looked = np.unique(np.linspace(0, len(is_wrong), 61).astype(int))
    found = np.concatenate([[0], is_wrong.cumsum()])[looked]
    ys = {
        "by this list": (100 * found / n_wrong).tolist(),
        "at random": (100 * looked / len(is_wrong)).tolist(),
    }
    return lines(
        "Wrong labels found, in percent", looked.tolist(), ys, ("labels looked at", "found")
    )


def up_to(n: int) -> list[str]:
    """1 to n, as words."""
    return [str(place + 1) for place in range(n)]
