"""A linear probe: multinomial logistic regression from features to the labels given so far.

Beside label propagation it is the other thing that answers at once. Propagation follows who is
near whom among all examples, the probe knows the labelled ones only, but weighs the features; on
photographs each sets right what the other gets wrong. Some principal components are as good as all
features, better with few labels, and cost less; each example's are joined by those of its
neighbours (a step of Wu et al. 2019, simplified graph convolutions).
Notes: benchmarks/notes/training-graph_evidence.md

Letters in shapes: N examples, F features, A their principal components, n labelled examples,
R their rank, K classes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..atlas.components import N_FITTED, Features, PrincipalComponents
from .out_of_fold import FOLDS, stratified

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

N_COMPONENTS = 256
INVERSE_PENALTY = 10.0  # C of scikit-learn's LogisticRegression
MOST_ITERATIONS = 60  # of L-BFGS
SMALLEST_SCALE = 1e-5  # of the largest: principal axes of the labelled that are only round-off


@dataclass(frozen=True)
class LinearClassifier:
    """Scores of the classes are components @ weights + bias; -inf of a class without labels."""

    weights: NDArray[np.float32]  # (A, K)
    bias: NDArray[np.float32]  # (K,)

    def probabilities(self, components: Features) -> NDArray[np.float32]:
        """p(y|x): (M, A) -> (M, K)."""
        return _softmax(components @ self.weights + self.bias)


class LinearProbe:
    """Answers from features by what the labels teach; the same labels, the same answer."""

    def __init__(self, features: Features, graph: csr_matrix | None = None, seed: int = 0):
        """The features of all examples, made comparable, (N, F), and who is alike, (N, N)."""
        chosen = np.random.default_rng(seed).permutation(len(features))[:N_FITTED]
        self._reduce = PrincipalComponents(features[np.sort(chosen)], N_COMPONENTS, seed)
        self._alone = self._reduced(features)  # (N, A)
        self.components = self._alone  # (N, A)
        self.is_smoothed = graph is not None
        if graph is not None:
            self.components = of_length_1(self._alone + graph @ self._alone)

    def reduced(
        self,
        features: Features,
        found: NDArray[np.intp] | None = None,
        weights: NDArray[np.float32] | None = None,
    ) -> Features:
        """Principal components of others' features, of length 1: (M, F) -> (M, A).

        Joined by those of their neighbours among all examples, if these and how alike each is are
        given: (M, k), (M, k).
        """
        alone = self._reduced(features)
        if not self.is_smoothed or found is None or weights is None:
            return alone
        shares = weights / weights.sum(1, keepdims=True)
        return of_length_1(alone + np.einsum("mk,mka->ma", shares, self._alone[found]))

    def _reduced(self, features: Features) -> Features:
        return of_length_1(self._reduce(features))

    def fitted(self, labels: NDArray[np.int16], n_classes: int) -> LinearClassifier:
        """What these labels (N,) teach, -1 for none; there is at least one."""
        labelled = np.flatnonzero(labels >= 0)
        return fitted(self.components[labelled], labels[labelled], n_classes)

    def left_out(
        self, labels: NDArray[np.int16], n_classes: int, examples: NDArray[np.integer]
    ) -> NDArray[np.float32]:
        """What is said of labelled examples (m,) where their fold's labels are hidden: -> (m, K).

        The folds are of these examples only; other labels are always there.
        """
        classes = labels[examples]
        fold = stratified(classes, FOLDS)
        said = np.zeros((len(examples), n_classes), np.float32)
        for number in np.unique(fold):
            hidden, others = fold == number, labels.copy()
            others[examples[hidden]] = -1
            if (others >= 0).any():
                taught = self.fitted(others, n_classes)
                said[hidden] = taught.probabilities(self.components[examples[hidden]])
        return said


def of_length_1(rows: Features) -> Features:
    """The same directions: (M, A) -> (M, A). What is 0 stays so."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    lengths[lengths == 0] = 1
    scaled: Features = (rows / lengths).astype(np.float32)
    return scaled


def fitted(x: Features, classes: NDArray[np.integer], n_classes: int) -> LinearClassifier:
    """Multinomial logistic regression: (n, A), (n,) -> weights and bias.

    The least C times the sum of -log p(y|x) plus half the squared weights, by L-BFGS from 0. Its
    weights lie in the span of the labelled, so it is looked for there.
    """
    from scipy.optimize import minimize

    u, scales, axes = np.linalg.svd(x.astype(np.float64), full_matrices=False)
    kept = scales > SMALLEST_SCALE * scales.max(initial=0.0)
    rows, axes = u[:, kept] * scales[kept], axes[kept]  # (n, R), (R, A)
    known = np.unique(classes)
    targets = (classes[:, None] == known).astype(np.float64)
    rank = rows.shape[1]

    def loss_and_gradient(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights, bias = flat[: -len(known)].reshape(rank, len(known)), flat[-len(known) :]
        scores = rows @ weights + bias
        scores -= scores.max(1, keepdims=True)
        log_sums = np.log(np.exp(scores).sum(1, keepdims=True))
        loss = INVERSE_PENALTY * ((targets * (log_sums - scores)).sum()) + (weights**2).sum() / 2
        slope = INVERSE_PENALTY * (np.exp(scores - log_sums) - targets)
        return float(loss), np.concatenate([(rows.T @ slope + weights).ravel(), slope.sum(0)])

    start = np.zeros((rank + 1) * len(known))
    limits = {"maxiter": MOST_ITERATIONS}
    found = minimize(loss_and_gradient, start, jac=True, method="L-BFGS-B", options=limits).x
    weights = np.zeros((x.shape[1], n_classes), np.float32)
    weights[:, known] = axes.T @ found[: -len(known)].reshape(rank, len(known))
    bias = np.full(n_classes, -np.inf, np.float32)
    bias[known] = found[-len(known) :]
    return LinearClassifier(weights, bias)


def _softmax(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    shares = np.exp(scores - scores.max(1, keepdims=True))
    probabilities: NDArray[np.float32] = shares / shares.sum(1, keepdims=True)
    return probabilities
