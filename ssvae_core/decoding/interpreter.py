"""Runs a decoder's program (program.py) by NumPy.

Letters in shapes: n rows, K classes, H x W x C a picture on its way.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from .program import DrawingOperation, Program

EPSILON = 1e-5  # of a group norm
Rows = NDArray[np.floating]


class _Run:
    """What operations read and change."""

    def __init__(self, z: Rows, y: NDArray[np.integer]):
        self.input, self.v, self.y = z, z, y
        self.kept: list[Rows] = []


@np.errstate(over="ignore")
def decode(program: Program, z: Rows, y: NDArray[np.integer]) -> Rows:
    """Examples (n, D) of rows (n, dim) and classes (n,). Raises KeyError for what it cannot run."""
    run = _Run(z.astype(np.float32), y)
    for operation in program.operations:
        OPERATIONS[operation.name](run, operation)
    return run.v


def _linear(run: _Run, operation: DrawingOperation) -> None:
    weights, bias = operation.weights
    run.v = run.v @ weights.T + bias


def _from_input(run: _Run, operation: DrawingOperation) -> None:
    run.v = run.v + run.input @ operation.weights[0].T


def _class_row(run: _Run, operation: DrawingOperation) -> None:
    run.v = run.v + operation.weights[0][run.y]


def _class_only(run: _Run, operation: DrawingOperation) -> None:
    run.v = operation.weights[0][run.y]


def _class_linear(run: _Run, operation: DrawingOperation) -> None:
    weights, bias = operation.weights
    run.v = (weights[run.y] @ run.v[..., None])[..., 0] + bias[run.y]


def _latent(run: _Run, operation: DrawingOperation) -> None:
    at, most = int(operation.sizes["at"]), operation.sizes["most"]
    mean, log_var = np.split(run.v, 2, axis=1)
    noise = run.input[:, at : at + mean.shape[1]]
    run.v = mean + np.exp(0.5 * log_var.clip(-most, most)) * noise


def _input(run: _Run, operation: DrawingOperation) -> None:
    run.input = run.v


def _relu(run: _Run, operation: DrawingOperation) -> None:
    run.v = np.maximum(run.v, 0)


def _leaky_relu(run: _Run, operation: DrawingOperation) -> None:
    run.v = np.where(run.v > 0, run.v, np.float32(operation.sizes["slope"]) * run.v)


def _sigmoid(run: _Run, operation: DrawingOperation) -> None:
    run.v = 1 / (1 + np.exp(-run.v))


def _clamp(run: _Run, operation: DrawingOperation) -> None:
    run.v = run.v.clip(operation.sizes["low"], operation.sizes["high"])


def _squash(run: _Run, operation: DrawingOperation) -> None:
    most = np.float32(operation.sizes["most"])
    run.v = np.tanh(run.v / most) * most


def _conv(run: _Run, operation: DrawingOperation) -> None:
    weights, bias = operation.weights
    size, _, n_in, n_out = weights.shape
    seen = _picture(run, operation, n_in)
    if size > 1:
        seen = np.pad(seen, ((0, 0), (1, 1), (1, 1), (0, 0)))
        windows = np.lib.stride_tricks.sliding_window_view(seen, (size, size), (1, 2))
        seen = windows.transpose(0, 1, 2, 4, 5, 3)
    rows = seen.reshape(-1, size * size * n_in) @ weights.reshape(-1, n_out) + bias
    run.v = rows.reshape(len(run.v), -1)


def _upsample(run: _Run, operation: DrawingOperation) -> None:
    sizes = operation.sizes
    seen = _picture(run, operation, int(sizes["channels"]))
    down = np.arange(sizes["to_height"]) * sizes["height"] // sizes["to_height"]
    right = np.arange(sizes["to_width"]) * sizes["width"] // sizes["to_width"]
    run.v = seen[:, down.astype(int)][:, :, right.astype(int)].reshape(len(seen), -1)


def _shuffle(run: _Run, operation: DrawingOperation) -> None:
    n = int(operation.sizes["channels"])
    seen = _picture(run, operation, 4 * n)
    rows, height, width, _ = seen.shape
    quarters = seen.reshape(rows, height, width, 2, 2, n)
    run.v = quarters.transpose(0, 1, 3, 2, 4, 5).reshape(rows, -1)


def _crop(run: _Run, operation: DrawingOperation) -> None:
    sizes = operation.sizes
    seen = _picture(run, operation, int(sizes["channels"]))
    cut = seen[:, : int(sizes["to_height"]), : int(sizes["to_width"])]
    run.v = cut.reshape(len(seen), -1)


def _keep(run: _Run, operation: DrawingOperation) -> None:
    run.kept.append(run.v)


def _add_kept(run: _Run, operation: DrawingOperation) -> None:
    run.v = run.v + run.kept.pop()


def _group_norm(run: _Run, operation: DrawingOperation) -> None:
    weights, bias = operation.weights
    groups = int(operation.sizes["groups"])
    seen = run.v.reshape(len(run.v), -1, groups, len(weights) // groups)
    middle = seen.mean((1, 3), keepdims=True)
    spread = np.sqrt(seen.var((1, 3), keepdims=True) + EPSILON)
    normed = ((seen - middle) / spread).reshape(len(seen), -1, len(weights)) * weights + bias
    run.v = normed.reshape(len(seen), -1)


def _picture(run: _Run, operation: DrawingOperation, n_channels: int) -> Rows:
    """(n, H, W, C)."""
    height, width = int(operation.sizes["height"]), int(operation.sizes["width"])
    return run.v.reshape(len(run.v), height, width, n_channels)


OPERATIONS: dict[str, Callable[[_Run, DrawingOperation], None]] = {
    "linear": _linear,
    "from_input": _from_input,
    "class_row": _class_row,
    "class_only": _class_only,
    "class_linear": _class_linear,
    "latent": _latent,
    "input": _input,
    "relu": _relu,
    "leaky_relu": _leaky_relu,
    "sigmoid": _sigmoid,
    "clamp": _clamp,
    "squash": _squash,
    "conv": _conv,
    "upsample": _upsample,
    "shuffle": _shuffle,
    "crop": _crop,
    "keep": _keep,
    "add_kept": _add_kept,
    "group_norm": _group_norm,
}
