"""3,000 digits of MNIST as an import of their own, with the M1 that ships: opened in no time."""

from __future__ import annotations

import shutil

import numpy as np
import torch

from ssvae_core.atlas.atlas import Atlas, medoids, nearest_neighbours
from ssvae_core.atlas.starter_folders import shipped_folder
from ssvae_core.data import load_dataset
from ssvae_core.data.library import load_imported, set_encoder
from ssvae_core.encoders import CONTRASTIVE
from ssvae_core.pretraining.starter import Starter, active_latents, latent_means
from ssvae_core.storage.paths import STARTERS, data_root
from ssvae_core.training.chunks import run_to_end
from tests.support.small_imports import take_in

N = 3_000


def make_few_digits(workspace):
    """The id of the data set, which is in this workspace then, its starter made."""
    mnist = load_dataset("mnist")
    file = workspace / "few.npz"
    np.savez(file, images=mnist.images[:N, ..., 0], labels=mnist.answer_key[:N])
    folder = take_in(file, data_root(workspace), "few digits").folder
    set_encoder(folder.name, CONTRASTIVE, data_root(workspace))  # no network is run beside
    data = load_imported(folder)
    ships = Starter.load(shipped_folder("mnist"), data.shape)
    pixels = torch.from_numpy(mnist.images[:N]).flatten(1)
    graph = nearest_neighbours(active_latents(run_to_end(latent_means(ships.m1, pixels))))
    xy = ships.atlas.xy[:N]
    starter = Starter(ships.m1, Atlas(xy, *graph, medoids(xy)))
    starter.save(workspace / STARTERS / data.fingerprint, {"fingerprint": data.fingerprint})
    return folder.name


def bring_few_digits(made, workspace):
    """Copy what `make_few_digits` made to another workspace."""
    for name in (data_root(made).name, STARTERS):
        shutil.copytree(made / name, workspace / name, dirs_exist_ok=True)
