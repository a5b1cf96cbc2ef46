"""The hot loop of a session: one model that learns while labels arrive between two of its steps.

Plain torch, without processes or sockets: a test runs it as it is, and so does the worker. Two
voices answer a label. Propagation on the latent graph answers at once; the model learns on, with
propagation's answers as a start, and speaks with it when it has learned enough (voices.py).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ..data.dataset import Dataset
from ..errors import UserError
from ..models import MODELS, AbstractModel, Setting, likelihood_of
from ..projection import Map
from .device import device_title, is_out_of_memory
from .learner import Learner, as_bytes
from .loop import TrainingDiverged
from .memory import remember
from .pretraining import NothingFound, Progress, pretrain
from .propagation import Propagation
from .starter import Starter, latents_to_standardise_by
from .view import View
from .voices import WARM_UP, Voices

STEPS_AFTER_A_LABEL = 4000  # then the model has nothing to gain and waits for the next
CHECK_EVERY = 50  # steps between two looks at the terms: finite, and what are they
N_M1_SAMPLES = 36
WORSE = 0.05  # share of labels by which a new M1's neighbours may be worse than the old one's
log = logging.getLogger(__name__)


class TrainerCore:
    """Holds data, model and optimiser on the device; takes labels, steps, and shows."""

    def __init__(
        self,
        data: Dataset,
        starter: Starter,
        *,
        model: str,
        config: dict[str, Any],
        n_classes: int,
        device: torch.device,
        folder: Path,
        generation: int = 0,
        seed: int = 0,
    ):
        """`folder` is where checkpoints go.

        Raises UserError if the device's memory is too small for data and model.
        """
        if model not in MODELS:
            raise UserError(f"Unknown model '{model}'. Choose one of: {', '.join(MODELS)}.")
        self.data, self.model_name, self.config = data, model, config
        self.recipe = MODELS[model]
        self.n_classes, self.device, self.seed = n_classes, device, seed
        self.folder, self.generation = folder, generation
        self.labels = np.full(len(data), -1, np.int16)
        self.label_seq, self.map_version = 0, 0
        self.moved: float | None = None
        self.message = ""
        self.seconds_left: float | None = None
        self.terms: dict[str, float] = {}
        self.step_count = 0
        self._pretraining: Iterator[Progress | Starter] | None = None
        self._new_map: Map | None = starter.atlas.xy
        self._new_labels = True  # something to show at once
        self.starter_is_new = False
        try:
            self.pixels = torch.from_numpy(data.images).flatten(1).to(device)
            self._use(starter)
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            raise UserError(
                f"{device_title(device)} has not enough memory for the {len(data)} images and the "
                "model. Close what else uses it, or choose the CPU."
            ) from error

    def _use(self, starter: Starter) -> None:
        """Begin a new model on this M1 and its atlas; labels stay."""
        torch.manual_seed(self.seed)
        m1 = starter.m1.to(self.device)
        self.starter, self.atlas = starter, starter.atlas
        self.learner = Learner(
            self._new_model(starter), self.recipe, self.pixels, self.data.shape, self.seed
        )
        self.voices = Voices(self.atlas, self.learner)
        self._styles = torch.randn(
            N_M1_SAMPLES, m1.latent_dim, generator=torch.Generator().manual_seed(self.seed)
        ).to(self.device)
        self._steps_since_label = 0  # all is to be learned anew
        self._hear()

    def _new_model(self, starter: Starter) -> AbstractModel:
        needs_m1 = self.recipe.m1 is not None
        z1_mean = latents_to_standardise_by(starter.m1, self.pixels) if needs_m1 else None
        shape = self.data.shape
        setting = Setting(shape, self.n_classes, likelihood_of(shape), starter.m1, z1_mean)
        return self.recipe.make(setting, **self.config)

    # What the worker asks for

    @property
    def device_name(self) -> str:
        """The device in words."""
        return device_title(self.device)

    @property
    def is_pretraining(self) -> bool:
        """Whether an M1 is being trained from scratch."""
        return self._pretraining is not None

    @property
    def busy(self) -> bool:
        """Whether a step would teach anything."""
        if self._steps_since_label >= STEPS_AFTER_A_LABEL or not self.learner.optimisation.phases:
            return self.is_pretraining
        return self.is_pretraining or len(self.learner.labelled) > 0

    def apply(
        self, to_seq: int, examples: NDArray[np.integer], classes: NDArray[np.integer]
    ) -> None:
        """Take in labels; class -1 takes one back. The log of events now counts up to to_seq."""
        self.labels[examples] = classes
        self.label_seq = to_seq
        self._steps_since_label = 0
        if not self.is_pretraining:
            self.moved = 0.0  # labels teach the model on top of M1; the latents stay
        self._hear()

    def _hear(self) -> None:
        self.voices.hear(self.labels)
        self._new_labels = True

    def grow(self, n_classes: int) -> None:
        """Go on with more classes; what was learned of the others stays."""
        self.n_classes = n_classes
        self.learner.grow(self._new_model(self.starter))
        self._hear()

    def step(self) -> None:
        """One piece of work, of a second at most; usually some hundredths."""
        try:
            if self._pretraining is not None:
                self._pretrain(self._pretraining)
                return
            self.learner.step()
            self.step_count += 1
            self._steps_since_label += 1
            if self.learner.steps % CHECK_EVERY == 0:
                self.terms = self.learner.terms()
        except TrainingDiverged as error:
            self.start_over(f"{error} The model started over; the labels are kept.")
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            self._use_less_memory(error)

    def snapshot(self) -> View | None:
        """What there is to show, or None if nothing is new."""
        is_asked = self.voices.ask_model()
        if not (self._new_labels or is_asked or self._new_map is not None):
            return None
        n_labels = int((self.labels >= 0).sum())
        speaker = "model" if self.voices.model_speaks else "propagation"
        self._new_labels = False
        new_map, self._new_map = self._new_map, None
        return View(
            step=self.step_count,
            label_seq=self.label_seq,
            n_labels=n_labels,
            speaker=speaker if n_labels else "",
            map_version=self.map_version,
            moved=self.moved,
            terms=self.terms,
            probabilities=self.voices.probabilities().astype(np.float16) if n_labels else None,
            samples=self._samples(n_labels),
            xy=new_map,
        )

    @torch.no_grad()
    def _samples(self, n_labels: int) -> NDArray[np.uint8]:
        if n_labels:
            drawn = self.learner.samples()
        else:
            drawn = as_bytes(self.starter.m1.decode(self._styles))
        return drawn.reshape(*drawn.shape[:-1], *self.data.shape)

    @torch.no_grad()
    def redraw(self, example: int) -> NDArray[np.uint8]:
        """The example as the model redraws it, in its likeliest class: -> (H, W, C)."""
        if self.learner.steps >= WARM_UP:
            label = int(self.voices.propagated[example].argmax())
            return self.learner.redraw(example, label).reshape(self.data.shape)
        x = self.pixels[example : example + 1].float() / 255
        return as_bytes(self.starter.m1.decode(self.starter.m1.encode(x)))[0].reshape(
            self.data.shape
        )

    def command(self, name: str) -> None:
        """`pretrain`: train an M1 from scratch; `cancel`: keep the one there is."""
        if name == "pretrain" and self._pretraining is None:
            self._map_before = self.atlas.xy
            self._pretraining = pretrain(self.pixels, self.data.shape, self.atlas.xy, self.seed + 1)
            self.message = "M1 learns to redraw the images"
        elif name == "cancel" and self._pretraining is not None:
            self._give_up_pretraining("Cancelled.")

    # Training from scratch

    def _pretrain(self, pretraining: Iterator[Progress | Starter]) -> None:
        try:
            event = next(pretraining)
        except (TrainingDiverged, NothingFound) as error:
            self._give_up_pretraining(str(error))
            return
        if isinstance(event, Starter):
            self._adopt(event)
            return
        self.message, self.seconds_left = event.message, event.seconds_left
        if event.xy is not None:
            self._show_map(event.xy, event.moved)

    def _adopt(self, starter: Starter) -> None:
        """Go on with the new M1, unless its neighbours know the labels less well."""
        before = self.voices.propagation.score(self.labels)
        after = Propagation(starter.atlas.neighbours, starter.atlas.distances).score(self.labels)
        if before is not None and after is not None and after < before - WORSE:
            self._end_pretraining(
                f"The new M1 knows your labels less well: from the others it guesses {after:.0%} "
                f"of them, the one before {before:.0%}. The one before stays."
            )
            self._show_map(self._map_before)
            return
        self.starter_is_new = True
        self._use(starter)
        self._end_pretraining("")
        try:
            self.save()
        except UserError as error:
            self.message = str(error)

    def _give_up_pretraining(self, why: str) -> None:
        self._end_pretraining(f"{why} The M1 and the map from before are back.")
        self._show_map(self._map_before)

    def _end_pretraining(self, message: str) -> None:
        self._pretraining, self.seconds_left, self.message = None, None, message

    def _show_map(self, xy: Map, moved: float | None = None) -> None:
        self._new_map, self.moved = xy, moved
        self.map_version += 1

    # When things go wrong

    def start_over(self, message: str) -> None:
        """Begin a new model on the M1 there is, and say why; labels stay."""
        log.warning("%s", message)
        self._pretraining = None
        self._use(self.starter)
        self.message = message

    def _use_less_memory(self, error: BaseException) -> None:
        """Go on in smaller batches; give up where they would be smaller than half the labelled."""
        if self.device.type == "cuda":
            torch.cuda.empty_cache()
        if self.is_pretraining:
            self._give_up_pretraining(f"{self.device_name} has not enough memory for a new M1.")
            return
        smaller = self.learner.n_unlabelled // 2
        if smaller < self.recipe.n_labelled // 2:
            raise UserError(
                f"{self.device_name} has no memory left. Close what else uses it, "
                "or choose the CPU; the labels are kept."
            ) from error
        self.learner.n_unlabelled = smaller
        self.message = (
            f"{self.device_name} has no memory left. Training goes on in batches of {smaller}."
        )

    # Checkpoints

    def save(self) -> None:
        """Write a checkpoint. Raises UserError if the disk is full."""
        remember(self)

    def restore(self, labels: NDArray[np.int16], label_seq: int, step: int, learned: int) -> None:
        """Take up labels (N,) and counts from a checkpoint; the weights are loaded."""
        self.labels = labels
        self.label_seq, self.step_count, self.learner.steps = label_seq, step, learned
        self._hear()
