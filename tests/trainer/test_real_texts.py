"""What is drawn of texts is a real one, the nearest by angle."""

from types import SimpleNamespace

import numpy as np
import torch

from ssvae_core.trainer.real_texts import as_real, nearest_rows

ROWS = np.random.default_rng(0).normal(size=(50, 6)).astype(np.float32)
STATE = SimpleNamespace(
    data=SimpleNamespace(texts=[f"text {k}" for k in range(50)]),
    pixels=torch.from_numpy(ROWS),
    device=torch.device("cpu"),
)
DRAWN = np.random.default_rng(1).normal(size=(3, 4, 6)).astype(np.float32)


def test_it_is_the_one_with_the_smallest_angle():
    flat = DRAWN.reshape(-1, 6)
    for drawn, found in zip(flat, nearest_rows(STATE, flat), strict=True):
        angles = [
            np.arccos(row @ drawn / np.linalg.norm(row) / np.linalg.norm(drawn)) for row in ROWS
        ]
        assert found == int(np.argmin(angles))


def test_drawings_become_rows_that_there_are():
    found = as_real(STATE, DRAWN)
    assert found.shape == DRAWN.shape
    assert all((row == ROWS).all(1).any() for row in found.reshape(-1, 6))
    other = SimpleNamespace(data=SimpleNamespace(texts=None))
    assert as_real(other, DRAWN) is DRAWN


def test_what_is_no_number_is_still_somewhere():
    assert 0 <= nearest_rows(STATE, np.full((1, 6), np.nan, np.float32))[0] < 50
