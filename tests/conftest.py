"""What several tests share: one thread, tiny digits, and a tiny M1 with its atlas."""

import numpy as np
import pytest
import torch
from hypothesis import settings

from ssvae_core.atlas import Atlas, medoids, nearest_neighbours
from ssvae_core.data import Dataset
from ssvae_core.models import VAE
from ssvae_core.projection import fit_to_frame, pca_map
from ssvae_core.training.loop import train
from ssvae_core.training.starter import (
    Starter,
    UnlabelledBatches,
    active_latents,
    latent_moments,
    new_m1,
)

settings.register_profile("same", derandomize=True, database=None)
settings.load_profile("same")
torch.set_num_threads(1)  # many small products: a second thread only waits for the first


@pytest.fixture(scope="session")
def digits() -> Dataset:
    """300 handwritten digits of 8 x 8 pixels."""
    from sklearn.datasets import load_digits

    images, answers = load_digits(return_X_y=True)
    return Dataset(
        name="digits",
        title="Small digits",
        images=(images[:300] * (255 / 16)).astype(np.uint8).reshape(-1, 8, 8, 1),
        class_names=tuple("0123456789"),
        answer_key=answers[:300].astype(np.int64),
    )


@pytest.fixture(scope="session")
def starter(digits) -> Starter:
    """An M1 of some epochs on them, its map drawn by PCA."""
    torch.manual_seed(0)
    pixels = torch.from_numpy(digits.images).flatten(1)
    m1 = new_m1((8, 8, 1), VAE.Config(latent_dim=8, hidden_dim=64, beta=0.3))
    batches = UnlabelledBatches(pixels, 50, torch.Generator().manual_seed(0))
    for _ in train(m1, batches, epochs=80, learning_rate=3e-3):
        pass
    latents = active_latents(latent_moments(m1, pixels)[0])
    neighbours, distances = nearest_neighbours(latents)
    xy = fit_to_frame(pca_map(latents))
    return Starter(m1, Atlas(xy, neighbours, distances, medoids(xy, (10, 20))))
