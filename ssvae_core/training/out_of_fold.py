"""Which labels the other labels contradict: each is hidden in turn, and guessed from the rest.

Letters in shapes: N examples, n labelled ones, K classes.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from .chunks import Chunked

# What labels (N,) of so many classes say of some examples (m,): -> (m, K).
SaidAt = Callable[[NDArray[np.int16], int, NDArray[np.integer]], NDArray[np.float32]]
FOLDS = 5


def stratified(classes: NDArray[np.integer], folds: int = FOLDS, seed: int = 0) -> NDArray[np.intp]:
    """The fold of each label, such that every class is spread over all of them: (n,) -> (n,)."""
    shuffled = np.random.default_rng(seed).permutation(len(classes))
    ordered = shuffled[np.argsort(classes[shuffled], kind="stable")]
    fold = np.empty(len(classes), np.intp)
    fold[ordered] = np.arange(len(classes)) % folds
    return fold


def out_of_fold(
    said_at: SaidAt, labels: NDArray[np.int16], n_classes: int
) -> Chunked[tuple[NDArray[np.intp], NDArray[np.float32]]]:
    """The labelled examples, and each one's class probabilities from the labels of other folds.

    labels: (N,) with -1 for none; by GraphMixture.at, or one graph. -> (n,), (n, K). Nan for an
    example whose class has no label in another fold: nobody could contradict it.
    """
    labelled = np.flatnonzero(labels >= 0)
    classes = labels[labelled]
    fold = stratified(classes)
    found = np.full((len(labelled), n_classes), np.nan, np.float32)
    for number in range(FOLDS):
        hidden = fold == number
        others = labels.copy()
        others[labelled[hidden]] = -1
        judged = hidden & np.isin(classes, classes[~hidden])
        if judged.any():
            found[judged] = said_at(others, n_classes, labelled[judged])
        yield
    return labelled, found
