"""The strategies by name, with what the screen says of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from . import coverage, uncertainty
from .evidence import Evidence, Names, Scores
from .typical import at_random, typical, why_random, why_typical


@dataclass(frozen=True)
class Strategy:
    """A way to choose, under the name that the screen shows."""

    title: str
    about: str
    scores: Callable[[Evidence], Scores]
    why: Callable[[Evidence, int, Names], str]
    gap: float = 0.05  # between two suggestions, as a share of the map's width
    needs_class: bool = False
    # Where an answer changes what comes next: chooses n, beside others that are suggested already.
    in_turn: Callable[[Evidence, int, list[int]], list[int]] | None = None
    later: tuple[int, str] | None = None  # labels from which on another strategy takes its place


# Labels after which crowds are guessed right as they are, and what is left lies between classes.
# Notes: benchmarks/notes/acquisition.md
CROWDS_SETTLED = 50

STRATEGIES: dict[str, Strategy] = {
    "auto": Strategy(
        "Best for now",
        "One of every kind first, then where one answer settles the most, then the closest calls.",
        coverage.settles_most,
        coverage.why_it_settles,
        in_turn=coverage.begin_in_turn,
        later=(CROWDS_SETTLED, "margin"),
    ),
    "typical": Strategy(
        "One of every kind",
        "The most typical image of each part of the map, guesses or not.",
        typical,
        why_typical,
    ),
    "close": Strategy(
        "Close calls in crowds",
        "Between two classes, in crowded places first.",
        uncertainty.close_in_crowds,
        uncertainty.why_close,
    ),
    "random": Strategy(
        "Random",
        "Drawn at random, which keeps what is measured on the labels honest.",
        at_random,
        why_random,
        gap=0.0,
    ),
    "margin": Strategy(
        "Closest calls",
        "The two likeliest classes are nearest to each other.",
        uncertainty.closest,
        uncertainty.why_close,
    ),
    "entropy": Strategy(
        "Most open",
        "The guess is spread over the most classes.",
        uncertainty.most_open,
        uncertainty.why_open,
    ),
    "least-sure": Strategy(
        "Least sure of a class",
        "Guessed to be of the class you name, with the least confidence.",
        uncertainty.least_sure,
        uncertainty.why_least_sure,
        needs_class=True,
    ),
    "scarce": Strategy(
        "Classes with few labels",
        "Likely to be of the classes that have the fewest labels.",
        uncertainty.of_scarce_classes,
        uncertainty.why_scarce,
    ),
    "diverse": Strategy(
        "Far from all labels",
        "Each answer speaks for images that no label and no other question speaks for.",
        coverage.covers_most,
        coverage.why_it_covers,
        in_turn=coverage.cover_in_turn,
    ),
    "odd": Strategy(
        "Odd ones out",
        "Even its best class explains it badly: a slip, or a class that nobody named.",
        uncertainty.oddest,
        uncertainty.why_odd,
    ),
    "disagree": Strategy(
        "Two voices, two answers",
        "What the labels propagate and what the model says are furthest apart.",
        uncertainty.most_apart,
        uncertainty.why_apart,
    ),
}
