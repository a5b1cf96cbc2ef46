"""New examples of classes, as a person asks for them: how many, how warm, by which seed."""

from __future__ import annotations

import numpy as np
import torch

from ..data.vector_pictures import as_pictures
from ..errors import UserError
from ..protocol.queries_from_elsewhere import SampleClasses, Sampled
from ..training.chunks import Chunked
from ..training.examples import Standard
from ..training.seeding import seeded
from ..training.tensors import as_numbers
from .real_texts import as_real
from .state import TrainerState

MOST_SAMPLES = 1000  # images of an answer
HOTTEST = 10.0
NOT_YET = "The model draws no classes yet. Label a few images; then ask again."


def sample_classes(state: TrainerState, query: SampleClasses) -> Chunked[Sampled]:
    """Draws of each class, by the seed and the class alone. UserError while the model draws none.

    What is no picture is left blank.
    """
    model, known = state.learner.ema_model.eval(), state.learner.known.cpu().numpy()
    if not state.draws_classes:
        raise UserError(NOT_YET)
    if not all(0 <= label < model.n_classes for label in query.classes):
        raise UserError(f"A class is a number from 0 to {model.n_classes - 1}.")
    if query.n < 1 or not 1 <= query.n * len(query.classes) <= MOST_SAMPLES:
        raise UserError(f"Ask for 1 to {MOST_SAMPLES} images at a time.")
    if not 0 <= query.temperature <= HOTTEST:
        raise UserError(f"The temperature is a number from 0 to {HOTTEST:g}.")
    is_vector = state.data.kind == "vector"
    standard = Standard.of(state.data.images) if is_vector else None
    images, undrawn, rows = [], [], []
    for label in query.classes.tolist():
        y = torch.tensor([label], device=state.device)
        with torch.no_grad(), seeded(state.device, query.seed, label):
            drawn = as_numbers(model.sample(y, query.n, query.mean, query.temperature)[0])
        pictures = as_pictures(as_real(state, drawn), state.data.shape)
        rejected = state.drawing_guard.rejects(drawn) | ~known[label]
        pictures[rejected] = 0
        images.append(pictures)
        undrawn.append(rejected)
        rows.append(standard.undo(drawn) if standard else drawn[:, :0])
        yield
    return Sampled(
        query.id,
        np.stack(images),
        np.stack(undrawn).astype(np.uint8),
        np.stack(rows).astype(np.float32),
    )
