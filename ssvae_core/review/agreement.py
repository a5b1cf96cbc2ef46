"""Do people agree? Kappas of their votes, and the examples on which they differ.

Cohen's kappa (1960) for two people comes from scikit-learn. For all of them together there is
Krippendorff's alpha (nominal), and Fleiss' kappa, which follows from it, where each example has as
many votes: people who share the work seldom give that. (statsmodels, which has Fleiss' kappa, is
65 MB and four more packages for that one function.)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

Votes = Mapping[int, Mapping[str, int]]  # {example: {person: class}}


@dataclass(frozen=True)
class Pair:
    """Two people's agreement; kappa is None where it is not defined, and `why` says so."""

    people: tuple[str, str]
    n: int  # examples on which both voted
    agreed: int
    kappa: float | None
    why: str = ""


@dataclass(frozen=True)
class Disagreement:
    """An example with different votes."""

    example: int
    votes: Mapping[str, int]
    leading: int | None  # the class with most votes, None in a tie
    confidence: float  # of the model in its guess


@dataclass(frozen=True)
class Agreement:
    """All of it."""

    pairs: tuple[Pair, ...]
    overall: float | None  # Krippendorff's alpha
    fleiss: float | None  # Fleiss' kappa, where every example has as many votes
    n_doubly: int  # examples with two votes or more
    disagreements: tuple[Disagreement, ...]


def agreement(votes: Votes, confidence: Mapping[int, float] | None = None) -> Agreement:
    """How far people agree, disagreements worst first.

    Worst is where most people are against the leading class; then where the model is surest
    ({example: confidence}), because there a label is probably just wrong.
    """
    doubly = {example: of for example, of in votes.items() if len(of) > 1}
    people = sorted({person for of in votes.values() for person in of})
    alpha = _alpha(doubly)
    return Agreement(
        pairs=tuple(_pair(votes, *two) for two in combinations(people, 2)),
        overall=alpha,
        fleiss=_fleiss(alpha, doubly),
        n_doubly=len(doubly),
        disagreements=tuple(_disagreements(doubly, confidence or {})),
    )


def _pair(votes: Votes, one: str, other: str) -> Pair:
    from sklearn.metrics import cohen_kappa_score

    both = [(of[one], of[other]) for of in votes.values() if one in of and other in of]
    agreed = sum(first == second for first, second in both)
    people, n = (one, other), len(both)
    if not both:
        return Pair(people, 0, 0, None, "They have no image in common.")
    if len({label for two in both for label in two}) < 2:
        return Pair(people, n, agreed, None, "Both only ever gave one class, the same.")
    return Pair(people, n, agreed, float(cohen_kappa_score(*zip(*both, strict=True))))


def _alpha(doubly: Votes) -> float | None:
    """Krippendorff's alpha of nominal votes; None with fewer than two classes."""
    import krippendorff

    classes = sorted({label for of in doubly.values() for label in of.values()})
    if len(classes) < 2:
        return None
    counts = np.array(
        [[list(of.values()).count(label) for label in classes] for of in doubly.values()]
    )
    return float(krippendorff.alpha(value_counts=counts, level_of_measurement="nominal"))


def _fleiss(alpha: float | None, doubly: Votes) -> float | None:
    """Fleiss' kappa (1971) from alpha: 1 - alpha = (1 - 1/n) (1 - kappa), n votes in all.

    None unless each example has the same number of votes, which is what it is defined for.
    """
    if alpha is None or len({len(of) for of in doubly.values()}) != 1:
        return None
    n_votes = sum(len(of) for of in doubly.values())
    return 1 - (1 - alpha) / (1 - 1 / n_votes)


def _disagreements(doubly: Votes, confidence: Mapping[int, float]) -> list[Disagreement]:
    found = []
    for example, of in doubly.items():
        counts = Counter(of.values()).most_common()
        if len(counts) > 1:
            is_tie = counts[0][1] == counts[1][1]
            sure = float(confidence.get(example, 0.0))
            found.append(Disagreement(example, dict(of), None if is_tie else counts[0][0], sure))

    def badness(found: Disagreement) -> tuple[int, float, int]:
        against = len(found.votes) - max(Counter(found.votes.values()).values())
        return -against, -found.confidence, found.example

    return sorted(found, key=badness)
