"""Which images to ask about next, with a reason in words.

A strategy is a function Situation -> scores (N,), higher first; `suggest` spreads the best ones out
over the map and says why each is asked. Our experiments: entropy and margin alone lose to random
while few classes have been seen; typical images first, then close calls in dense places, win.

Letters in shapes: N examples, K classes, k neighbours of each.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .atlas import Atlas

Scores = NDArray[np.float32]
TYPICAL_FIRST = 20  # labels until `auto` turns from typical images to close calls


@dataclass(frozen=True)
class Situation:
    """What is known when a question is chosen."""

    atlas: Atlas
    labels: NDArray[np.int16]  # (N,), -1 is "no label"
    probabilities: NDArray[np.float32] | None  # (N, K), or None before the first label
    seed: int = 0

    @property
    def n_labels(self) -> int:
        """How many examples a person has labelled."""
        return int((self.labels >= 0).sum())

    @property
    def density(self) -> NDArray[np.float32]:
        """How crowded each example's surroundings are, 1 on average: (N,)."""
        reach = self.atlas.distances[:, -1]
        return np.asarray(reach.mean() / np.maximum(reach, 1e-6), np.float32)


@dataclass(frozen=True)
class Suggestion:
    """An image to ask about, and why."""

    example: int
    why: str


@dataclass(frozen=True)
class Strategy:
    """A way to choose, under the name that the screen shows."""

    title: str
    scores: Callable[[Situation], Scores]
    why: Callable[[Situation, int, tuple[str, ...]], str]
    gap: float = 0.05  # between two suggestions, as a share of the map's width


def margin(probabilities: NDArray[np.float32]) -> Scores:
    """How close the two best classes are, 1 if equal: (N, K) -> (N,)."""
    if probabilities.shape[1] < 2:
        return np.zeros(len(probabilities), np.float32)
    best = np.partition(probabilities, -2, axis=1)[:, -2:]
    return np.asarray(1 - (best[:, 1] - best[:, 0]), np.float32)


def typical(situation: Situation) -> Scores:
    """Medoids of the map in their order; then crowded places without a label near."""
    scores = situation.density / (1 + situation.density.max())
    scores[_near_a_label(situation)] = 0
    medoids = situation.atlas.medoids
    scores[medoids] = 2 - np.arange(len(medoids)) / len(medoids)
    return scores


def close_calls(situation: Situation) -> Scores:
    """The margin, in crowded places more; typical images while there is no guess."""
    if situation.probabilities is None:
        return typical(situation)
    return margin(situation.probabilities) * np.log1p(situation.density)


def at_random(situation: Situation) -> Scores:
    """A fixed random order, so that a queue does not change under the hands."""
    rng = np.random.default_rng(situation.seed)
    return rng.random(len(situation.labels), np.float32)


def auto(situation: Situation) -> Scores:
    """Typical images up to 20 labels, then close calls."""
    return (typical if situation.n_labels < TYPICAL_FIRST else close_calls)(situation)


def _why_typical(situation: Situation, example: int, names: tuple[str, ...]) -> str:
    if (np.flatnonzero(situation.atlas.medoids == example)).size:
        return "It is the most typical image of its part of the map."
    if _near_a_label(situation)[example]:
        return f"It is among the images left; {_labels_around(situation, example)}."
    return "It stands in a crowd, far from everything you labelled."


def _why_close(situation: Situation, example: int, names: tuple[str, ...]) -> str:
    if situation.probabilities is None:
        return _why_typical(situation, example, names)
    shares = situation.probabilities[example]
    best = np.argsort(-shares, kind="stable")[:2]
    around = _labels_around(situation, example)
    if len(best) < 2 or shares[best[1]] <= 0:
        return f"It looks like {names[best[0]]}, and {around}."
    return (
        f"It lies between {names[best[0]]} and {names[best[1]]} "
        f"({shares[best[0]]:.0%} / {shares[best[1]]:.0%}), and {around}."
    )


def _labels_around(situation: Situation, example: int) -> str:
    near = situation.atlas.neighbours[example]
    n = int((situation.labels[near] >= 0).sum())
    some = {0: "none of", 1: "only one of"}.get(n, f"{n} of")
    return f"{some} its {len(near)} nearest images {'have' if n > 1 else 'has'} a label"


def _why_random(situation: Situation, example: int, names: tuple[str, ...]) -> str:
    return "Drawn at random."


def _why_auto(situation: Situation, example: int, names: tuple[str, ...]) -> str:
    reason = _why_typical if situation.n_labels < TYPICAL_FIRST else _why_close
    return reason(situation, example, names)


STRATEGIES: dict[str, Strategy] = {
    "auto": Strategy("Best for now", auto, _why_auto),
    "typical": Strategy("One of every kind", typical, _why_typical),
    "close": Strategy("Close calls, spread out", close_calls, _why_close),
    "random": Strategy("Random", at_random, _why_random, gap=0.0),
}


def suggest(
    strategy: str,
    situation: Situation,
    n: int,
    class_names: tuple[str, ...],
    without: Collection[int] = (),
) -> list[Suggestion]:
    """The n best examples without a label, no two of them neighbours, best first.

    Raises ValueError for a strategy that is not in STRATEGIES.
    """
    if strategy not in STRATEGIES:
        raise ValueError(f"Unknown strategy '{strategy}'. Choose one of: {', '.join(STRATEGIES)}.")
    chosen_by = STRATEGIES[strategy]
    scores = chosen_by.scores(situation)
    free = situation.labels < 0
    free[list(without)] = False
    candidates = np.flatnonzero(free)
    order = candidates[np.argsort(-scores[candidates], kind="stable")]
    return [
        Suggestion(int(example), chosen_by.why(situation, int(example), class_names))
        for example in _spread_out(order, situation.atlas, n, chosen_by.gap)
    ]


def _spread_out(order: NDArray[np.intp], atlas: Atlas, n: int, gap: float) -> list[int]:
    """The first n of the order that lie a gap apart on the map and are not neighbours.

    Where there are not so many, the gap is halved, and then given up.
    """
    order = order[: 50 * n]
    xy, neighbours = atlas.xy[order], atlas.neighbours[order]
    chosen: list[int] = []
    is_near = np.zeros(len(order), bool)  # to one that is chosen, or chosen itself
    squared = np.full(len(order), np.inf, np.float32)  # distance on the map to the chosen
    for least in (gap, gap / 2, 0.0):
        while len(chosen) < n:
            is_open = ~is_near & (squared >= least**2)
            if not is_open.any():
                break
            first = int(is_open.argmax())
            example = int(order[first])
            chosen.append(example)
            is_near |= np.isin(order, atlas.neighbours[example]) | (neighbours == example).any(1)
            is_near[first] = True
            squared = np.minimum(squared, ((xy - xy[first]) ** 2).sum(1))
    rest = order[~np.isin(order, chosen)]
    return chosen + rest[: n - len(chosen)].tolist()


def _near_a_label(situation: Situation) -> NDArray[np.bool_]:
    """Whether an example, or a neighbour of it, has a label: (N,)."""
    labelled = situation.labels >= 0
    near: NDArray[np.bool_] = labelled | labelled[situation.atlas.neighbours].any(1)
    return near
