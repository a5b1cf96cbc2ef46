"""What a model draws of texts: no text, so the nearest one that there is stands for it.

A decoder gives an embedding, of which no text can be made. What is shown is the example whose
embedding has the smallest angle to it, and is called the nearest text, never a sample.

Letters in shapes: N examples of D numbers, `...` any leading shape.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from ..training.chunks import in_chunks
from ..training.tensors import as_inputs
from .state import TrainerState


def as_real(state: TrainerState, drawn: NDArray[np.floating]) -> NDArray[np.floating]:
    """The rows of texts nearest to what was drawn, (..., D); drawings of anything else as are."""
    if state.data.texts is None:
        return drawn
    rows = state.pixels[torch.from_numpy(nearest_rows(state, drawn.reshape(-1, drawn.shape[-1])))]
    return as_inputs(rows).cpu().numpy().reshape(drawn.shape)


def nearest_rows(state: TrainerState, drawn: NDArray[np.floating]) -> NDArray[np.int64]:
    """The example with the smallest angle to each, in standard deviations: (n, D) -> (n,)."""
    theirs = torch.from_numpy(np.nan_to_num(np.asarray(drawn, np.float32))).to(state.device)
    best, most, start = np.zeros(len(drawn), np.int64), np.full(len(drawn), -np.inf), 0
    for part in in_chunks(state.pixels):
        every = torch.nn.functional.normalize(as_inputs(part).float(), dim=1)
        found = (theirs @ every.T).max(1)
        values, places = found.values.cpu().numpy(), found.indices.cpu().numpy()
        is_nearer = values > most
        best[is_nearer], most[is_nearer] = places[is_nearer] + start, values[is_nearer]
        start += len(part)
    return best
