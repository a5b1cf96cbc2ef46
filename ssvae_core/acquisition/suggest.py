"""The next few suggestions of a strategy, no two of them alike, some at random if wanted.

Letters in shapes: N examples.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..atlas.atlas import Atlas
from ..errors import UserError
from .evidence import Evidence, Names
from .strategies import STRATEGIES, Strategy

TRIED_PER_QUESTION = 50  # candidates for each suggestion, before neighbours are let in


@dataclass(frozen=True)
class Suggestion:
    """An image to label next, and why."""

    example: int
    why: str


def suggest(
    strategy: str,
    evidence: Evidence,
    n: int,
    class_names: Names,
    without: Collection[int] = (),
    mix: float = 0.0,
) -> list[Suggestion]:
    """The n best examples that may be suggested, no two of them neighbours, best first.

    `without` are suggested already: none of them, and no neighbour of theirs. `mix` is the share of
    the suggestions that is drawn at random instead, spread evenly over all of them. Raises
    UserError for a strategy that is not in STRATEGIES, one that needs a class and has none, and
    a mix that is no share.
    """
    chosen_by = _checked(strategy, evidence, class_names, mix)
    is_open = evidence.is_open
    asked = [example for example in without if is_open[example]]
    n = min(n, int(is_open.sum()) - len(set(asked)))
    random_baseline = chance_slots(evidence.n_labels + len(asked), n, mix)
    drawn = _chosen(STRATEGIES["random"], evidence, sum(random_baseline), asked)
    best = _chosen(chosen_by, evidence, n - len(drawn), [*asked, *drawn])
    chance, choice = iter(drawn), iter(best)
    return [
        Suggestion(example, by.why(evidence, example, class_names))
        for example, by in (
            (next(chance), STRATEGIES["random"]) if is_chance else (next(choice), chosen_by)
            for is_chance in random_baseline
        )
    ]


def chance_slots(start: int, n: int, mix: float) -> list[bool]:
    """Which of the suggestions start, ..., start + n - 1 are drawn at random: a share `mix` of any.

    Of one suggestion after the other it is the same share as of all at once.
    """
    return [int((i + 1) * mix + 1e-9) > int(i * mix + 1e-9) for i in range(start, start + n)]


def _checked(strategy: str, evidence: Evidence, names: Names, mix: float) -> Strategy:
    if strategy not in STRATEGIES:
        raise UserError(f"Unknown strategy '{strategy}'. Choose one of: {', '.join(STRATEGIES)}.")
    if STRATEGIES[strategy].needs_class:
        classes = dict(names) if isinstance(names, dict) else dict(enumerate(names))
        if evidence.about_class not in classes:
            raise UserError(
                f"The strategy '{strategy}' needs a class to ask about. Choose one of: "
                f"{', '.join(f'{key} ({name})' for key, name in classes.items())}."
            )
    if not 0 <= mix <= 1:
        raise UserError(f"The share of random suggestions must lie between 0 and 1, got {mix}.")
    chosen = STRATEGIES[strategy]
    if chosen.later is not None and evidence.n_labels >= chosen.later[0]:
        return STRATEGIES[chosen.later[1]]
    return chosen


def _chosen(by: Strategy, evidence: Evidence, n: int, beside: list[int]) -> list[int]:
    """The n best by this strategy, beside what is suggested already."""
    if n == 0:
        return []
    if by.in_turn:
        return by.in_turn(evidence, n, beside)
    is_free = evidence.is_open.copy()
    is_free[beside] = False
    candidates = np.flatnonzero(is_free)
    order = candidates[np.argsort(-by.scores(evidence)[candidates], kind="stable")]
    return spread_out(order, evidence.atlas, n, by.gap, beside)


def spread_out(
    order: NDArray[np.intp], atlas: Atlas, n: int, gap: float, beside: Collection[int] = ()
) -> list[int]:
    """The first n of the order that lie a gap apart on the map and are not neighbours.

    Where there are not so many, the gap is halved, and then given up.
    """
    tried = order[: TRIED_PER_QUESTION * (n + len(beside))]
    xy, neighbours = atlas.xy[tried], atlas.neighbours[tried]
    chosen: list[int] = []
    is_near = np.zeros(len(tried), bool)  # to one that is suggested, or so itself
    squared = np.full(len(tried), np.inf, np.float32)  # distance on the map to the suggested

    def keep_away_from(example: int) -> None:
        nonlocal is_near, squared
        is_near |= np.isin(tried, atlas.neighbours[example]) | (neighbours == example).any(1)
        is_near |= tried == example
        squared = np.minimum(squared, ((xy - atlas.xy[example]) ** 2).sum(1))

    for example in beside:
        keep_away_from(example)
    for least in (gap, gap / 2, 0.0):
        while len(chosen) < n:
            is_free = ~is_near & (squared >= least**2)
            if not is_free.any():
                break
            chosen.append(int(tried[int(is_free.argmax())]))
            keep_away_from(chosen[-1])
    rest = order[~np.isin(order, chosen)]
    return chosen + rest[: n - len(chosen)].tolist()
