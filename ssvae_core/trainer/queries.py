"""The model's answers to the queries of the protocol, one function each; QUERIES names them.

Each raises UserError where there is no answer. Answering changes nothing: the model learns on as if
nobody had asked.

Letters in shapes: m examples asked about, n labelled ones, N all, K classes, H, W, C an image.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..atlas.atlas import N_NEIGHBOURS
from ..atlas.layout import fit_to_frame, pca_map
from ..data.vector_pictures import as_pictures
from ..errors import UserError
from ..pretraining.contrastive import embed
from ..pretraining.starter import active_latents, is_active, latent_means
from ..protocol.queries import (
    Answer,
    CheckLabels,
    DrawMap,
    DrawnMap,
    Explain,
    Explanation,
    LabelChecks,
    NearestFound,
    NearestReal,
    Propagate,
    Propagated,
    Query,
    ReadCodes,
    ReadDecoder,
    ReadPosterior,
    Redraw,
    Redrawn,
)
from ..protocol.queries_from_elsewhere import PlaceImage, SampleClasses
from ..protocol.queries_of_spaces import ReadSpace
from ..training.bounds import bounds, class_bounds, has_bound
from ..training.chunks import Chunked, in_chunks
from ..training.out_of_fold import out_of_fold
from ..training.tensors import as_inputs, as_numbers
from .exploring import posterior, read_codes, read_decoder
from .placing import place
from .sampling import sample_classes
from .spaces import read_features, styles_of
from .state import TrainerState

MOST_DOMAINS = 6  # that a card shows an example in
PROBED = 2000  # examples by which it is told which latents vary

Examples = NDArray[np.int32]


def answer(state: TrainerState, query: Query) -> Chunked[Answer]:
    """The answer to a query."""
    return QUERIES[type(query)](state, query)


def redraw(state: TrainerState, query: Redraw) -> Chunked[Redrawn]:
    """The example as the model redraws it in its likeliest class, or M1 before there is one."""
    example = _checked(state, query.example)
    if state.data.texts is not None:
        raise UserError("A text is not redrawn: from an embedding there is no way back to words.")
    yield from ()
    if state.ensemble.model_knows:
        label = int(state.ensemble.propagated[example].argmax())
        drawn = state.learner.redraw(example, label)
    else:
        m1 = state.starter.m1
        with torch.no_grad():
            drawn = as_numbers(
                m1.decode(m1.encode(as_inputs(state.pixels[example : example + 1])))
            )[0]
    if state.drawing_guard.rejects(drawn):
        raise UserError("The model cannot draw this image yet. Ask again when it has learned more.")
    return Redrawn(query.id, _image(state, drawn))


def explain(state: TrainerState, query: Explain) -> Chunked[Explanation]:
    """Why this class and not that one, and the labelled examples nearest to this one."""
    example, learner = _checked(state, query.example), state.learner
    reach = state.atlas.distances[:, :N_NEIGHBOURS]
    is_seen = state.starter.is_trained or state.starter.features is not None
    usual = float(np.median(reach)) if is_seen else None
    nearest, distances = yield from _nearest(state, example, query.n_nearest)
    classes, gaps, redrawn, drawn = np.empty(0, np.int16), np.empty(0, np.float32), [], []
    if state.ensemble.model_knows:
        if has_bound(learner):
            found = yield from class_bounds(learner, example)
            order = np.argsort(-found)
            classes = order[np.isfinite(found[order])].astype(np.int16)
            gaps = found[classes] - found[classes[0]]
        guess, *others = _likeliest_first(state, example)
        others = [int(k) for k in classes if k != guess] or others
        both = {label: learner.redraw(example, label) for label in (guess, *others[:1])}
        both = {k: one for k, one in both.items() if not state.drawing_guard.rejects(one)}
        redrawn, drawn = list(both), [_image(state, one) for one in both.values()]
    images, shown = _stacked(drawn), np.array(redrawn, np.int16)
    domains = _in_domains(state, example)
    of_domains = np.array(list(domains), np.int16), _stacked(list(domains.values()))
    why = classes, gaps, shown, images, nearest, distances
    return Explanation(query.id, *why, *of_domains, usual)


def _in_domains(state: TrainerState, example: int) -> dict[int, NDArray[np.uint8]]:
    """The example as it would be in each domain that the model is told of: by their place."""
    n_domains = min(state.learner.model.n_domains, MOST_DOMAINS)
    if n_domains < 2 or not state.ensemble.model_knows:
        return {}
    guess = _likeliest_first(state, example)[0]
    drawn = {k: state.learner.redraw(example, guess, k) for k in range(n_domains)}
    rejects = state.drawing_guard.rejects
    return {k: _image(state, one) for k, one in drawn.items() if not rejects(one)}


def _stacked(images: list[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    return np.stack(images) if images else np.empty((0, 1, 1, 1), np.uint8)


def check_labels(state: TrainerState, query: CheckLabels) -> Chunked[LabelChecks]:
    """Of every labelled example, what contradicts its label."""
    labels, n_classes = state.labels.copy(), state.n_classes
    labelled, propagated = yield from out_of_fold(state.ensemble.mixture.at, labels, n_classes)
    found = np.full_like(propagated, np.nan)
    if state.ensemble.model_knows and has_bound(state.learner):
        rows = np.arange(len(labelled))
        given, others = labels[labelled], propagated.copy()
        others[rows, given] = -1
        best = others.argmax(1)
        rows = rows[others[rows, best] >= propagated[rows, given]]  # not where they are nan
        both = np.stack([given[rows], best[rows]], axis=1)
        found[rows[:, None], both] = yield from bounds(state.learner, labelled[rows], both, 2)
    return LabelChecks(query.id, labelled.astype(np.int32), propagated, found)


def draw_map(state: TrainerState, query: DrawMap) -> Chunked[DrawnMap]:
    """Another map of all examples."""
    if query.view == "style":
        latents = yield from styles_of(state)
    elif state.starter.is_trained:
        latents = active_latents((yield from latent_means(state.starter.m1, state.pixels)))
    else:
        raise UserError("The M1 has not learned yet: there are no latents to show.")
    xy = fit_to_frame(latents if latents.shape[1] == 2 else pca_map(latents))
    return DrawnMap(query.id, xy)


def propagate(state: TrainerState, query: Propagate) -> Chunked[Propagated]:
    """What labels of these examples alone would propagate."""
    examples, given = query.examples, query.classes
    for example in examples:
        _checked(state, int(example))
    if given is None:
        given = state.ensemble.probabilities()[examples].argmax(1).astype(np.int16)
    if len(given) != len(examples) or not len(examples):
        raise UserError(f"Name a class for each of the {len(examples)} images, not {len(given)}.")
    labels = np.full(len(state.labels), -1, np.int16)
    labels[examples] = given
    yield
    everybody = np.arange(len(labels))
    found = state.ensemble.mixture.at(labels, state.n_classes, everybody).argmax(1)
    return Propagated(query.id, found.astype(np.int16))


def nearest_real(state: TrainerState, query: NearestReal) -> Chunked[NearestFound]:
    """The example nearest to each drawing, in M1's latents that vary.

    In the pictures themselves while the M1 is as new, and of vectors.
    """
    drawn = torch.from_numpy(query.images.copy()).flatten(1).to(state.device)
    if state.data.kind != "vector" and drawn.shape[1:] != state.pixels.shape[1:]:
        raise UserError("These drawings are of another size than the images. Reload the page.")
    if state.starter.is_trained and state.data.kind != "vector":
        active, m1 = (yield from _active(state)), state.starter.m1
        theirs = (yield from latent_means(m1, drawn))[:, active].float()
        every = (yield from latent_means(m1, state.pixels))[:, active].float()
    else:
        theirs = as_inputs(drawn)
        every = torch.from_numpy(state.data.pictures).flatten(1).to(state.device)
    distance, start = torch.full_like(theirs[:, 0], torch.inf), 0
    best = torch.zeros(len(theirs), dtype=torch.long, device=state.device)
    for part in in_chunks(every):
        found = torch.cdist(theirs, as_inputs(part)).min(1)
        is_nearer = found.values < distance
        best = torch.where(is_nearer, found.indices + start, best)
        distance = torch.where(is_nearer, found.values, distance)
        start += len(part)
        yield
    return NearestFound(query.id, best.cpu().numpy().astype(np.int32))


QUERIES: dict[type[Query], Callable[[TrainerState, Any], Chunked[Answer]]] = {
    Redraw: redraw,
    Explain: explain,
    CheckLabels: check_labels,
    DrawMap: draw_map,
    Propagate: propagate,
    NearestReal: nearest_real,
    ReadDecoder: read_decoder,
    ReadCodes: read_codes,
    ReadPosterior: posterior,
    PlaceImage: place,
    SampleClasses: sample_classes,
    ReadSpace: read_features,
}


def _nearest(
    state: TrainerState, example: int, n: int
) -> Chunked[tuple[Examples, NDArray[np.float32]]]:
    """The n labelled examples nearest to one: -> (n,), (n,).

    By the features, the image encoder, or in the latents that vary; in the values themselves while
    the M1 is as new.
    """
    labelled = np.flatnonzero(state.labels >= 0)
    labelled = labelled[labelled != example]
    rows = np.append(labelled, example)
    chosen = state.pixels[torch.from_numpy(rows).to(state.device)]
    if state.starter.features is not None:
        places = torch.from_numpy(state.starter.features.for_graph[rows]).float()
    elif state.starter.image_encoder is not None:
        places = yield from embed(state.starter.image_encoder, chosen)
    elif state.starter.is_trained:
        active = yield from _active(state)
        places = (yield from latent_means(state.starter.m1, chosen))[:, active]
    else:
        places = as_inputs(chosen)
    distances = (places[:-1] - places[-1]).norm(dim=1).float().cpu().numpy()
    order = np.argsort(distances, kind="stable")[:n]
    return labelled[order].astype(np.int32), distances[order].astype(np.float32)


def _active(state: TrainerState) -> Chunked[Tensor]:
    """Which latents of its M1 vary over the data: -> (Z,)."""
    starter, every = state.starter, max(len(state.pixels) // PROBED, 1)
    if starter.active is None:
        starter.active = is_active((yield from latent_means(starter.m1, state.pixels[::every])))
    return starter.active


def _likeliest_first(state: TrainerState, example: int) -> list[int]:
    """The classes that have labels, the likeliest first; before them its label, if it has one."""
    probabilities = state.ensemble.probabilities()[example].copy()
    label = int(state.labels[example])
    if label >= 0:  # what it would be taken for without its label
        probabilities = state.learner.unlabelled_probabilities(example)
        probabilities[label] = 2
    known = state.learner.known.cpu().numpy()
    order = np.argsort(-np.where(known, probabilities, -1))
    return [int(k) for k in order[: known.sum()]]


def _checked(state: TrainerState, example: int) -> int:
    """The example. UserError if there is no such one."""
    n = len(state.labels)
    if not 0 <= example < n:
        raise UserError(f"There is no image {example}; the data set has {n}.")
    return example


def _image(state: TrainerState, drawn: NDArray[np.float32]) -> NDArray[np.uint8]:
    """(D,) -> (H, W, C)."""
    return as_pictures(drawn[None], state.data.shape)[0]
