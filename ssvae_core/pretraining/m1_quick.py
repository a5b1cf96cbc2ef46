"""An M1 learned within some seconds or steps, and what to do where it finds nothing."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import Tensor

from ..encoders.autoencoder_files import wanted_autoencoder
from ..encoders.base import Keeper
from ..models import (
    MODELS,
    VAE,
    AbstractModel,
    Components,
    ModelInputs,
    ModelSpec,
    components_of,
)
from ..models.abstract_vae import AbstractVAE
from ..models.networks import ImageEncoder
from ..models.vae import VAEConfig
from ..options.options import AUTO, FittingOptions
from ..training.budget import Pace
from ..training.chunks import Chunked
from ..training.optimisation import Optimisation, mean_terms
from .autoencoder import fitted, open_autoencoder
from .batches import BATCH_SIZE, UnlabelledBatches
from .starter import Starter, is_active, latents_to_standardise_by, new_m1

# In how much of the run the learning rate falls, and to what share: short, as few steps are there.
DECAY_WITHIN, DECAY_FLOOR = 0.2, 0.1
ON_IMAGES = "guided"  # the same, of images in a session, where it answers sooner
WITHOUT_M1 = "m2"  # what learns from the values themselves where an M1 finds nothing in them

Told = TypeVar("Told")


def learn_features(m1: VAE, values: Tensor, pace: Pace, seed: int) -> Iterator[dict[str, float]]:
    """Train on all values (N, D) as long as the pace allows; the terms, every 50 steps.

    Raises TrainingDiverged if one is no longer finite.
    """
    batches = UnlabelledBatches(values, BATCH_SIZE, torch.Generator().manual_seed(seed))
    optimisation, steps = Optimisation(m1, values.device), 0
    while True:
        for batch in batches:
            if not (left := pace.left(steps)):
                return
            optimisation.decay(left, within=DECAY_WITHIN, floor=DECAY_FLOOR)
            terms = optimisation.step(batch)
            steps += 1
            if steps % 50 == 0:
                yield mean_terms({name: [term] for name, term in terms.items()})


def quick_m1(
    values: Tensor,
    shape: tuple[int, ...],
    config: VAEConfig | None,
    options: FittingOptions,
    pace: Pace,
    seed: int,
    store: Keeper | None,
    told: Callable[[str, dict[str, float]], Told],
) -> Generator[Told, None, AbstractVAE]:
    """An M1 of values (N, D): a pretrained autoencoder where one is wanted, or its own.

    An own M1 learns as long as the pace allows. `told` makes of a message and the terms what is
    yielded. Raises UserError where the autoencoder's folder holds none.
    """
    if folder := wanted_autoencoder(options.autoencoder, shape):
        m1 = open_autoencoder(Path(folder), shape, len(values)).to(values.device)
        for progress in fitted(m1, values, store, seed):
            yield told(progress.message, {})
        return m1
    own = new_m1(shape, config, options, values).to(values.device)
    for terms in learn_features(own, values, pace, seed):
        yield told("M1 learns to redraw the examples", terms)
    return own


@dataclass(frozen=True)
class Plan:
    """How a session's models are made, for any number of classes."""

    spec: ModelSpec
    knobs: dict[str, Any]
    shape: tuple[int, ...]  # of an example
    options: FittingOptions
    m1: AbstractVAE
    z1_mean: Tensor | None  # (n, Z) M1's latents to standardise by, if the spec needs an M1
    image_encoder: ImageEncoder | None = None
    n_features: int = 0  # of a pretrained encoder, that classes are told from
    components: Components | None = None  # of the examples, where a model stands on those

    def make(self, n_classes: int) -> AbstractModel:
        """An untrained model."""
        made_for = self.shape, n_classes, self.options
        inputs = ModelInputs.of(
            *(*made_for, self.m1, self.z1_mean, self.image_encoder),
            *(self.n_features, self.components),
        )
        return self.spec.make(inputs, **self.knobs)


def plan_on(
    starter: Starter,
    values: Tensor,
    shape: tuple[int, ...],
    model: str,
    knobs: dict[str, Any],
    options: FittingOptions = AUTO,
    n_features: int = 0,
) -> Chunked[Plan]:
    """How a model is made on this M1 and image encoder, for values (N, D) of this shape.

    n_features: of a pretrained encoder, behind the values.

    A model that needs an M1 and has one that finds no difference in the values, because it is as
    new or has collapsed, gives way to one that learns from the values themselves.
    """
    spec, m1 = MODELS[model].stepping(options), starter.m1
    known = starter.image_encoder, n_features
    if spec.m1 is None:
        return Plan(
            spec, knobs, shape, options, m1, None, *known, _components(values, shape, options)
        )
    z_mean = yield from latents_to_standardise_by(m1, values)
    if is_active(z_mean).any():
        return Plan(spec, knobs, shape, options, m1, z_mean, *known)
    instead = MODELS[ON_IMAGES if len(shape) == 3 else WITHOUT_M1].stepping(options)
    return Plan(instead, {}, shape, options, m1, None, *known, _components(values, shape, options))


def _components(
    values: Tensor, shape: tuple[int, ...], options: FittingOptions
) -> Components | None:
    return components_of(values) if options.in_components(shape) else None


def stands_on_m1(model: str) -> bool:
    """Whether the model of this name learns from an M1's features; False for an unknown name."""
    return model in MODELS and MODELS[model].m1 is not None


def config_without_m1(config: Any) -> Any:
    """The config of the model that needs no M1, with the knobs that both have."""
    instead = MODELS[WITHOUT_M1].config
    names = {knob.name for knob in dataclasses.fields(instead)}
    shared = {name: value for name, value in vars(config).items() if name in names}
    return dataclasses.replace(instead, **shared)
