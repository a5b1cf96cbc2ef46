"""What is looked at of a trainer's model beside other models: guesses, drawings, bound.

What is drawn or drawn by is the same for every model of a session: styles are the first numbers of
the same rows of noise, and bounds are of the same examples by the same number of draws.

Letters in shapes: N examples, K classes, k of them with labels, r styles, D values an example has,
Z latent dimensions.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ..data.vector_pictures import as_pictures
from ..models import MODELS
from ..training.bounds import N_FOR_MEAN, bounds, has_bound
from ..training.chunks import run_to_end
from ..training.seeding import seeded
from ..training.tensors import as_numbers
from .state import TrainerState

N_DRAWS = 2  # of the latents, that a bound is the mean of
LONGEST_STYLE = 1024  # numbers of a row of noise
MOST_DRAWN = 2_000_000  # values of all drawings together
MOST_CLASSES = 24  # that are drawn


def ask_everywhere(state: TrainerState) -> NDArray[np.float32]:
    """What the model alone says of every example, and the ensemble hears it: -> (N, K)."""
    ensemble = state.ensemble
    ensemble.query_at = 0.0
    ensemble.query_model(float("inf"))
    return state.learner.probabilities()


@torch.no_grad()
def drawn_in_styles(
    state: TrainerState, n_rows: int, seed: int
) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.int16]]:
    """Every class with labels in the same styles: -> (r, k, H, W, C), (r, k), (k,) class ids.

    The second is 1 where what was drawn is no picture; it is left blank.
    """
    learner = state.learner
    model = learner.ema_model.eval()
    classes = np.flatnonzero(learner.known.cpu().numpy())[:MOST_CLASSES]
    values = int(np.prod(state.data.pictures.shape[1:]))
    rows = min(max(MOST_DRAWN // max(values * len(classes), 1), 1), n_rows)
    with seeded(torch.device("cpu"), seed):
        noise = torch.randn(n_rows, LONGEST_STYLE)[:rows, : model.style_dim]
    z = noise.repeat_interleave(len(classes), 0).to(state.device)
    y = torch.from_numpy(classes).repeat(rows).to(state.device)
    drawn = as_numbers(model.decode(z, y)).reshape(rows, len(classes), -1)
    pictures = as_pictures(drawn, state.data.shape)
    rejected = state.drawing_guard.rejects(drawn)
    pictures[rejected] = 0
    return pictures, rejected.astype(np.uint8), classes.astype(np.int16)


def bound_of_some(state: TrainerState, said: NDArray[np.float32]) -> float | None:
    """The mean bound of log p(x, y) over as many examples, y the likeliest by `said` (N, K).

    In nats; None for a model without densities.
    """
    if not has_bound(state.learner):
        return None
    some = np.linspace(0, len(said) - 1, min(N_FOR_MEAN, len(said))).astype(np.int64)
    found = run_to_end(bounds(state.learner, some, said[some].argmax(1)[:, None], N_DRAWS))
    mean = float(found.mean())
    return mean if np.isfinite(mean) else None


def counted(state: TrainerState) -> str:
    """What its bound is of: the example itself, or what its M1 makes of it."""
    if state.learner.model.draws_by_m1 or state.learner.model.prepares:
        return "z1, the features of M1"
    return "the image" if state.data.kind == "image" else "the row of numbers"


def stands_in(state: TrainerState) -> bool:
    """Whether another model learns than was asked for: its M1 finds nothing in these examples."""
    asked: Any = MODELS[state.model_name]
    return state.plan.spec.model is not asked.model
