"""Strategies that ask where the guesses are in doubt, each by another measure of doubt.

While there is no guess, or nobody has measured what a strategy goes by, typical images are asked.

Letters in shapes: N examples, K classes.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ..predictions import margin
from .evidence import Evidence, Names, Scores, guess, labels_around
from .typical import TYPICAL_FIRST, typical, why_typical

BESIDE = 0.5  # of what an example is worth that has a label near: it would teach the same again


def entropy(probabilities: NDArray[np.float32]) -> Scores:
    """How much is left open, in bits: (N, K) -> (N,)."""
    # Sorted, for the same sum in any order of the classes; half precision has no 1e-30.
    shares = np.sort(probabilities.astype(np.float32), axis=1).clip(1e-30)
    return np.asarray(-(shares * np.log2(shares)).sum(1), np.float32)


def closest(evidence: Evidence) -> Scores:
    """The margin alone."""
    if evidence.probabilities is None:
        return typical(evidence)
    return margin(evidence.probabilities)


def close_in_crowds(evidence: Evidence) -> Scores:
    """The margin, in crowded places more."""
    if evidence.probabilities is None:
        return typical(evidence)
    return margin(evidence.probabilities) * np.log1p(evidence.density)


def most_open(evidence: Evidence) -> Scores:
    """The entropy of the guesses."""
    if evidence.probabilities is None:
        return typical(evidence)
    return entropy(evidence.probabilities)


def least_sure(evidence: Evidence) -> Scores:
    """Guessed to be of the class, least sure first; then what it was nearly guessed to be."""
    chosen, shares = evidence.about_class, evidence.probabilities
    if shares is None or chosen is None or chosen >= shares.shape[1]:
        return typical(evidence)
    its = shares[:, chosen]
    is_guessed = (its > 0) & (its >= shares.max(1))
    return np.where(is_guessed, 2 - its, its).astype(np.float32)


def of_scarce_classes(evidence: Evidence) -> Scores:
    """Likely to be of a class that few labels are of, and not beside a label: scarcest first.

    Typical images for the first labels: no guess leads to a class that has none.
    """
    shares, labels = evidence.probabilities, evidence.labels
    if shares is None or evidence.n_labels < TYPICAL_FIRST:
        return typical(evidence)
    n_labels = np.bincount(labels[labels >= 0], minlength=shares.shape[1])
    beside = np.where(evidence.is_near_a_label, BESIDE, 1)
    return np.asarray(beside * shares.max(1) / (1 + n_labels[shares.argmax(1)]), np.float32)


def most_apart(evidence: Evidence) -> Scores:
    """How far the two voices are apart; typical images for the first labels.

    Neither voice knows a class that has none: on MNIST they would agree before all were met.
    """
    if evidence.n_labels < TYPICAL_FIRST:
        return typical(evidence)
    return _known(evidence.disagree, evidence)


def oddest(evidence: Evidence) -> Scores:
    """How badly the best class explains it; what nobody measured comes last."""
    return _known(evidence.anomaly, evidence)


def _known(measured: NDArray[np.floating] | None, evidence: Evidence) -> Scores:
    """What was measured, the rest below it; typical images if nothing was: -> (N,)."""
    if measured is None or not np.isfinite(measured).any():
        return typical(evidence)
    is_known = np.isfinite(measured)
    lowest = float(measured[is_known].min()) - 1
    return np.where(is_known, measured, lowest).astype(np.float32)


def why_close(evidence: Evidence, example: int, names: Names) -> str:
    """Its two best classes with their shares, and how many labels are near."""
    if evidence.probabilities is None:
        return why_typical(evidence, example, names)
    looks, around = guess(evidence, example, names), labels_around(evidence, example)
    verb = "lies" if looks.startswith("between") else "looks"
    return f"It {verb} {looks}, and {around}."


def why_open(evidence: Evidence, example: int, names: Names) -> str:
    """Among how many classes the guess is spread, and its likeliest ones."""
    if evidence.probabilities is None:
        return why_typical(evidence, example, names)
    bits = float(entropy(evidence.probabilities[example : example + 1])[0])
    n_known = int(evidence.probabilities.any(0).sum())
    looks = guess(evidence, example, names)
    return (
        f"Its guess leaves {bits:.1f} of {math.log2(max(n_known, 1)):.1f} bits open; "
        f"it is most {looks}."
        if bits >= 0.05
        else f"Its guess is settled: it looks {looks}."
    )


def why_least_sure(evidence: Evidence, example: int, names: Names) -> str:
    """How sure the guess is of the class."""
    chosen, shares = evidence.about_class, evidence.probabilities
    if shares is None or chosen is None or chosen >= shares.shape[1]:
        return why_typical(evidence, example, names)
    its, name = float(shares[example, chosen]), names[chosen]
    best = evidence.best_two(example)
    if best and its >= best[0][1]:
        return (
            f"It is guessed to be {name}, with {its:.0%} only."
            if its < 0.995
            else (f"It is guessed to be {name}, and nothing else.")
        )
    instead = f", but {names[best[0][0]]} {best[0][1]:.0%}" if best else ""
    return f"It may be {name} ({its:.0%}){instead}."


def why_scarce(evidence: Evidence, example: int, names: Names) -> str:
    """What it looks like, and how many labels are of that class."""
    best = None if evidence.probabilities is None else evidence.best_two(example)
    if not best or evidence.n_labels < TYPICAL_FIRST:
        return why_typical(evidence, example, names)
    n = int((evidence.labels == best[0][0]).sum())
    labels = "one label" if n == 1 else f"{n} labels"
    return f"It looks {guess(evidence, example, names)}; {names[best[0][0]]} has {labels} so far."


def why_apart(evidence: Evidence, example: int, names: Names) -> str:
    """How much of the guess the two voices give to other classes, and what they say together."""
    if evidence.disagree is None or not np.isfinite(evidence.disagree).any():
        return _instead("Nobody has compared the two voices yet", evidence, example, names)
    if evidence.n_labels < TYPICAL_FIRST:
        return _instead("With few labels the two voices agree", evidence, example, names)
    apart = float(evidence.disagree[example])
    if not math.isfinite(apart):
        return "The two voices have not been compared here yet."
    together = ""
    if evidence.probabilities is not None:
        together = f"; together they put it {guess(evidence, example, names)}"
    return f"Propagation and the model differ in {apart:.0%} of their guess{together}."


def why_odd(evidence: Evidence, example: int, names: Names) -> str:
    """How many of the others that were measured are odder."""
    if evidence.anomaly is None or not np.isfinite(evidence.anomaly).any():
        return _instead("No model has been asked what is odd yet", evidence, example, names)
    its, known = float(evidence.anomaly[example]), evidence.anomaly[np.isfinite(evidence.anomaly)]
    if not math.isfinite(its):
        return "The model has not been asked about it yet."
    n_odder = int((known > its).sum())
    odder = {0: "none is", 1: "one is"}.get(n_odder, f"{n_odder:,} are")
    return f"Of {len(known):,} images that the model was asked to explain, {odder} odder."


def _instead(missing: str, evidence: Evidence, example: int, names: Names) -> str:
    because = why_typical(evidence, example, names)
    return f"{missing}; {because[0].lower()}{because[1:]}"
