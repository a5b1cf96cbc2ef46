"""Where the arithmetic runs, and in what precision."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache

import torch

from ..errors import UserError

ROUNDS = 20  # in which bfloat16 is tried


def choose_device(name: str = "auto") -> torch.device:
    """The device of this name; `auto` takes the first of cuda, mps and cpu that is there.

    Raises UserError for one that is not there.
    """
    present = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if name == "auto":
        name = next(kind for kind, is_there in present.items() if is_there)
    kind = name.split(":")[0]
    if kind not in present:
        raise UserError(f"Unknown device '{name}'. Choose one of: auto, {', '.join(present)}.")
    if not present[kind]:
        there = ", ".join(kind for kind, is_there in present.items() if is_there)
        raise UserError(f"The device '{name}' is not on this machine; {there} is. Choose that.")
    if kind == "cuda":
        torch.backends.cuda.matmul.allow_tf32 = True  # 11 bits, more than bfloat16's 8
        # Else the gradients of small convolutions are summed in any order, and a model that goes
        # back over an undone label is not, to the bit, the one that never got it.
        torch.backends.cudnn.deterministic = True
    return torch.device(name)


def device_title(device: torch.device) -> str:
    """What the status line calls it: "CPU, 2 threads", "NVIDIA H100"."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    if device.type == "mps":
        return "Apple GPU"
    threads = torch.get_num_threads()
    return f"CPU, {threads} thread{'s' if threads > 1 else ''}"


def device_memory(device: torch.device) -> tuple[int, int] | None:
    """Bytes free and in all, of a GPU that says so; None elsewhere."""
    return torch.cuda.mem_get_info(device) if device.type == "cuda" else None


@cache
def bf16_helps(device: torch.device) -> bool:
    """Whether products of bfloat16 matrices are at least 1.3 times as fast here; tried, 50 ms.

    On a CPU with AMX they are 5 to 7 times as fast, on one with AVX2 only, 30 times slower. On a
    GPU these networks wait for kernels to be launched, and a bfloat16 product needs three of them.
    Notes: benchmarks/notes/training-device.md
    """
    if device.type != "cpu":
        return False
    a, b = torch.ones(128, 256), torch.ones(256, 256)  # nothing is drawn: a step may ask first
    pairs = ((a.bfloat16(), b.bfloat16()), (a, b))
    # In turns, and the best of many: where others want the processor too, any one may wait long.
    tries = [[_seconds(*pair) for pair in pairs] for _ in range(ROUNDS)]
    short, full = map(min, zip(*tries, strict=True))
    return 1.3 * short < full


def _seconds(a: torch.Tensor, b: torch.Tensor) -> float:
    start = time.perf_counter()
    a @ b
    return time.perf_counter() - start


def autocast(device: torch.device) -> AbstractContextManager[object]:
    """bfloat16 products where they help, full precision elsewhere."""
    if bf16_helps(device):
        return torch.autocast(device.type, torch.bfloat16)
    return nullcontext()


def is_out_of_memory(error: BaseException) -> bool:
    """Whether the device had no memory left for what was asked of it."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and "can't allocate memory" in str(error)


@contextmanager
def enough_memory(device: torch.device, what: str) -> Iterator[None]:
    """UserError if the device turns out to have too little memory for what is done here."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        raise UserError(
            f"{device_title(device)} has not enough memory for {what}. "
            "Close what else uses it, or choose the CPU."
        ) from error


def use_threads(n: int | None = None) -> None:
    """Let torch and NumPy use n threads; by default all cores, or SSVAE_THREADS."""
    from threadpoolctl import threadpool_limits  # scikit-learn brings it

    n = n or int(os.environ.get("SSVAE_THREADS", 0)) or os.cpu_count() or 1
    torch.set_num_threads(n)
    threadpool_limits(n)


def no_memory_left(device: torch.device) -> UserError:
    """What to say when even the smallest batch does not fit."""
    return UserError(
        f"{device_title(device)} has no memory left. Close what else uses it, or choose the CPU; "
        "the labels are kept."
    )


def n_threads() -> int:
    """How many threads torch works with on the processor."""
    return torch.get_num_threads()
