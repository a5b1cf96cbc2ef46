"""What benchmarks/adaptation.py compares with: a classifier of the source, CORAL and MCC.

CORAL (Sun et al. 2016) and MCC (Jin et al. 2020) are those of skada. None sees a label of the
target; MCC's network and epochs were fixed beforehand.

Letters in shapes: n labelled examples of the source, N of the target, M of its test part, F
features.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from ssvae_core.models.networks import ImageEncoder

EPOCHS, RATE, BATCH, WIDTH = 10, 2e-3, 128, 128
SOURCE, TARGET = 1, -2  # as skada numbers domains
Features = NDArray[np.float32]
Labels = NDArray[np.integer]


def source_only(x: Features, y: Labels, target: Features, test: Features, seed: int) -> Labels:
    """A logistic regression of the source: (n, F), (n,), (N, F), (M, F) -> (M,)."""
    from sklearn.linear_model import LogisticRegression

    found: Labels = LogisticRegression(C=10.0, max_iter=1000).fit(x, y).predict(test)
    return found


def coral(x: Features, y: Labels, target: Features, test: Features, seed: int) -> Labels:
    """The same once the source's covariance is the target's."""
    from skada import CORALAdapter, make_da_pipeline
    from sklearn.linear_model import LogisticRegression

    pipeline = make_da_pipeline(CORALAdapter(), LogisticRegression(C=10.0, max_iter=1000))
    both, labels, domains = _both(x, y, target)
    pipeline.fit(both, labels, sample_domain=domains)
    found: Labels = pipeline.predict(test, sample_domain=np.full(len(test), TARGET))
    return found


def mcc(
    x: NDArray[np.uint8],
    y: Labels,
    target: NDArray[np.uint8],
    test: NDArray[np.uint8],
    seed: int,
) -> Labels:
    """A convolutional network that is not to confuse classes of the target: of images."""
    from skada.deep import MCC

    torch.manual_seed(seed)
    shape = x.shape[1:]
    network = nn.Sequential(ImageEncoder(shape, WIDTH, True), nn.Linear(WIDTH, int(y.max()) + 1))
    learner = MCC(
        _Network(network),
        layer_name="network.0",
        reg=1.0,
        T=2.5,
        batch_size=BATCH,
        max_epochs=EPOCHS,
        optimizer=torch.optim.Adam,
        lr=RATE,
        train_split=None,
        verbose=0,
        iterator_train__drop_last=True,
    )
    pixels = [images.reshape(len(images), -1).astype(np.float32) / 255 for images in (x, target)]
    both, labels, domains = _both(pixels[0], y, pixels[1])
    learner.fit(both, labels, sample_domain=domains)
    tested = test.reshape(len(test), -1).astype(np.float32) / 255
    found: Labels = learner.predict(tested, sample_domain=np.full(len(test), TARGET))
    return found


class _Network(nn.Module):
    """Takes what skada gives, and leaves aside what it adds."""

    def __init__(self, network: nn.Module):
        super().__init__()
        self.network = network

    def forward(self, x: torch.Tensor, sample_weight: Any = None) -> Any:
        return self.network(x.float())


def _both(x: Features, y: Labels, target: Features) -> tuple[Features, Labels, Labels]:
    """Both sets, the classes with -1 for the target's, and the domains as skada counts them."""
    labels = np.append(y.astype(np.int64), np.full(len(target), -1))
    return np.concatenate([x, target]), labels, np.repeat([SOURCE, TARGET], [len(x), len(target)])
