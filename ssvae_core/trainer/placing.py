"""Where an image that is not of the data set belongs among those that are, and what it may be.

It is looked at as every example is: placed among its neighbours in each graph, by the networks that
the graph was made with; read by the linear probe where there are features; and by the model.

Letters in shapes: N examples, K classes, k neighbours, A numbers that a space compares, F features.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..atlas.graphs import NamedGraph
from ..data.vector_pictures import as_pictures
from ..encoders import Encoder, centre_of, features_for_graph, open_encoder
from ..errors import UserError
from ..models.posteriors import code_posterior
from ..pretraining.encoded_features import EncodedFeatures
from ..protocol.queries_from_elsewhere import PlaceImage, Placement
from ..training.chunks import Chunked, in_chunks
from ..training.ensemble import combined
from ..training.graph_evidence import known_classes
from ..training.newcomers import edge_weights, taken
from ..training.prepared import prepared
from ..training.tensors import as_inputs, as_numbers
from .spaces import space_of
from .state import TrainerState

N_SHOWN = 10  # nearest real images
VECTORS = "These examples are vectors: there is nothing to draw. Draw on a data set of images."

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Among:
    """The newcomer's neighbours in one graph."""

    found: NDArray[np.int64]  # (1, k)
    distances: Floats  # (1, k)
    weights: Floats  # (1, k)


def place(state: TrainerState, query: PlaceImage) -> Chunked[Placement]:
    """Where the image belongs. UserError for one of another size, and of vectors."""
    if state.data.kind == "vector":
        raise UserError(VECTORS)
    if query.image.shape != state.data.shape:
        raise UserError("This image is of another size than the data set's. Reload the page.")
    values = torch.from_numpy(query.image.copy()).flatten()[None].to(state.device)
    features, unseen = _features(state, query)
    yield
    graphs = {graph.name: graph for graph in state.starter.graphs}
    near: dict[str, Among] = {}
    for name in state.ensemble.mixture.propagations:
        spaces = yield from space_of(state, name, values, features)
        if spaces is not None:
            near[name] = yield from _among(graphs[name], *spaces)
    if not near:
        raise UserError(unseen)
    probabilities = _said(state, near, features)
    x, own = yield from _prepared(state, values, features)
    if state.n_labels and state.ensemble.model_is_trusted and x is not None:
        probabilities = combined(probabilities, state.learner.classify(x).cpu().numpy())
    leading = state.starter.leading if state.starter.leading in near else next(iter(near))
    among = near[leading]
    y = torch.from_numpy(probabilities.argmax(1)).to(state.device)
    shares = among.weights / among.weights.sum(1, keepdims=True)
    code, variance, style = _inferred(state, own, y)
    return Placement(
        query.id,
        probabilities=probabilities[0].astype(np.float32),
        nearest=among.found[0, :N_SHOWN].astype(np.int32),
        distances=among.distances[0, :N_SHOWN],
        usual_distance=float(np.median(graphs[leading].distances)),
        xy=np.einsum("mk,mkc->mc", shares, state.atlas.xy[among.found]).astype(np.float32),
        redrawn=_redrawn(state, values, own, y),
        code=code,
        variance=variance,
        style=style,
        unseen=unseen,
    )


def _features(state: TrainerState, query: PlaceImage) -> tuple[Floats | None, str]:
    """What the encoder makes of the image, to compare, (1, F); or why it cannot, in a sentence."""
    probed = state.starter.probed
    if probed is None:
        return None, ""
    try:
        encoder = _opened(probed.encoder)
        if encoder.key != probed.key:
            raise UserError("Its weights are others now.")
        seen = query.image if query.photo is None else query.photo
        raw = encoder.encode([seen])
    except UserError as error:
        return None, f"The encoder '{probed.encoder}' cannot look at this image. {error}"
    return features_for_graph(raw, _centre(probed)), ""


@lru_cache(maxsize=1)
def _opened(choice: str) -> Encoder:
    return open_encoder(choice)


@lru_cache(maxsize=1)
def _centre(probed: EncodedFeatures) -> Floats:
    return centre_of(probed.values)


def _among(graph: NamedGraph, every: Tensor, own: Tensor) -> Chunked[Among]:
    """The newcomer's neighbours, as many as everybody has."""
    parts = []
    for part in in_chunks(every):
        parts.append(torch.cdist(as_inputs(own), as_inputs(part))[0])
        yield
    apart = torch.cat(parts)
    nearest = apart.topk(graph.neighbours.shape[1], largest=False)
    found = nearest.indices[None].cpu().numpy()
    distances = as_numbers(nearest.values)[None]
    return Among(found, distances, edge_weights(distances, graph.distances[found, -1]))


def _said(state: TrainerState, near: dict[str, Among], features: Floats | None) -> Floats:
    """What labels propagate to it, with the probe: (1, K); all 0 before there are labels."""
    ensemble, n_classes = state.ensemble, state.learner.model.n_classes
    mixture, labels = ensemble.mixture, state.labels
    if not state.n_labels:
        return np.zeros((1, n_classes), np.float32)
    if len(mixture.names) == 1:
        (only,) = near.values()
        return taken(ensemble.propagated, only.found, only.weights)
    shares = []
    for name, propagation in mixture.propagations.items():
        among = near.get(name)  # nothing is said where nothing can look
        none = np.zeros((1, n_classes), np.float32)
        of_all = propagation.shares(labels, n_classes) if among else none
        shares.append(taken(of_all, among.found, among.weights) if among else none)
    components = None
    if mixture.probe is not None:
        components = np.zeros((1, mixture.probe.components.shape[1]), np.float32)
        if features is not None:
            of_features = near.get(mixture.of_features)
            beside = () if of_features is None else (of_features.found, of_features.weights)
            components = mixture.probe.reduced(features, *beside)
    known = known_classes(labels, n_classes)
    return mixture.together(shares, components, known, mixture.taught)


def _prepared(
    state: TrainerState, values: Tensor, features: Floats | None
) -> Chunked[tuple[Tensor | None, Tensor]]:
    """The image as the model takes it, (1, P), None if it lacks features; and with none at all.

    Only what tells classes reads the features.
    """
    model = state.learner.ema_model.eval()
    if not model.n_features:
        x = as_inputs((yield from prepared(model, values)))
        return x, x
    is_there = features is not None and features.shape[1] == model.n_features
    own = torch.zeros(1, model.n_features)
    if features is not None and is_there:
        own = torch.from_numpy(features)
    x = as_inputs((yield from prepared(model, values, own.half().to(values.device))))
    return (x if is_there else None), x


@torch.no_grad()
def _inferred(state: TrainerState, x: Tensor, y: Tensor) -> tuple[Floats, Floats, Floats]:
    """Its code with its variance, and its style, in the class y (1,): (c,), (c,), (z,).

    Empty while there is none, and a variance where an encoder gives points.
    """
    model, none = state.learner.ema_model.eval(), np.empty(0, np.float32)
    knows = state.ensemble.model_knows
    if not knows and not (model.draws_by_m1 and state.starter.draws):
        return none, none, none
    inferred = code_posterior(model, x, y)
    variance = none if inferred is None else as_numbers(inferred[1].exp())[0]
    style = as_numbers(model.encode(x, y))[0] if knows else none
    return as_numbers(model.code(x, y))[0], variance, style


@torch.no_grad()
def _redrawn(state: TrainerState, values: Tensor, x: Tensor, y: Tensor) -> NDArray[np.uint8]:
    """It as the model redraws it in the class y (1,), or the M1: (1, H, W, C), or (0, H, W, C)."""
    model, m1 = state.learner.ema_model.eval(), state.starter.m1
    if state.ensemble.model_knows:
        drawn = as_numbers(model.decode(model.encode(x, y), y))
    elif state.starter.draws:
        drawn = as_numbers(m1.decode(m1.encode(as_inputs(values))))
    else:
        return np.empty((0, *state.data.shape), np.uint8)
    is_picture = ~state.drawing_guard.rejects(drawn)
    return as_pictures(drawn, state.data.shape)[is_picture]
