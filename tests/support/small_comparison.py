"""A workspace with 300 small digits, their M1 and a session on them that has labels."""

import time

import numpy as np
import torch

from ssvae_core.atlas.atlas import Atlas, medoids, nearest_neighbours
from ssvae_core.atlas.layout import fit_to_frame, pca_map
from ssvae_core.data import Dataset
from ssvae_core.data.library import load_imported, set_encoder
from ssvae_core.encoders import CONTRASTIVE
from ssvae_core.labels.store import Operation
from ssvae_core.models import VAE
from ssvae_core.pretraining.batches import UnlabelledBatches
from ssvae_core.pretraining.starter import Starter, active_latents, latent_means, new_m1
from ssvae_core.storage.paths import STARTERS, data_root
from ssvae_core.training.chunks import run_to_end
from ssvae_core.training.examples import stored
from ssvae_core.training.optimisation import train
from tests.support.small_imports import take_in

SECONDS = 240  # until a test gives up waiting for a process that learns


def small_starter(data: Dataset) -> Starter:
    """An M1 of some epochs on these examples, its map drawn by PCA."""
    torch.manual_seed(0)
    values = stored(data)
    m1 = new_m1(data.shape, VAE.Config(latent_dim=8, hidden_dim=64, beta=0.3))
    batches = UnlabelledBatches(values, 50, torch.Generator().manual_seed(0))
    for _ in train(m1, batches, epochs=60, learning_rate=3e-3):
        pass
    latents = active_latents(run_to_end(latent_means(m1, values)))
    xy = fit_to_frame(pca_map(latents))
    return Starter(m1, Atlas(xy, *nearest_neighbours(latents), medoids(xy, (10, 20))))


def labelled_session(workspace, digits, as_vectors=False, n=40, audit=0, truth=True):
    """A session of this workspace on the digits, n of which are labelled, others audited."""
    images = digits.images[..., 0]
    arrays = {"images": images if not as_vectors else images.reshape(len(images), -1) / 16.0}
    if as_vectors:
        arrays = {"vectors": arrays["images"].astype(np.float32)}
    file = workspace.root.with_name("small.npz")
    if truth:
        arrays["labels"] = digits.answer_key
    np.savez(file, **arrays)
    folder = take_in(file, data_root(workspace.root), "small digits").folder
    if not as_vectors:
        set_encoder(folder.name, CONTRASTIVE, data_root(workspace.root))
    data = load_imported(folder)
    small_starter(data).save(
        workspace.root / STARTERS / data.fingerprint, {"fingerprint": data.fingerprint}
    )
    session = workspace.session(workspace.create("Small", folder.name).id)
    key = digits.answer_key
    for k, name in enumerate(() if truth else digits.class_names):
        session.do(Operation(f"class{k}", "class-add", text=name))
    order = np.random.default_rng(0).permutation(len(key))
    for k, example in enumerate(order[:n]):
        op = Operation(f"label{k}", "label", (int(example),), int(key[example]))
        session.do(op, "Ann" if k % 4 else "Ben")
    for k, example in enumerate(order[n : n + audit]):
        op = Operation(f"audit{k}", "audit", (int(example),), int(key[example]))
        session.do(op, "Ann")
    return session


def until(condition, seconds=SECONDS):
    """What the condition gives once it gives something."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.05)
    return found
