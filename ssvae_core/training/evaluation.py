"""What a trained model is asked once it has learned: its bound, its drawings.

Letters in shapes: M examples, S an example's own shape, D the number of its values, K classes.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from .learner import Learner, as_bytes, as_inputs

N_EXAMPLES = 1000  # the mean of a bound is known to 1 % by them


@torch.no_grad()
def mean_bound(learner: Learner, values: NDArray[np.uint8]) -> float | None:
    """The bound of log p(x, y), y the likeliest class, mean of the first 1000: (M, *S) -> nats.

    Of what the model sees: M1+M2 sees features. None for a model without densities.
    """
    model = learner.speaker.eval()
    some = torch.from_numpy(np.ascontiguousarray(values[:N_EXAMPLES])).flatten(1)
    x = model.prepare(as_inputs(some.to(learner.device)))
    y = model.classify(x).argmax(-1)
    try:
        model.log_weight(x[:1], y[:1])
    except TypeError:
        return None
    return float(model.bound(x, y).mean())


@torch.no_grad()
def drawn(learner: Learner, n: int, seed: int) -> NDArray[np.uint8]:
    """N examples of each class, their styles drawn from the prior: -> (K, n, D)."""
    torch.manual_seed(seed)
    model = learner.speaker.eval()
    y = torch.arange(model.n_classes, device=learner.device).repeat_interleave(n)
    return as_bytes(model.sample(y)).reshape(model.n_classes, n, -1)


def threads() -> int:
    """How many threads torch works with."""
    return torch.get_num_threads()
