"""Strategies that ask where the guesses are in doubt, each by another measure of doubt.

While there is no guess, or nobody has measured what a strategy goes by, typical images are asked.

Letters in shapes: N examples, K classes.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ..predictions import margin
from .evidence import Names, Scores, Situation, guess, labels_around
from .typical import TYPICAL_FIRST, typical, why_typical

BESIDE = 0.5  # of what an example is worth that has a label near: it would teach the same again


def entropy(probabilities: NDArray[np.float32]) -> Scores:
    """How much is left open, in bits: (N, K) -> (N,)."""
    # Sorted, for the same sum in any order of the classes; half precision has no 1e-30.
    shares = np.sort(probabilities.astype(np.float32), axis=1).clip(1e-30)
    return np.asarray(-(shares * np.log2(shares)).sum(1), np.float32)


def closest(situation: Situation) -> Scores:
    """The margin alone."""
    if situation.probabilities is None:
        return typical(situation)
    return margin(situation.probabilities)


def close_in_crowds(situation: Situation) -> Scores:
    """The margin, in crowded places more."""
    if situation.probabilities is None:
        return typical(situation)
    return margin(situation.probabilities) * np.log1p(situation.density)


def most_open(situation: Situation) -> Scores:
    """The entropy of the guesses."""
    if situation.probabilities is None:
        return typical(situation)
    return entropy(situation.probabilities)


def least_sure(situation: Situation) -> Scores:
    """Guessed to be of the class, least sure first; then what it was nearly guessed to be."""
    chosen, shares = situation.about_class, situation.probabilities
    if shares is None or chosen is None or chosen >= shares.shape[1]:
        return typical(situation)
    its = shares[:, chosen]
    is_guessed = (its > 0) & (its >= shares.max(1))
    return np.where(is_guessed, 2 - its, its).astype(np.float32)


def of_scarce_classes(situation: Situation) -> Scores:
    """Likely to be of a class that few labels are of, and not beside a label: scarcest first.

    Typical images for the first labels: no guess leads to a class that has none.
    """
    shares, labels = situation.probabilities, situation.labels
    if shares is None or situation.n_labels < TYPICAL_FIRST:
        return typical(situation)
    n_labels = np.bincount(labels[labels >= 0], minlength=shares.shape[1])
    beside = np.where(situation.is_near_a_label, BESIDE, 1)
    return np.asarray(beside * shares.max(1) / (1 + n_labels[shares.argmax(1)]), np.float32)


def most_apart(situation: Situation) -> Scores:
    """How far the two voices are apart; typical images for the first labels.

    Neither voice knows a class that has none: on MNIST they would agree before all were met.
    """
    if situation.n_labels < TYPICAL_FIRST:
        return typical(situation)
    return _known(situation.disagree, situation)


def oddest(situation: Situation) -> Scores:
    """How badly the best class explains it; what nobody measured comes last."""
    return _known(situation.odd, situation)


def _known(measured: NDArray[np.floating] | None, situation: Situation) -> Scores:
    """What was measured, the rest below it; typical images if nothing was: -> (N,)."""
    if measured is None or not np.isfinite(measured).any():
        return typical(situation)
    is_known = np.isfinite(measured)
    lowest = float(measured[is_known].min()) - 1
    return np.where(is_known, measured, lowest).astype(np.float32)


def why_close(situation: Situation, example: int, names: Names) -> str:
    """Its two best classes with their shares, and how many labels are near."""
    if situation.probabilities is None:
        return why_typical(situation, example, names)
    looks, around = guess(situation, example, names), labels_around(situation, example)
    verb = "lies" if looks.startswith("between") else "looks"
    return f"It {verb} {looks}, and {around}."


def why_open(situation: Situation, example: int, names: Names) -> str:
    """Among how many classes the guess is spread, and its likeliest ones."""
    if situation.probabilities is None:
        return why_typical(situation, example, names)
    bits = float(entropy(situation.probabilities[example : example + 1])[0])
    n_known = int(situation.probabilities.any(0).sum())
    looks = guess(situation, example, names)
    return (
        f"Its guess leaves {bits:.1f} of {math.log2(max(n_known, 1)):.1f} bits open; "
        f"it is most {looks}."
        if bits >= 0.05
        else f"Its guess is settled: it looks {looks}."
    )


def why_least_sure(situation: Situation, example: int, names: Names) -> str:
    """How sure the guess is of the class."""
    chosen, shares = situation.about_class, situation.probabilities
    if shares is None or chosen is None or chosen >= shares.shape[1]:
        return why_typical(situation, example, names)
    its, name = float(shares[example, chosen]), names[chosen]
    best = situation.best_two(example)
    if best and its >= best[0][1]:
        return (
            f"It is guessed to be {name}, with {its:.0%} only."
            if its < 0.995
            else (f"It is guessed to be {name}, and nothing else.")
        )
    instead = f", but {names[best[0][0]]} {best[0][1]:.0%}" if best else ""
    return f"It may be {name} ({its:.0%}){instead}."


def why_scarce(situation: Situation, example: int, names: Names) -> str:
    """What it looks like, and how many labels are of that class."""
    best = None if situation.probabilities is None else situation.best_two(example)
    if not best or situation.n_labels < TYPICAL_FIRST:
        return why_typical(situation, example, names)
    n = int((situation.labels == best[0][0]).sum())
    labels = "one label" if n == 1 else f"{n} labels"
    return f"It looks {guess(situation, example, names)}; {names[best[0][0]]} has {labels} so far."


def why_apart(situation: Situation, example: int, names: Names) -> str:
    """How much of the guess the two voices give to other classes, and what they say together."""
    if situation.disagree is None or not np.isfinite(situation.disagree).any():
        return _instead("Nobody has compared the two voices yet", situation, example, names)
    if situation.n_labels < TYPICAL_FIRST:
        return _instead("With few labels the two voices agree", situation, example, names)
    apart = float(situation.disagree[example])
    if not math.isfinite(apart):
        return "The two voices have not been compared here yet."
    together = ""
    if situation.probabilities is not None:
        together = f"; together they put it {guess(situation, example, names)}"
    return f"Propagation and the model differ in {apart:.0%} of their guess{together}."


def why_odd(situation: Situation, example: int, names: Names) -> str:
    """How many of the others that were measured are odder."""
    if situation.odd is None or not np.isfinite(situation.odd).any():
        return _instead("No model has been asked what is odd yet", situation, example, names)
    its, known = float(situation.odd[example]), situation.odd[np.isfinite(situation.odd)]
    if not math.isfinite(its):
        return "The model has not been asked about it yet."
    n_odder = int((known > its).sum())
    odder = {0: "none is", 1: "one is"}.get(n_odder, f"{n_odder:,} are")
    return f"Of {len(known):,} images that the model was asked to explain, {odder} odder."


def _instead(missing: str, situation: Situation, example: int, names: Names) -> str:
    because = why_typical(situation, example, names)
    return f"{missing}; {because[0].lower()}{because[1:]}"
