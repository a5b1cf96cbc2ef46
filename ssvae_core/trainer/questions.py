"""What a person may ask the model: QUESTIONS, by the name that the app asks with.

A question is a function of the core, the examples asked about and options, and gives a Reply. It
raises UserError where there is no answer. Answering changes nothing: the model learns on as if
nobody had asked.

Letters in shapes: m examples asked about, n labelled ones, K classes, H, W, C an image.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

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
from ..training.bounds import bounds, class_bounds, has_bound
from ..training.chunks import Chunked, at_once, in_chunks
from ..training.out_of_fold import out_of_fold
from ..training.tensors import as_inputs, as_numbers

if TYPE_CHECKING:
    from .core import TrainerCore

SEEN = 2000  # examples by which it is seen which latents vary

Examples = NDArray[np.int32]
QueryOptions = Mapping[str, Any]


@dataclass(frozen=True)
class Reply:
    """What a question promises to hold, of these."""

    facts: Mapping[str, Any] = field(default_factory=dict)
    examples: Examples | None = None
    numbers: NDArray[np.float32] | None = None
    images: NDArray[np.uint8] | None = None


def ask(
    core: TrainerCore, what: str, examples: NDArray[np.integer], options: QueryOptions
) -> Chunked[Reply]:
    """The answer to a question. UserError for an unknown one, or unknown examples."""
    if what not in QUESTIONS:
        raise UserError(f"Unknown question '{what}'. Choose one of: {', '.join(QUESTIONS)}.")
    n = len(core.labels)
    for example in examples:
        if not 0 <= example < n:
            raise UserError(f"There is no image {example}; the data set has {n}.")
    return (yield from QUESTIONS[what](core, examples.astype(np.int32), options))


def redraw(core: TrainerCore, examples: Examples, options: QueryOptions) -> Chunked[Reply]:
    """The example as the model redraws it in its likeliest class: images (1, H, W, C)."""
    example = _one(examples)
    yield from ()
    if core.ensemble.model_knows:
        label = int(core.ensemble.propagated[example].argmax())
        return Reply(images=_image(core, core.learner.redraw(example, label)))
    m1 = core.starter.m1
    with torch.no_grad():
        drawn = m1.decode(m1.encode(as_inputs(core.pixels[example : example + 1])))
    return Reply(images=_image(core, as_numbers(drawn)[0]))


def card(core: TrainerCore, examples: Examples, options: QueryOptions) -> Chunked[Reply]:
    """Why this class and not that one, and the labelled examples nearest to this one.

    facts: "classes", best first, with their "gaps" in nats from the best bound, 0 first, both empty
    where the model has no bound; "redrawn", the classes that the images (2, H, W, C) show the
    example as: its guess, and the class that explains it best of the others, or the second
    likeliest without a bound. While only one class has labels, that is one; before the model has
    learned, none, and no images. "usual", the distance that half of all nearest neighbours are
    within; None while the M1 is as new, and distances are of the values.
    examples (n,) and numbers (n, 1) are the nearest and their distances; as many as
    options["nearest"], 6 if that is not said.
    """
    example = _one(examples)
    facts: dict[str, Any] = {"classes": [], "gaps": [], "redrawn": []}
    is_trained = core.starter.is_trained
    reach = core.atlas.distances[:, :N_NEIGHBOURS]
    facts["usual"] = float(np.median(reach)) if is_trained else None
    near, distances = yield from _nearest(core, example, int(options.get("nearest", 6)))
    images = None
    if core.ensemble.model_knows:
        if has_bound(core.learner):
            found = yield from class_bounds(core.learner, example)
            order = [int(k) for k in np.argsort(-found) if np.isfinite(found[k])]
            facts["classes"] = order
            facts["gaps"] = [float(found[k] - found[order[0]]) for k in order]
        guess, *others = _likeliest_first(core, example)
        others = [k for k in facts["classes"] if k != guess] or others
        facts["redrawn"] = [guess, *others[:1]]
        drawn = [_image(core, core.learner.redraw(example, label)) for label in facts["redrawn"]]
        images = np.concatenate(drawn)
    return Reply(facts, near, distances, images)


def doubts(core: TrainerCore, examples: Examples, options: QueryOptions) -> Chunked[Reply]:
    """Of every labelled example, what contradicts its label: examples (n,), numbers (n, 2 K).

    First the probability of each class as the labels of other folds propagate, nan where no other
    label could say. Then bounds in nats: of a label that another class contradicts, the bound of
    its class and of that one; nan otherwise, and where there is none.
    """
    labels, n_classes = core.labels.copy(), core.n_classes
    labelled, propagated = yield from out_of_fold(core.ensemble.propagation, labels, n_classes)
    found = np.full_like(propagated, np.nan)
    if core.ensemble.model_knows and has_bound(core.learner):
        rows = np.arange(len(labelled))
        given, others = labels[labelled], propagated.copy()
        others[rows, given] = -1
        best = others.argmax(1)
        rows = rows[others[rows, best] >= propagated[rows, given]]  # not where they are nan
        both = np.stack([given[rows], best[rows]], axis=1)
        found[rows[:, None], both] = yield from bounds(core.learner, labelled[rows], both, 2)
    return Reply(
        examples=labelled.astype(np.int32), numbers=np.concatenate([propagated, found], axis=1)
    )


def places(core: TrainerCore, examples: Examples, options: QueryOptions) -> Chunked[Reply]:
    """Another map of all examples: numbers (N, 2) in [0, 1], by options["view"], one of VIEWS.

    "pca" is of M1's latents. "style" is of the model's own, given each example's likeliest class:
    the latents themselves if there are two of them, else the two directions of their PCA.
    """
    view = options.get("view", "pca")
    if view not in VIEWS:
        raise UserError(f"Unknown view '{view}'. Choose one of: {', '.join(VIEWS)}.")
    if view == "style":
        latents = yield from _styles(core)
    elif core.starter.is_trained:
        latents = active_latents((yield from latent_means(core.starter.m1, core.pixels)))
    else:
        raise UserError("The M1 has not learned yet: there are no latents to show.")
    return Reply(numbers=fit_to_frame(latents if latents.shape[1] == 2 else pca_map(latents)))


def spread(core: TrainerCore, examples: Examples, options: QueryOptions) -> Chunked[Reply]:
    """What labels of these examples (m,) alone would propagate: numbers (N, 1), a class each.

    options["labels"] are their classes (m,); without, those that they are guessed to be.
    """
    given = options.get("labels", core.ensemble.probabilities()[examples].argmax(1))
    if len(given) != len(examples) or not len(examples):
        raise UserError(f"Name a class for each of the {len(examples)} images, not {len(given)}.")
    labels = np.full(len(core.labels), -1, np.int16)
    labels[examples] = given
    yield
    everybody = np.arange(len(labels))
    found = core.ensemble.propagation.at(labels, core.n_classes, everybody).argmax(1)
    return Reply(numbers=found[:, None].astype(np.float32))


VIEWS = ("pca", "style")
QUESTIONS: dict[str, Callable[[TrainerCore, Examples, QueryOptions], Chunked[Reply]]] = {
    "redraw": redraw,
    "card": card,
    "doubts": doubts,
    "places": places,
    "spread": spread,
}


def _styles(core: TrainerCore) -> Chunked[NDArray[np.float32]]:
    """Means of q(z|x,y) of all examples, y as they are guessed: -> (N, Z)."""
    if not core.ensemble.model_knows:
        raise UserError("The model has not learned yet. Label a few images first.")
    model, styles = core.learner.ema_model.eval(), []
    guesses = torch.from_numpy(core.ensemble.probabilities().argmax(1)).to(core.device)
    prepared = core.learner.prepared
    for part, y in zip(in_chunks(prepared), guesses.split(at_once(prepared.shape[1])), strict=True):
        with torch.no_grad():
            styles.append(model.encode(as_inputs(part), y).float())
        yield
    found: NDArray[np.float32] = torch.cat(styles).cpu().numpy()
    return found


def _nearest(
    core: TrainerCore, example: int, n: int
) -> Chunked[tuple[Examples, NDArray[np.float32]]]:
    """The n labelled examples nearest to one: -> (n,), (n, 1).

    By sight, or in the latents that vary; in the values themselves while the M1 is as new.
    """
    labelled = np.flatnonzero(core.labels >= 0)
    labelled = labelled[labelled != example]
    chosen = core.pixels[torch.from_numpy(np.append(labelled, example)).to(core.device)]
    if core.starter.image_encoder is not None:
        places = yield from embed(core.starter.image_encoder, chosen)
    elif core.starter.is_trained:
        active = yield from _active(core)
        places = (yield from latent_means(core.starter.m1, chosen))[:, active]
    else:
        places = as_inputs(chosen)
    distances = (places[:-1] - places[-1]).norm(dim=1).float().cpu().numpy()
    order = np.argsort(distances, kind="stable")[:n]
    return labelled[order].astype(np.int32), distances[order, None].astype(np.float32)


def _active(core: TrainerCore) -> Chunked[Tensor]:
    """Which latents of its M1 vary over the data: -> (Z,)."""
    starter, every = core.starter, max(len(core.pixels) // SEEN, 1)
    if starter.active is None:
        starter.active = is_active((yield from latent_means(starter.m1, core.pixels[::every])))
    return starter.active


def _likeliest_first(core: TrainerCore, example: int) -> list[int]:
    """The classes that have labels, the likeliest first; before them its label, if it has one."""
    probabilities = core.ensemble.probabilities()[example].copy()
    label = int(core.labels[example])
    if label >= 0:  # what it would be taken for without its label
        probabilities = core.learner.unlabelled_probabilities(example)
        probabilities[label] = 2
    known = core.learner.known.cpu().numpy()
    order = np.argsort(-np.where(known, probabilities, -1))
    return [int(k) for k in order[: known.sum()]]


def _one(examples: Examples) -> int:
    if len(examples) != 1:
        raise UserError(f"Ask about one image, not {len(examples)}.")
    return int(examples[0])


def _image(core: TrainerCore, drawn: NDArray[np.float32]) -> NDArray[np.uint8]:
    return as_pictures(drawn[None], core.data.shape)
