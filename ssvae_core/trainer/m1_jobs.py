"""How a session comes to its M1: a pretrained autoencoder where one is wanted, else its own."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from ..encoders.autoencoder_files import wanted_autoencoder
from .autoencoder_m1 import AutoencoderM1
from .m1_training import M1Training
from .pretraining_jobs import JobMaker
from .state import TrainerState


def wanted_folder(state: TrainerState) -> str:
    """The folder of the autoencoder that is to be its M1; "" for one of its own."""
    return wanted_autoencoder(state.options.autoencoder, state.data.shape)


def m1_jobs(state: TrainerState) -> list[JobMaker]:
    """What is to be done; after an autoencoder that cannot be had, an own M1 is trained."""
    folder = wanted_folder(state)
    if not folder:
        return [partial(M1Training, state)]
    return [
        partial(AutoencoderM1, state, Path(folder)),
        lambda: None if state.starter.is_trained else M1Training(state),
    ]
