"""What several tests share: one thread, tiny digits, a tiny M1 with its atlas, a browser."""

import os
import sys

import numpy as np
import pytest
import torch
from hypothesis import settings
from playwright.sync_api import sync_playwright

from benchmarks.browser import launch
from ssvae_core.atlas.atlas import Atlas, medoids, nearest_neighbours
from ssvae_core.atlas.layout import fit_to_frame, pca_map
from ssvae_core.data import Dataset
from ssvae_core.models import VAE
from ssvae_core.pretraining.batches import UnlabelledBatches
from ssvae_core.pretraining.starter import (
    Starter,
    active_latents,
    latent_means,
    new_m1,
)
from ssvae_core.training.chunks import run_to_end
from ssvae_core.training.optimisation import train

pytest.register_assert_rewrite("tests.support")  # an assertion there says what it compared
settings.register_profile("same", derandomize=True, database=None)
settings.load_profile("same")
# Two trainers with two threads each on two cores are many times slower than with one.
os.environ.setdefault("SSVAE_THREADS", "1")
# UMAP's numba would give torch, too, as many as there are cores in what is tested after it.
os.environ.setdefault("NUMBA_NUM_THREADS", "1")
os.environ.setdefault("NUMBA_OPT", "0")  # compiled once, called on little: no time to optimise
torch.set_num_threads(1)  # many small products: a second thread only waits for the first


@pytest.fixture(autouse=True)
def main_stays(monkeypatch):
    """A page that Streamlit runs takes the place of `__main__`, which new processes begin with."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Name the tests that need the machine for themselves: a browser, the app and its trainer."""
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
    from tests.support.longest_first import turn_of  # once its assertions are rewritten

    items.sort(key=lambda item: turn_of(item.path))


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
    latents = active_latents(run_to_end(latent_means(m1, pixels)))
    neighbours, distances = nearest_neighbours(latents)
    xy = fit_to_frame(pca_map(latents))
    return Starter(m1, Atlas(xy, neighbours, distances, medoids(xy, (10, 20))))


@pytest.fixture(scope="session")
def postgres():
    """A server of PostgreSQL."""
    from tests.support.postgres import Server

    server = Server()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def chromium():
    """A browser."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()
