"""Opening the trainer of a session: data, starter and device found, the last checkpoint read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..data import load_dataset
from ..errors import UserError
from ..options.options import AUTO, FittingOptions
from ..pretraining.m1_quick import stands_on_m1
from ..pretraining.starter import ATLAS_FOLDER, M1_FOLDER, Starter, has_m1, starter_fits
from ..training.device import choose_device, use_threads
from .core import TrainerCore
from .resume import OWN_STARTER, resume


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
    options = FittingOptions.split(config, dataset.shape)[0] if stands_on_m1(model) else AUTO
    own = folder / OWN_STARTER
    at = own if (own / ATLAS_FOLDER).is_dir() else starter
    other = (own / M1_FOLDER).is_dir() and not has_m1(own, dataset.shape, options)
    if other and has_m1(starter, dataset.shape, options) and starter_fits(starter, dataset):
        at = starter
    if (at / ATLAS_FOLDER).is_dir() and not starter_fits(at, dataset):
        raise UserError(
            f"The map and the M1 in {at} were made for other images than those of "
            f"'{dataset.name}' today. Open a new session on it, or put the images back."
        )
    opened = Starter.open(at, dataset.shape, seed, options)
    core = TrainerCore(
        dataset,
        opened,
        model=model,
        config=config,
        n_classes=n_classes,
        device=choose_device(device),
        folder=folder,
        generation=generation,
        seed=seed,
    )
    resume(core, folder)
    if not opened.is_trained:  # the next session on these images begins with what is learned here
        if options.made_alike(AUTO, dataset.shape):
            core.starter_homes.append(starter)
        core.command("pretrain")
    return core
