"""A decoder as a list of operations with their weights, for whoever draws without torch.

Two machines run one: NumPy (interpreter.py) and the browser (pages/web/explore/decoder_ops.js).
Each operation takes a row of numbers v, and may read the class y and the row that the program, or
its part from the last `input` on, began with. Pictures lie in a row as height, width, channels.

    linear         v = W v + b                       weights W (n_out, n_in), b (n_out)
    from_input     v = v + W input                   W (n_out, n_in)
    class_row      v = v + U[y]                      U (K, n)
    class_only     v = U[y]                          U (K, n)
    class_linear   v = W[y] v + b[y]                 W (K, n_out, n_in), b (K, n_out)
    latent         v = mean + exp(log_var / 2) input[at : at + n], of v = mean, log_var
    input          input = v
    relu, leaky_relu (slope), sigmoid, clamp (low, high), squash (most): most tanh(v / most)
    conv           3 x 3 or 1 x 1, padded            W (size, size, n_in, n_out), b (n_out)
    upsample       nearest neighbour                 shuffle: four channels become 2 x 2 places
    crop           the upper left of it
    keep, add_kept v is put aside, and added again   group_norm (groups)   weights and bias (n)

Letters in shapes: K classes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

FROZEN, LEARNED = "frozen", "learned"  # parts of the weights: the M1's, which stay, and the rest
Weights = NDArray[np.float32]
Sizes = dict[str, float]


@dataclass(frozen=True, eq=False)
class DrawingOperation:
    """One step of a program."""

    name: str
    sizes: Sizes = field(default_factory=dict)
    weights: tuple[Weights, ...] = ()
    part: str = LEARNED  # of the weights

    @property
    def cost(self) -> int:
        """Multiplications for one row, about."""
        n = sum(array.size for array in self.weights)
        if self.name.startswith("class_"):
            n //= max(len(self.weights[0]), 1)
        if self.name == "conv":
            n *= int(self.sizes["height"] * self.sizes["width"])
        return n


@dataclass(frozen=True, eq=False)
class Program:
    """What draws an example of a row of `dim` numbers and a class."""

    dim: int
    operations: tuple[DrawingOperation, ...]

    @property
    def cost(self) -> int:
        """Multiplications for one example, about."""
        return sum(operation.cost for operation in self.operations)


@dataclass(frozen=True, eq=False)
class Packed:
    """Programs as JSON, and the weights of both parts one after the other."""

    programs: dict[str, Any]  # by name: {dim, cost, operations}
    frozen: NDArray[np.float16]
    learned: NDArray[np.float16]


def pack(programs: dict[str, Program]) -> Packed:
    """Programs (by name) as they are sent; weights that several of them share are sent once."""
    parts: dict[str, list[Weights]] = {FROZEN: [], LEARNED: []}
    ends = {FROZEN: 0, LEARNED: 0}
    places: dict[int, list[Any]] = {}

    def place(operation: DrawingOperation, array: Weights) -> list[Any]:
        if id(array) not in places:
            start = ends[operation.part]
            parts[operation.part].append(array)
            ends[operation.part] += array.size
            places[id(array)] = [operation.part, start, list(array.shape)]
        return places[id(array)]

    said = {
        name: {
            "dim": program.dim,
            "cost": program.cost,
            "operations": [
                {
                    "name": one.name,
                    "sizes": one.sizes,
                    "weights": [place(one, array) for array in one.weights],
                }
                for one in program.operations
            ],
        }
        for name, program in programs.items()
    }
    return Packed(said, _joined(parts[FROZEN]), _joined(parts[LEARNED]))


def unpack(packed: Packed) -> dict[str, Program]:
    """The programs again, by name. Raises ValueError where weights are missing."""
    every = {FROZEN: packed.frozen.astype(np.float32), LEARNED: packed.learned.astype(np.float32)}

    def array(part: str, start: int, shape: list[int]) -> Weights:
        size = int(np.prod(shape))
        if start + size > len(every[part]):
            raise ValueError(f"The weights of the {part} part are fewer than the program names.")
        return every[part][start : start + size].reshape(shape)

    return {
        name: Program(
            said["dim"],
            tuple(
                DrawingOperation(
                    one["name"], one["sizes"], tuple(array(*at) for at in one["weights"])
                )
                for one in said["operations"]
            ),
        )
        for name, said in packed.programs.items()
    }


def _joined(arrays: Iterable[Weights]) -> NDArray[np.float16]:
    flat = [array.reshape(-1) for array in arrays]
    if not flat:
        return np.empty(0, np.float16)
    limits = np.finfo(np.float16)
    return np.concatenate(flat).clip(limits.min, limits.max).astype(np.float16)
