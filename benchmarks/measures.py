"""What is measured of a fitted model beside its paper: errors in percent, bounds in nats.

Letters in shapes: B examples, D values an example has.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ssvae_core.data import Dataset
from ssvae_core.distributions import log_gaussian, log_standard_normal, sample_gaussian
from ssvae_core.models import VAE, importance_bound
from ssvae_core.training.fitting import Fit

N_BOUND, N_DRAWS = 500, 200  # test images, and draws each, of an importance-weighted bound


def test_error(fit: Fit, data: Dataset) -> float:
    """In percent, of whoever the guard lets speak."""
    assert data.test_images is not None
    guesses = fit.probabilities(data.test_images).argmax(1)
    return 100 * float((guesses != data.test_answer_key).mean())


def model_error(fit: Fit, data: Dataset) -> float:
    """In percent, of the model without propagation's word."""
    assert data.test_images is not None
    guesses = fit.modelled(data.test_images).argmax(1)
    return 100 * float((guesses != data.test_answer_key).mean())


def clustering_error(fit: Fit, data: Dataset) -> float:
    """In percent; each cluster has the class of its most confident training image.

    Makhzani et al., section 6, had validation images for that.
    """
    assert data.answer_key is not None
    assert data.test_images is not None
    assert fit.learner is not None
    fit.learner.known[:] = True
    names = data.answer_key[fit.modelled(data.images).argmax(0)]
    guesses = names[fit.modelled(data.test_images).argmax(1)]
    return 100 * float((guesses != data.test_answer_key).mean())


def weighted_bound(fit: Fit, data: Dataset) -> float:
    """Log p(x) in nats, the mean of some test images."""
    assert fit.learner is not None
    model = fit.learner.speaker.eval()
    return mean_bound(fit, data, lambda x: importance_bound(model, x, N_DRAWS))


def weighted_bound_of_m1(fit: Fit, data: Dataset) -> float:
    """The same for the M1 that the model is built on."""
    assert fit.m1 is not None
    m1 = fit.m1.eval()
    return mean_bound(fit, data, lambda x: importance_bound_of_m1(m1, x, N_DRAWS))


@torch.no_grad()
def mean_bound(fit: Fit, data: Dataset, bound: Callable[[Tensor], Tensor]) -> float:
    """The mean over the first test images, in the same draws each time."""
    assert data.test_images is not None
    some = data.test_images[:N_BOUND]
    x = torch.from_numpy(some.reshape(len(some), -1)).to(fit.device) / 255
    with torch.random.fork_rng([fit.device] if fit.device.type == "cuda" else []):
        torch.manual_seed(0)
        return float(torch.cat([bound(part) for part in x.split(50)]).mean())


@torch.no_grad()
def importance_bound_of_m1(m1: VAE, x: Tensor, n_draws: int) -> Tensor:
    """What importance_bound is for a model with classes: (B, D) -> (B,)."""
    q = m1.q_z(x)
    log_weights = []
    for _ in range(n_draws):
        z = sample_gaussian(*q)
        log_p = m1.likelihood.log_prob(x, m1.decoder(z)) + log_standard_normal(z)
        log_weights.append(log_p - log_gaussian(z, *q))
    return torch.stack(log_weights).logsumexp(0) - math.log(n_draws)


def black_and_white(data: Dataset) -> Dataset:
    """The same with every pixel drawn once by its grey value, as densities are compared on."""

    def drawn(images: NDArray[np.uint8], seed: int) -> NDArray[np.uint8]:
        chance = np.random.default_rng(seed).random(images.shape, np.float32)
        return (255 * (chance < images / np.float32(255))).astype(np.uint8)

    assert data.test_images is not None
    return dataclasses.replace(
        data, images=drawn(data.images, 0), test_images=drawn(data.test_images, 1)
    )
