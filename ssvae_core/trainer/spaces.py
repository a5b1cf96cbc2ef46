"""The spaces in which examples are compared, by the names of their graphs, and the model's own.

Letters in shapes: N examples, A numbers that a space compares, D values of an example, F features.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..atlas.components import PrincipalComponents
from ..atlas.graphs import CONTRASTIVE, M1_LATENTS, PIXELS
from ..encoders import ENCODERS
from ..errors import UserError
from ..pretraining.contrastive import embed
from ..pretraining.starter import is_active, latent_means
from ..protocol.queries_of_spaces import OF_MODEL, ReadSpace, SpaceValues
from ..training.chunks import Chunked, at_once, in_chunks, run_to_end
from ..training.tensors import as_inputs
from .state import TrainerState

N_SENT, N_FITTED = 128, 10_000  # numbers of an example at most, and examples that tell which
TITLES = {PIXELS: "Pixels", M1_LATENTS: "M1's latents", OF_MODEL: "The model's latents"}

Floats = NDArray[np.float32]


def read_features(state: TrainerState, query: ReadSpace) -> Chunked[SpaceValues]:
    """All examples in a space. UserError for one that there is not."""
    names = names_of(state)
    space = query.space or names[0]
    if space not in names:
        raise UserError(f"There is no space '{space[:40]}' yet. Choose one of: {', '.join(names)}.")
    values = yield from values_of(state, space)
    if values.shape[1] > N_SENT:
        some = np.random.default_rng(0).permutation(len(values))[:N_FITTED]
        components = PrincipalComponents(values[np.sort(some)], N_SENT)
        yield
        values = components(values)
    yield
    spaces = {name: title_of(state, name) for name in names}
    return SpaceValues(query.id, space, spaces, values.astype(np.float16))


def names_of(state: TrainerState) -> list[str]:
    """Of all spaces that there are, the one to trust most before there are labels first."""
    starter = state.starter
    there = {
        PIXELS: True,
        M1_LATENTS: starter.is_trained,
        CONTRASTIVE: starter.image_encoder is not None,
        "" if starter.probed is None else starter.probed.encoder: starter.probed is not None,
    }
    trusted = [graph.name for graph in starter.graphs if there.get(graph.name)]
    others = [name for name, is_there in there.items() if is_there and name not in trusted]
    return [*trusted, *others, *([OF_MODEL] if state.ensemble.model_knows else [])]


def read_at_once(state: TrainerState, name: str) -> Floats:
    """All examples in a space, for who can wait: (N, A)."""
    return np.asarray(run_to_end(values_of(state, name)), np.float32)


def title_of(state: TrainerState, name: str) -> str:
    """The space in words, as a menu has it."""
    if name == PIXELS and state.data.kind == "vector":
        return "Values"
    kind = ENCODERS.get(name.partition(":")[0])
    return TITLES.get(name) or (name if kind is None else kind.title)


def space_of(
    state: TrainerState, name: str, values: Tensor, features: Floats | None
) -> Chunked[tuple[Tensor, Tensor] | None]:
    """All examples and a newcomer where this graph's are compared: (N, A), (1, A).

    The newcomer's values (1, D) and features (1, F). None where nothing can look at it.
    """
    starter, every = state.starter, state.pixels
    if name == PIXELS:
        return every, values
    if name == M1_LATENTS:
        latents = yield from _remembered(state, name, lambda: latent_means(starter.m1, every))
        active = is_active(latents)
        own = yield from latent_means(starter.m1, values)
        return latents[:, active].float(), own[:, active].float()
    if name == CONTRASTIVE:
        image_encoder = starter.image_encoder
        if image_encoder is None:
            return None
        places = yield from _remembered(state, name, lambda: embed(image_encoder, every))
        return places.float(), (yield from embed(image_encoder, values)).float()
    if features is None or starter.probed is None:
        return None
    return torch.from_numpy(starter.probed.for_graph), torch.from_numpy(features)


def styles_of(state: TrainerState) -> Chunked[Floats]:
    """Means of q(z|x,y) of all examples, y as they are guessed: -> (N, Z)."""
    if not state.ensemble.model_knows:
        raise UserError("The model has not learned yet. Label a few images first.")
    model, styles = state.learner.ema_model.eval(), []
    guesses = torch.from_numpy(state.ensemble.probabilities().argmax(1)).to(state.device)
    prepared = state.learner.prepared
    for part, y in zip(in_chunks(prepared), guesses.split(at_once(prepared.shape[1])), strict=True):
        with torch.no_grad():
            styles.append(model.encode(as_inputs(part), y).float())
        yield
    found: Floats = torch.cat(styles).cpu().numpy()
    return found


def values_of(state: TrainerState, name: str) -> Chunked[Floats]:
    """All examples in the space of this name, which there is: (N, A)."""
    if name == OF_MODEL:
        return (yield from styles_of(state))
    probed = state.starter.probed
    if probed is not None and name == probed.encoder:
        return probed.for_graph.astype(np.float32)
    found = yield from space_of(state, name, state.pixels[:1], None)
    assert found is not None
    if name == PIXELS:
        parts = [as_inputs(part).cpu().numpy() for part in in_chunks(found[0])]
        return np.concatenate(parts)
    return found[0].cpu().numpy()


def _remembered(
    state: TrainerState, name: str, work: Callable[[], Chunked[Tensor]]
) -> Chunked[Tensor]:
    """The places of all examples in a graph's space, found once for a starter: (N, A)."""
    if name not in state.starter.places:
        state.starter.places[name] = (yield from work()).half()
    return state.starter.places[name]
