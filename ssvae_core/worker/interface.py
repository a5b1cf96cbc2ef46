"""What the worker needs of a core; the one that trains is in ssvae_core.trainer.core.

The core is used by one thread only. Whatever it raises ends the worker: a UserError is shown to
the person as it is, anything else is a crash, after which a new worker goes on from the newest
checkpoint.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray


class Core(Protocol):
    """A model in training that takes labels between two steps."""

    @property
    def label_seq(self) -> int:
        """Labels up to this event are in the model."""

    @property
    def step_count(self) -> int:
        """Steps done since the model was new."""

    @property
    def device_name(self) -> str:
        """What the model runs on, in words."""

    @property
    def busy(self) -> bool:
        """Whether a step would be of use now."""

    @property
    def is_pretraining(self) -> bool:
        """Whether steps go to a model from scratch."""

    @property
    def seconds_left(self) -> float | None:
        """Of pretraining, as far as it can be told."""

    @property
    def run_step(self) -> int:
        """Steps taken of the present run."""

    @property
    def run_steps(self) -> int:
        """Steps that the present run takes; 0 where there is none."""

    @property
    def waits_for(self) -> str:
        """What begins the next run, in words; empty during a run."""

    @property
    def message(self) -> str:
        """What it is doing, in words; may be empty."""

    @property
    def terms(self) -> Mapping[str, float]:
        """The terms of the bound, in nats."""

    def apply(
        self,
        to_seq: int,
        examples: NDArray[np.int32],
        classes: NDArray[np.int16],
        n_classes: int = 0,
        undone_from: int = 0,
    ) -> None:
        """Give examples (m,) their classes (m,), -1 for none; label_seq becomes `to_seq`.

        With more classes than before, the model grows. With `undone_from`, it first becomes again
        what it was before that event.
        """

    def step(self) -> None:
        """One step of training, a second at most."""

    def snapshot(self) -> Any:
        """Every field of messages.Snapshot but generation and rev, `proba` under the name
        `probabilities`; None if nothing is new.
        """

    def ask(
        self, what: str, examples: NDArray[np.int32], options: Mapping[str, Any]
    ) -> Generator[Any, None, Any]:
        """Returns every field of messages.Answer but id and error, after pieces of work.

        Each is a second at most; labels may be applied in between, but no step is taken. UserError,
        from the first piece on, if there is no answer.
        """

    def command(self, name: str) -> None:
        """Take "now", "pretrain" or "cancel"."""

    def set_when(self, mode: str, labels: int, seconds: float) -> None:
        """When to take steps, see messages.When. UserError for what cannot be."""

    def save(self) -> None:
        """Write a checkpoint, whole or not at all. UserError if the disk does not take it."""
