"""What is measured of a fitted model beside its paper: errors in percent, bounds in nats.

Letters in shapes: B examples, D values an example has.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from ssvae_core.data import Dataset
from ssvae_core.fitting.fit import Fit
from ssvae_core.models import VAE, importance_bound
from ssvae_core.models.distributions import (
    Bernoulli,
    log_gaussian,
    log_standard_normal,
    sample_gaussian,
)

N_DRAWS = 200  # an image, of an importance-weighted bound


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
    """Log p(x) in nats, the mean of the test images in black and white."""
    assert fit.learner is not None
    model = fit.learner.ema_model.eval()
    return mean_bound(fit, data, lambda x: importance_bound(model, x, N_DRAWS))


def weighted_bound_of_m1(fit: Fit, data: Dataset) -> float:
    """The same for the M1 that the model is built on."""
    assert fit.m1 is not None
    m1 = fit.m1.eval()
    return mean_bound(fit, data, lambda x: importance_bound_of_m1(m1, x, N_DRAWS))


@torch.no_grad()
def mean_bound(fit: Fit, data: Dataset, bound: Callable[[Tensor], Tensor]) -> float:
    """The mean over the test images, in the same draws of their pixels and all else each time."""
    assert data.test_images is not None
    images = data.test_images
    x = torch.from_numpy(images.reshape(len(images), -1)).to(fit.device) / 255
    with torch.random.fork_rng([fit.device] if fit.device.type == "cuda" else []):
        torch.manual_seed(0)
        parts = Bernoulli().drawn(x).split(100)
        return float(torch.cat([bound(part) for part in parts]).mean())


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
