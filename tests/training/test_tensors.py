"""Tensors as numpy's arrays."""

import torch

from ssvae_core.training.tensors import as_bytes


def test_bytes_are_rounded_and_kept_in_range():
    x = torch.tensor([-1.0, 0.0, 0.5, 0.999, 1.0, 7.0])
    assert as_bytes(x).tolist() == [0, 0, 128, 255, 255, 255]
