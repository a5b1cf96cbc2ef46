"""Opening the trainer of a session: data, starter and device found, the last checkpoint read."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..atlas.starter_folders import shipped
from ..data import Dataset, load_dataset
from ..data.dataset import AUTO as AUTO_ENCODER
from ..encoders import FeatureStore
from ..encoders.wanted import wanted_beside, wanted_encoder
from ..errors import UserError
from ..models.components import some_of
from ..options.options import AUTO, FittingOptions
from ..pretraining.autoencoder import key_of
from ..pretraining.encoded_features import EncodedFeatures
from ..pretraining.m1_quick import stands_on_m1
from ..pretraining.starter import Starter, has_m1, starter_fits
from ..storage.paths import ATLAS, ENCODED, M1, OWN_STARTER
from ..training.device import choose_device, use_threads
from .core import TrainerCore
from .encoding_beside import EncodingBeside
from .image_encoding import ImageEncoding
from .m1_jobs import m1_jobs, wanted_folder
from .pretraining_jobs import JobMaker
from .state import new_state

# Images, at most, that a network sees within about a minute: as many wait for no M1.
SOON_ENCODED = 10_000


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
    features: Path | None = None,
    own: Path | None = None,
    encoder: str | None = None,
) -> TrainerCore:
    """The trainer of a session, as its newest checkpoint left it.

    `features` is the folder of the features of all images that were ever encoded; without it, none
    is. `own` is where its own M1 and map are, if not in its folder. `encoder`: another than that
    of the data set. Raises UserError if the data set, the starter or the device is not there.
    """
    use_threads()
    dataset = load_dataset(data)
    if encoder is not None:
        dataset = replace(dataset, encoder=encoder, identity=dataset.fingerprint)
    options = FittingOptions.split(config, dataset.shape)[0] if stands_on_m1(model) else AUTO
    own = own or folder / OWN_STARTER
    at = own if (own / ATLAS).is_dir() else starter
    other = (own / M1).is_dir() and not has_m1(own, dataset.shape, options)
    if other and has_m1(starter, dataset.shape, options) and starter_fits(starter, dataset):
        at = starter
    if (at / ATLAS).is_dir() and not starter_fits(at, dataset):
        raise UserError(
            f"The map and the M1 in {at} were made for other images than those of "
            f"'{dataset.name}' today. Open a new session on it, or put the images back."
        )
    some = None if dataset.kind == "vector" else _some_of(dataset)
    borrows_m1 = at == own and not (own / M1).is_dir() and has_m1(starter, dataset.shape, options)
    if borrows_m1 and starter_fits(starter, dataset):
        opened = Starter.open(starter, dataset.shape, seed, options, some).with_map_of(own)
    else:
        opened = Starter.open(at, dataset.shape, seed, options, some)
    is_shipped = shipped(dataset) == starter
    wanted = "" if is_shipped and dataset.encoder == AUTO_ENCODER else wanted_encoder(dataset)
    home = own if is_shipped else starter
    beside = "" if is_shipped else wanted_beside(dataset)
    if wanted or beside:
        kept = home / ENCODED, dataset.fingerprint, wanted or beside, len(dataset)
        known = EncodedFeatures.load(*kept)
        opened.features, opened.beside = (known, None) if wanted else (None, known)
    state = new_state(
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
    core = TrainerCore(state)
    core.resume()
    has_graph = (wanted or beside) in (graph.name for graph in opened.graphs)
    is_encoded = opened.probed is not None and has_graph
    if wanted and features is not None and not is_encoded:
        core.pretrain(partial(ImageEncoding, state, wanted, FeatureStore(features), home))
    jobs: list[JobMaker] = []
    if features is not None:
        state.store = FeatureStore(features)
    has_wanted = opened.is_trained and not (wanted_folder(state) and not key_of(opened.m1))
    if not has_wanted:  # the next session on these images begins with what is learned here
        is_for_all = (
            options.made_alike(AUTO, dataset.shape) and options.autoencoder == AUTO.autoencoder
        )
        if is_for_all:
            state.shared_m1 = starter
        jobs += m1_jobs(state)
    if beside and features is not None and not is_encoded:
        seeing = partial(EncodingBeside, state, beside, FeatureStore(features), home)
        jobs.insert(0 if len(dataset) <= SOON_ENCODED else len(jobs), seeing)
    core.pretrain(*jobs)
    return core


def _some_of(dataset: Dataset) -> Tensor:
    """Images by which a new M1 begins: (n, D)."""
    return torch.from_numpy(np.asarray(dataset.images[some_of(len(dataset))])).flatten(1)
