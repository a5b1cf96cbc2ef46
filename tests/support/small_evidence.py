"""Small atlases, labels and guesses for strategies to choose by."""

import numpy as np

from ssvae_core.acquisition import Evidence as AnyEvidence

N, K = 200, 4
NAMES = ("ant", "bee", "cow", "dog")


def Evidence(atlas, labels, probabilities, seed=0, **more):
    """As the app gives it; a strategy that needs a class is asked about the first."""
    return AnyEvidence(atlas, labels, probabilities, seed, **{"about_class": 0, **more})


def guesses(seed=1):
    """Probabilities, some close and some certain: (N, K)."""
    return np.random.default_rng(seed).dirichlet(np.full(K, 0.3), N).astype(np.float32)


def labels_of(n_labels, n_classes=K):
    labels = np.full(N, -1, np.int16)
    labels[np.random.default_rng(2).permutation(N)[:n_labels]] = np.arange(n_labels) % n_classes
    return labels


def measured():
    """What a model says, of most examples."""
    rng = np.random.default_rng(3)
    anomaly = rng.normal(size=N).astype(np.float16)
    anomaly[::7] = np.nan
    apart, undecided = rng.random((2, N)).astype(np.float16)
    return {"undecided": undecided, "disagree": apart, "anomaly": anomaly}


def examples(suggestions):
    return [suggestion.example for suggestion in suggestions]
