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

from ..errors import UserError
from ..pictures import as_pictures
from .bounds import class_bounds, has_bound, oddness
from .doubts import out_of_fold
from .learner import as_inputs, as_numbers
from .starter import is_active, latent_moments
from .voices import WARM_UP

if TYPE_CHECKING:
    from .core import TrainerCore

SEEN = 2000  # examples by which it is seen which latents vary
COMPARED = 512  # examples, drawn at random, that odd ones are compared with

Examples = NDArray[np.int32]
Options = Mapping[str, Any]


@dataclass(frozen=True)
class Reply:
    """What a question promises to hold, of these."""

    facts: Mapping[str, Any] = field(default_factory=dict)
    examples: Examples | None = None
    numbers: NDArray[np.float32] | None = None
    images: NDArray[np.uint8] | None = None


def ask(core: TrainerCore, what: str, examples: NDArray[np.integer], options: Options) -> Reply:
    """The answer to a question. UserError for an unknown one, or unknown examples."""
    if what not in QUESTIONS:
        raise UserError(f"Unknown question '{what}'. Choose one of: {', '.join(QUESTIONS)}.")
    n = len(core.labels)
    for example in examples:
        if not 0 <= example < n:
            raise UserError(f"There is no image {example}; the data set has {n}.")
    return QUESTIONS[what](core, examples.astype(np.int32), options)


def redraw(core: TrainerCore, examples: Examples, options: Options) -> Reply:
    """The example as the model redraws it in its likeliest class: images (1, H, W, C)."""
    example = _one(examples)
    if _has_learned(core):
        label = int(core.voices.propagated[example].argmax())
        return Reply(images=_image(core, core.learner.redraw(example, label)))
    m1 = core.starter.m1
    with torch.no_grad():
        drawn = m1.decode(m1.encode(as_inputs(core.pixels[example : example + 1])))
    return Reply(images=_image(core, as_numbers(drawn)[0]))


def card(core: TrainerCore, examples: Examples, options: Options) -> Reply:
    """Why this class and not that one: facts and images (2, H, W, C).

    facts: "classes", best first, with their "gaps" in nats from the best bound, 0 first, both empty
    where the model has no bound; "redrawn", the classes that the images show the example as. While
    only one class has labels, that is one; before the model has learned, none, and no images.
    """
    example = _one(examples)
    facts: dict[str, Any] = {"classes": [], "gaps": [], "redrawn": []}
    if not _has_learned(core):
        return Reply(facts)
    if has_bound(core.learner):
        [found] = class_bounds(core.learner, examples)
        order = [int(k) for k in np.argsort(-found) if np.isfinite(found[k])]
        facts["classes"] = order
        facts["gaps"] = [float(found[k] - found[order[0]]) for k in order]
    facts["redrawn"] = likeliest = _likeliest(core, example)
    images = [_image(core, core.learner.redraw(example, label)) for label in likeliest]
    return Reply(facts, images=np.concatenate(images))


def doubts(core: TrainerCore, examples: Examples, options: Options) -> Reply:
    """Of every labelled example, what contradicts its label: examples (n,), numbers (n, 2 K).

    First the probability of each class as the labels of other folds propagate, nan where no other
    label could say; then the bound of each class in nats, nan where there is none.
    """
    labelled, propagated = out_of_fold(core.voices.propagation, core.labels, core.n_classes)
    bounds = np.full_like(propagated, np.nan)
    if _has_learned(core) and has_bound(core.learner):
        bounds = class_bounds(core.learner, labelled, draws=2)
    return Reply(
        examples=labelled.astype(np.int32), numbers=np.concatenate([propagated, bounds], axis=1)
    )


def odd(core: TrainerCore, examples: Examples, options: Options) -> Reply:
    """How badly the best class explains each example: numbers (m, 1), high is odd, 0 is usual.

    Minus the bound under its best class, in standard deviations among all examples. UserError where
    the model has no bound, or has not learned yet.
    """
    if not has_bound(core.learner):
        raise UserError("This model has no bound, so it cannot say how odd an image is.")
    if not _has_learned(core):
        raise UserError("The model has not learned enough yet to say how odd an image is.")
    n = len(core.labels)
    compared = np.random.default_rng(0).choice(n, min(COMPARED, n), replace=False)
    every = np.concatenate([compared, examples])
    found = oddness(core.learner, every, core.voices.probabilities()[every], len(compared))
    return Reply(numbers=found[len(compared) :, None])


def nearest(core: TrainerCore, examples: Examples, options: Options) -> Reply:
    """The labelled examples nearest in M1's latents: examples (n,), numbers (n, 1) distances.

    As many as options["n"], 6 if that is not said. facts: "usual", the distance that half of all
    nearest neighbours are within.
    """
    example = _one(examples)
    labelled = np.flatnonzero(core.labels >= 0)
    labelled = labelled[labelled != example]
    usual = float(np.median(core.atlas.distances))
    latents = _latents(core, np.append(labelled, example))
    distances = np.linalg.norm(latents[:-1] - latents[-1], axis=1)
    order = np.argsort(distances, kind="stable")[: int(options.get("n", 6))]
    return Reply(
        {"usual": usual},
        examples=labelled[order].astype(np.int32),
        numbers=distances[order, None].astype(np.float32),
    )


QUESTIONS: dict[str, Callable[[TrainerCore, Examples, Options], Reply]] = {
    "nearest": nearest,
    "redraw": redraw,
    "card": card,
    "doubts": doubts,
    "odd": odd,
}


def _has_learned(core: TrainerCore) -> bool:
    """Whether the model knows classes: it has taken steps, or works all out when labels come."""
    learner = core.learner
    is_warm = learner.steps >= WARM_UP or not learner.optimisation.phases
    return is_warm and bool(learner.known.any())


@torch.no_grad()
def _latents(core: TrainerCore, examples: NDArray[np.integer]) -> NDArray[np.float32]:
    """Where M1 sees examples, in the latents that vary over the data: (n,) -> (n, A)."""
    m1, every = core.starter.m1, max(len(core.pixels) // SEEN, 1)
    active = is_active(latent_moments(m1, core.pixels[::every])[0])
    chosen = torch.from_numpy(examples.astype(np.int64)).to(core.device)
    found: NDArray[np.float32] = latent_moments(m1, core.pixels[chosen])[0][:, active].cpu().numpy()
    return found


def _likeliest(core: TrainerCore, example: int) -> list[int]:
    """The two likeliest classes of those that have labels, its label first if it has one."""
    probabilities = core.voices.probabilities()[example]
    label = int(core.labels[example])
    if label >= 0:  # what it would be taken for without its label
        probabilities = core.learner.unlabelled_probabilities(example)
        probabilities[label] = 2
    known = core.learner.known.cpu().numpy()
    order = np.argsort(-np.where(known, probabilities, -1))
    return [int(k) for k in order[: min(2, known.sum())]]


def _one(examples: Examples) -> int:
    if len(examples) != 1:
        raise UserError(f"Ask about one image, not {len(examples)}.")
    return int(examples[0])


def _image(core: TrainerCore, drawn: NDArray[np.float32]) -> NDArray[np.uint8]:
    return as_pictures(drawn[None], core.data.shape)
