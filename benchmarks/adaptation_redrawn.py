"""How a model of domains redraws an example as it would be in another domain, and who judges it.

One logistic regression reads its class, another its domain, both from pixels, learned on real
images of both domains.

Letters in shapes: N images of the source, M of the target, n redrawn ones of each.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from ssvae_core.fitting.fit import Fit
from ssvae_core.training.tensors import as_bytes, as_inputs

N_JUDGED, N_SHOWN = 500, 12


@dataclass(frozen=True, eq=False)
class Redrawn:
    """Shares in percent, and a grid of bytes: 6 x 12 x H x W x 1."""

    as_class: float  # still read as the class that the model gave it
    as_domain: float  # taken for the other domain
    grid: NDArray[np.uint8]  # three rows of the source, three of the target


def redrawn(
    fit: Fit,
    source: NDArray[np.uint8],
    target: NDArray[np.uint8],
    key: NDArray[np.int64],
    seed: int,
) -> Redrawn:
    """What becomes of some of each domain in the other: (N, H, W, 1), (M, H, W, 1), (N,)."""
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(seed)
    at = [rng.permutation(len(images))[:N_JUDGED] for images in (source, target)]
    learner = fit.learner
    assert learner is not None
    model = learner.ema_model.eval()
    drawn, own, classes = [], [], []
    with torch.no_grad():
        for domain, chosen in enumerate(at):
            rows = torch.from_numpy(chosen + domain * len(source))
            x = as_inputs(learner.prepared[rows])
            y = learner.classify(x).argmax(1)
            drawn.append(as_bytes(model.redrawn(x, y, 1 - domain)).reshape(-1, *source.shape[1:]))
            own.append(as_bytes(model.redrawn(x, y)).reshape(-1, *source.shape[1:]))
            classes.append(y.numpy())
    flat = [images.reshape(len(images), -1) / 255 for images in (source, target)]
    domains = np.repeat([0, 1], [len(source), len(target)])
    of_domain = LogisticRegression(C=0.1, max_iter=200).fit(np.concatenate(flat), domains)
    of_class = LogisticRegression(C=0.1, max_iter=200).fit(flat[0], key)
    said = [images.reshape(len(images), -1) / 255 for images in drawn]
    taken = np.concatenate([of_domain.predict(x) == 1 - k for k, x in enumerate(said)])
    read = np.concatenate([of_class.predict(x) == classes[k] for k, x in enumerate(said)])
    grid = []
    for k, images in enumerate((source, target)):
        first = at[k][:N_SHOWN]
        grid += [images[first], own[k][:N_SHOWN], drawn[k][:N_SHOWN]]
    return Redrawn(
        round(100 * float(read.mean()), 1), round(100 * float(taken.mean()), 1), np.stack(grid)
    )
