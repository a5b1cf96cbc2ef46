"""What a trained model is asked once it has learned: its bound, its drawings.

Letters in shapes: M examples, S an example's own shape, D the number of its values, K classes.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from .learner import Learner, as_bytes, as_inputs

AT_ONCE = 8192  # examples
N_EXAMPLES = 1000  # the mean of a bound is known to 1 % by them


@torch.no_grad()
def mean_bound(learner: Learner, values: NDArray[np.uint8]) -> float | None:
    """The bound of log p(x, y), y the likeliest class, mean of the first 1000: (M, *S) -> nats.

    Of what the model sees: M1+M2 sees features. None for a model without densities.
    """
    model = learner.ema_model.eval()
    some = torch.from_numpy(np.ascontiguousarray(values[:N_EXAMPLES])).flatten(1)
    x = model.prepare(as_inputs(some.to(learner.device)))
    y = model.classify(x).argmax(-1)
    try:
        model.log_weight(x[:1], y[:1])
    except TypeError:
        return None
    return float(model.bound(x, y).mean())


@torch.no_grad()
def oddness(learner: Learner, of: NDArray[np.integer]) -> NDArray[np.float32] | None:
    """How badly each of these examples is explained by its likeliest class: (n,) -> (n,).

    The negative bound of log p(x, y), standardised; the same whenever it is asked. None for a
    model without densities.
    """
    model = learner.ema_model.eval()
    found: list[torch.Tensor] = []
    devices = [learner.device] if learner.device.type == "cuda" else []
    with torch.random.fork_rng(devices):
        torch.manual_seed(0)
        for part in learner.prepared[torch.from_numpy(of).to(learner.device)].split(AT_ONCE):
            x = as_inputs(part)
            y = learner.classify(x).argmax(-1)
            try:
                model.log_weight(x[:1], y[:1])
            except TypeError:
                return None
            found.append(-model.bound(x, y))
    odd = torch.cat(found).float()
    odd = (odd - odd.mean()) / odd.std(correction=0).clamp_min(1e-6)
    result: NDArray[np.float32] = odd.cpu().numpy()
    return result


@torch.no_grad()
def drawn(learner: Learner, n: int, seed: int) -> NDArray[np.uint8]:
    """N examples of each class, their styles drawn from the prior: -> (K, n, D)."""
    torch.manual_seed(seed)
    model = learner.ema_model.eval()
    y = torch.arange(model.n_classes, device=learner.device).repeat_interleave(n)
    return as_bytes(model.sample(y)).reshape(model.n_classes, n, -1)


def threads() -> int:
    """How many threads torch works with."""
    return torch.get_num_threads()
