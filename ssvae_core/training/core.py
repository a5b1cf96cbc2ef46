"""The hot loop of a session: one model that learns while labels arrive between two of its steps.

Plain torch, without processes or sockets: a test runs it as it is, and so does the worker. Two
voices answer a label. Propagation on the latent graph answers at once; the model learns on, with
propagation's answers as a start, and speaks with it when it has learned enough (voices.py).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ..data import load_dataset
from ..data.dataset import Dataset
from ..distributions import Bernoulli
from ..errors import UserError
from ..models import M2, MODELS, AbstractModel, check
from ..models.m1m2 import M1M2
from ..projection import Map
from .checkpoints import learned_arrays, load_learned, read_newest, write_checkpoint
from .device import choose_device, device_title, is_out_of_memory, use_threads
from .learner import N_LABELLED, Learner, as_bytes
from .loop import TrainingDiverged
from .pretraining import Progress, pretrain
from .propagation import Propagation
from .starter import ATLAS_FOLDER, Starter, latent_moments
from .voices import AGREES, agreement, together

STEPS_AFTER_A_LABEL = 4000  # then the model has nothing to gain and waits for the next
CHECK_EVERY = 50  # steps between two looks at the terms: finite, and what are they
WARM_UP = 30  # steps before the model is asked
N_M1_SAMPLES = 36
WORSE = 0.05  # share of labels by which a new M1's neighbours may be worse than the old one's

OWN_STARTER = "starter"  # folder, in the session's, of an M1 trained there

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class View:
    """What the trainer has to show: the content of a snapshot."""

    step: int
    label_seq: int
    n_labels: int
    speaker: str  # "propagation", "model", or "" while there is no label
    map_version: int
    moved: float | None
    terms: dict[str, float]
    probabilities: NDArray[np.float16] | None  # (N, K)
    samples: NDArray[np.uint8]  # (K, columns, H, W, C), or (columns, H, W, C) without labels
    xy: Map | None  # (N, 2), only when it is new


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
        self.n_classes, self.device, self.seed = n_classes, device, seed
        self.folder, self.generation = folder, generation
        self.labels = np.full(len(data), -1, np.int16)
        self.label_seq, self.map_version = 0, 0
        self.moved: float | None = None
        self.message = ""
        self.seconds_left: float | None = None
        self.terms: dict[str, float] = {}
        self.step_count = self._steps_since_label = 0
        self._pretraining: Iterator[Progress | Starter] | None = None
        self._new_map: Map | None = starter.atlas.xy
        self._new_labels = True  # something to show at once
        self._starter_is_new = False
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
        self.propagation = Propagation(self.atlas.neighbours, self.atlas.distances)
        self.learner = Learner(self._new_model(starter), self.pixels, self.seed)
        self._styles = torch.randn(
            N_M1_SAMPLES, m1.latent_dim, generator=torch.Generator().manual_seed(self.seed)
        ).to(self.device)
        self._modelled: NDArray[np.float32] | None = None
        self._predicted_step, self._predict_at = 0, 0.0
        self._model_speaks = False
        self._propagate()

    def _new_model(self, starter: Starter) -> AbstractModel:
        if self.model_name == "m2":
            config = M2.Config(**self.config)
            check(config)
            return M2(self.pixels.shape[1], self.n_classes, Bernoulli(), config)
        stacked = M1M2.Config(**self.config)
        check(stacked)
        every = max(len(self.pixels) // 10_000, 1)  # enough to standardise by
        z1_mean = latent_moments(starter.m1, self.pixels[::every])[0]
        return M1M2(starter.m1, z1_mean, self.n_classes, stacked)

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
        learning = len(self.learner.labelled) > 0
        return self.is_pretraining or (learning and self._steps_since_label < STEPS_AFTER_A_LABEL)

    def apply(
        self, to_seq: int, examples: NDArray[np.integer], classes: NDArray[np.integer]
    ) -> None:
        """Take in labels; class -1 takes one back. The log of events now counts up to to_seq."""
        self.labels[examples] = classes
        self.label_seq = to_seq
        self._steps_since_label = 0
        if not self.is_pretraining:
            self.moved = 0.0  # labels teach the model on top of M1; the latents stay
        self._propagate()

    def _propagate(self) -> None:
        self._propagated = self.propagation(self.labels, self.n_classes)
        has_labels = bool((self.labels >= 0).any())
        self.learner.take_labels(self.labels, self._propagated if has_labels else None)
        self._new_labels = True

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
            self._start_over(f"{error} The model started over; the labels are kept.")
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            self._use_less_memory(error)

    def snapshot(self) -> View | None:
        """What there is to show, or None if nothing is new."""
        is_predicted = self._predict()
        if not (self._new_labels or is_predicted or self._new_map is not None):
            return None
        n_labels = int((self.labels >= 0).sum())
        probabilities = self._propagated
        if self._model_speaks and self._modelled is not None:
            probabilities = together(self._propagated, self._modelled)
        self._new_labels = False
        new_map, self._new_map = self._new_map, None
        return View(
            step=self.step_count,
            label_seq=self.label_seq,
            n_labels=n_labels,
            speaker=("model" if self._model_speaks else "propagation") if n_labels else "",
            map_version=self.map_version,
            moved=self.moved,
            terms=self.terms,
            probabilities=probabilities.astype(np.float16) if n_labels else None,
            samples=self._samples(n_labels),
            xy=new_map,
        )

    def _predict(self) -> bool:
        """Let the model say what it believes now, if it has learned; in 1/6 of the time."""
        steps = self.learner.steps
        if steps < max(WARM_UP, self._predicted_step + 1) or time.monotonic() < self._predict_at:
            return False
        start = time.monotonic()
        self._modelled = self.learner.probabilities()
        self._model_speaks = agreement(self._propagated, self._modelled) >= AGREES
        self._predicted_step = steps
        self._predict_at = time.monotonic() + 5 * (time.monotonic() - start)
        return True

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
            label = int(self._propagated[example].argmax())
            return self.learner.redraw(example, label).reshape(self.data.shape)
        x = self.pixels[example : example + 1].float() / 255
        return as_bytes(self.starter.m1.decode(self.starter.m1.encode(x)))[0].reshape(
            self.data.shape
        )

    def command(self, name: str) -> None:
        """`pretrain`: train an M1 from scratch; `cancel`: keep the one there is."""
        if name == "pretrain" and self._pretraining is None:
            self._map_before = self.atlas.xy
            self._pretraining = pretrain(self.pixels, self.atlas.xy, self.seed + 1)
            self.message = "M1 learns to redraw the images"
        elif name == "cancel" and self._pretraining is not None:
            self._end_pretraining("Cancelled. The M1 and the map from before are back.")
            self._show_map(self._map_before)

    # Training from scratch

    def _pretrain(self, pretraining: Iterator[Progress | Starter]) -> None:
        event = next(pretraining)
        if isinstance(event, Starter):
            self._adopt(event)
            return
        self.message, self.seconds_left = event.message, event.seconds_left
        if event.xy is not None:
            self._show_map(event.xy, event.moved)

    def _adopt(self, starter: Starter) -> None:
        """Go on with the new M1, unless its neighbours know the labels less well."""
        before = self.propagation.score(self.labels)
        after = Propagation(starter.atlas.neighbours, starter.atlas.distances).score(self.labels)
        if before is not None and after is not None and after < before - WORSE:
            self._end_pretraining(
                f"The new M1 knows your labels less well: from the others it guesses {after:.0%} "
                f"of them, the one before {before:.0%}. The one before stays."
            )
            self._show_map(self._map_before)
            return
        self._starter_is_new = True
        self._use(starter)
        self._end_pretraining("")
        try:
            self.save()
        except UserError as error:
            self.message = str(error)

    def _end_pretraining(self, message: str) -> None:
        self._pretraining, self.seconds_left, self.message = None, None, message

    def _show_map(self, xy: Map, moved: float | None = None) -> None:
        self._new_map, self.moved = xy, moved
        self.map_version += 1

    # When things go wrong

    def _start_over(self, message: str) -> None:
        log.warning("%s", message)
        self._pretraining = None
        self._use(self.starter)
        self.message = message

    def _use_less_memory(self, error: BaseException) -> None:
        """Go on in smaller batches; give up below 50."""
        if self.device.type == "cuda":
            torch.cuda.empty_cache()
        smaller = self.learner.n_unlabelled // 2
        if self.is_pretraining or smaller < N_LABELLED // 2:
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
        if self._starter_is_new:
            fingerprint = {"fingerprint": self.data.fingerprint}
            self.starter.save(self.folder / OWN_STARTER, fingerprint)
            self._starter_is_new = False
        arrays = learned_arrays(self.learner.model, self.learner.optimisation.optimizers)
        write_checkpoint(
            self.folder,
            self.generation,
            self.step_count,
            {**arrays, "labels": self.labels},
            {
                "label_seq": self.label_seq,
                "step": self.step_count,
                "learner_steps": self.learner.steps,
                "model": self.model_name,
                "n_classes": self.n_classes,
            },
        )

    def resume(self) -> None:
        """Go on from the newest checkpoint that fits; without one, stay as made."""
        checkpoint = read_newest(self.folder)
        if checkpoint is None:
            return
        arrays, manifest = checkpoint
        try:
            if len(arrays["labels"]) != len(self.labels):
                raise UserError("The checkpoint is of another data set.")
            load_learned(arrays, self.learner.model, self.learner.optimisation.optimizers)
        except UserError as error:
            self._start_over(str(error))
            return
        self.labels = arrays["labels"].copy()
        self.label_seq, self.step_count = manifest["label_seq"], manifest["step"]
        self.learner.steps = manifest["learner_steps"]
        self._propagate()


def open_core(
    *,
    data: str,
    model: str,
    config: dict[str, Any],
    n_classes: int,
    seed: int,
    device: str,
    starter: Path,
    folder: Path,
    generation: int,
) -> TrainerCore:
    """The trainer of a session, as its newest checkpoint left it.

    Raises UserError if the data set, the starter or the device is not there.
    """
    use_threads()
    dataset = load_dataset(data)
    own = folder / OWN_STARTER
    at = own if (own / ATLAS_FOLDER).is_dir() else starter
    core = TrainerCore(
        dataset,
        Starter.load(at, int(np.prod(dataset.shape))),
        model=model,
        config=config,
        n_classes=n_classes,
        device=choose_device(device),
        folder=folder,
        generation=generation,
        seed=seed,
    )
    core.resume()
    return core
