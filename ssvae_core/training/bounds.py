"""How well a model explains an example as each of the classes: its bound, class by class.

Letters in shapes: n examples asked about, N all examples, K classes, c some classes of each, M
other examples, S an example's own shape.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray

from .chunks import Chunked, at_once, run_to_end
from .device import autocast
from .learner import Learner
from .prepared import prepared
from .seeding import seeded
from .tensors import as_inputs

N_DRAWS = 8  # that a bound is the mean of
SEED = 4  # of them: the same query has the same answer
AT_ONCE = 256  # examples
STEPS_BEFORE_ASKING = 500  # steps before a low bound says more of the example than of the model
N_FOR_MEAN = 1000  # examples: the mean of a bound is known to 1 % by them
N_LIKELIEST = 2  # classes that an example may be explained by
N_COMPARED = 512  # examples whose bounds are compared with each other; fewer of large images
MIN_COMPARED = 128
ROUND_SECONDS = 0.1  # seconds that a round may take
REST_FACTOR = 9  # times as long as a round took, until the next

Floats = NDArray[np.float32]


@torch.no_grad()
def has_bound(learner: Learner) -> bool:
    """Whether the model has densities, so that its bounds bound something."""
    x = as_inputs(learner.prepared[:1])
    y = torch.zeros(1, dtype=torch.long, device=learner.device)
    try:
        with seeded(learner.device, SEED):
            learner.ema_model.eval().log_weight(x, y)
    except TypeError:
        return False
    return True


def bounds(
    learner: Learner, examples: NDArray[np.integer], classes: NDArray[np.integer], draws: int
) -> Chunked[Floats]:
    """A lower bound of log p(x, y) in nats, mean of so many draws: (n,), (n, c) -> (n, c)."""
    found = np.empty(classes.shape, np.float32)
    n = min(max(at_once(learner.prepared.shape[1]) // (classes.shape[1] * draws), 1), AT_ONCE)
    for start in range(0, len(examples), n):
        part = slice(start, start + n)
        at, y = (torch.from_numpy(a[part].astype(np.int64)) for a in (examples, classes))
        x = as_inputs(learner.prepared[at.to(learner.device)])[:, None]
        y, model = y.to(learner.device), learner.ema_model.eval()
        with torch.no_grad(), seeded(learner.device, SEED, start):
            drawn = [model.bound(x, y).float() for _ in range(draws)]
        found[part] = torch.stack(drawn).mean(0).cpu().numpy()
        yield
    return found


@torch.no_grad()
def mean_bound(
    learner: Learner, values: NDArray[np.uint8], features: NDArray[np.floating] | None = None
) -> float | None:
    """The bound of log p(x, y), y the likeliest class, mean of the first 1000: (M, *S) -> nats.

    features: (M, F) of them, as the learner's. Of what the model explains: M1+M2 explains latents.
    None for a model without densities.
    """
    if not has_bound(learner):
        return None
    model = learner.ema_model.eval()
    some = torch.from_numpy(np.ascontiguousarray(values[:N_FOR_MEAN])).flatten(1)
    known = None if features is None else torch.from_numpy(features[:N_FOR_MEAN])
    x = as_inputs(run_to_end(prepared(model, some.to(learner.device), known)))
    return float(model.bound(x, model.classify(x).argmax(-1)).mean())


def class_bounds(learner: Learner, example: int) -> Chunked[Floats]:
    """The bound of every class that has labels, nan of the others: -> (K,)."""
    known = np.flatnonzero(learner.known.cpu().numpy())
    result = np.full(learner.model.n_classes, np.nan, np.float32)
    result[known] = (yield from bounds(learner, np.array([example]), known[None], N_DRAWS))[0]
    return result


def anomaly_scores(learner: Learner, examples: NDArray[np.integer], guesses: Floats) -> Floats:
    """Minus the bound under the class that explains an example best, standardised: -> (n,).

    So 0 is as usual among these examples, and 2 is two standard deviations harder to explain. The
    best class is sought among the likeliest of the guesses (n, K).
    """
    likeliest = np.argsort(-guesses, axis=1)[:, :N_LIKELIEST]
    with autocast(learner.device):
        best = run_to_end(bounds(learner, examples, likeliest, draws=1)).max(1)
    anomaly: Floats = (best.mean() - best) / max(float(best.std()), 1e-6)
    return anomaly


class AnomalyScores:
    """The anomaly score of each example, asked bit by bit while a session goes on.

    Each part is a random sample and standardised by itself, so that examples which were asked
    about when the model knew less do not look like anomalies for it.
    """

    def __init__(self, learner: Learner):
        """Nothing is known."""
        self.learner, self.query_at = learner, 0.0  # when it may ask, by time.monotonic()
        n = len(learner.labels)
        self.anomaly = np.full(n, np.nan, np.float16)  # (N,)
        self._order, self._next = np.random.default_rng(0).permutation(n), 0
        self._asked_at_step = self._left = 0
        self._can = has_bound(learner)

    def forget(self) -> None:
        """The model is another one now."""
        self.anomaly[:] = np.nan
        self._asked_at_step, self._left, self.query_at = 0, 0, 0.0

    def query_model(self, guesses: Callable[[], Floats], seconds: float = ROUND_SECONDS) -> bool:
        """Ask about some examples, by guesses () -> (N, K), if the model has learned enough.

        Every example once, and again when the model has learned on.
        """
        start, steps, n = time.monotonic(), self.learner.steps, len(self._order)
        if self._can and steps >= STEPS_BEFORE_ASKING and steps != self._asked_at_step:
            self._asked_at_step, self._left = steps, n
        if self._left <= 0 or start < self.query_at:
            return False
        affordable = at_once(self.learner.prepared.shape[1]) // N_LIKELIEST
        said, n_part, is_first = guesses(), min(N_COMPARED, max(affordable, MIN_COMPARED), n), True
        while self._left > 0 and (is_first or time.monotonic() - start < seconds):
            part = self._order[(self._next + np.arange(n_part)) % n]
            self.anomaly[part] = anomaly_scores(self.learner, part, said[part])
            self._next, self._left = (self._next + n_part) % n, self._left - n_part
            is_first = False
        self.query_at = time.monotonic() + REST_FACTOR * (time.monotonic() - start)
        return True

    def values(self) -> NDArray[np.float16] | None:
        """The score of every example, nan where that is not known: -> (N,). None before any is."""
        return None if np.isnan(self.anomaly).all() else self.anomaly.copy()
