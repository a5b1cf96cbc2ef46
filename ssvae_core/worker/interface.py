"""What the worker needs of a core; the one that trains is in ssvae_core.trainer.core.

The core is used by one thread at a time, but for `preview`. Whatever it raises ends the worker: a
UserError is shown to the person as it is, anything else is a crash, after which a new worker goes
on from the newest checkpoint.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..protocol.messages import Labels, Snapshot, Status, When
from ..protocol.queries import Answer, Query


class Core(Protocol):
    """A model in training that takes labels between two steps, and builds what it tells."""

    @property
    def busy(self) -> bool:
        """Whether a step would be of use now."""

    @property
    def is_pretraining(self) -> bool:
        """Whether steps go to a model from scratch."""

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

    def preview(self, labels: Labels) -> Snapshot | None:
        """What there is to show with these labels, which `apply` is still to get: a quick answer.

        May be called while another thread is in `step`, `snapshot` or `save`. None where there is
        none before they are applied.
        """
        ...

    def step(self) -> None:
        """One step of training, a second at most."""

    def snapshot(self) -> Snapshot | None:
        """What there is to show; None if nothing is new."""

    def status(self) -> Status:
        """What it is doing, but for the rate and a pause, which the worker knows."""

    def query(self, query: Query) -> Generator[None, None, Answer]:
        """Returns the answer after pieces of work, each a second at most.

        Labels may be applied in between, but no step is taken. UserError, from the first piece on,
        if there is no answer.
        """

    def command(self, name: str) -> None:
        """Take "now", "pretrain" or "cancel"."""

    def set_when(self, when: When) -> None:
        """When to take steps."""

    def save(self) -> None:
        """Write a checkpoint, whole or not at all. UserError if the disk does not take it."""
