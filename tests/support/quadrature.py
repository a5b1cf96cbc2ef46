"""Exact integrals over a one-dimensional latent, to check bounds against."""

from __future__ import annotations

import math

import torch
from torch import Tensor

Z = torch.linspace(-10, 10, 4001)[:, None]  # (4001, 1)
DZ = (Z[1] - Z[0]).item()


def log_standard_normal(z: Tensor) -> Tensor:
    """Log N(z; 0, 1): (4001, 1) -> (4001,)."""
    return -0.5 * (z.square() + math.log(2 * math.pi))[:, 0]


def log_integral(log_values: Tensor) -> Tensor:
    """Log of the integral over z of exp(log_values): (4001,) -> ()."""
    return log_values.logsumexp(0) + math.log(DZ)


def gap(z_mean: Tensor, z_log_var: Tensor, log_joint: Tensor) -> Tensor:
    """KL[q(z) || p(z|x)] for q = N(z_mean, exp(z_log_var)) and log p(x, z) on the grid."""
    log_q = (
        -0.5 * ((Z - z_mean).square() / z_log_var.exp() + z_log_var + math.log(2 * math.pi))[:, 0]
    )
    return (log_q.exp() * (log_q - (log_joint - log_integral(log_joint)))).sum() * DZ
