"""Who reads drawings, and what is measured of them; used by drawings.py.

Letters in shapes: n examples, S an example's shape, K classes, F numbers that a judge makes of one.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import nn

from ssvae_core.encoders.base import Encoder

K_NEAREST = 3
Examples = NDArray[np.float32]  # (n, *S) in [0, 1]


class Judge(ABC):
    """Taught every true label of the training images."""

    @abstractmethod
    def features(self, images: Examples) -> NDArray[np.float32]:
        """What it makes of images: (n, *S) -> (n, F)."""

    @abstractmethod
    def read(self, features: NDArray[np.float32]) -> NDArray[np.integer]:
        """The class that it reads: (n, F) -> (n,)."""

    def error(self, images: NDArray[np.uint8], key: NDArray[np.integer]) -> float:
        """In percent, of the test images."""
        found = self.read(self.features(images.astype(np.float32) / 255))
        return 100 * float((found != key).mean())


class ConvolutionalJudge(Judge):
    """Three convolutions and two layers, with no part in common with the models."""

    def __init__(self, images: NDArray[np.uint8], key: NDArray[np.integer], steps: int):
        height, width, n_channels = images.shape[1:]
        torch.manual_seed(0)
        layers: list[nn.Module] = []
        for n in (16, 32, 64):
            layers += [nn.Conv2d(n_channels, n, 3, 2, 1), nn.ReLU()]
            n_channels, height, width = n, -(-height // 2), -(-width // 2)
        layers += [nn.Flatten(), nn.Linear(n_channels * height * width, 128), nn.ReLU()]
        self.trunk, self.last = nn.Sequential(*layers), nn.Linear(128, int(key.max()) + 1)
        self._learn(images, torch.from_numpy(key.astype(np.int64)), steps)

    def _learn(self, images: NDArray[np.uint8], y: torch.Tensor, steps: int) -> None:
        parameters = [*self.trunk.parameters(), *self.last.parameters()]
        optimiser, x = torch.optim.AdamW(parameters), torch.from_numpy(images)
        for step in range(steps):
            optimiser.param_groups[0]["lr"] = 2e-3 * max(1 - step / steps, 0.01)
            some = torch.randint(len(x), (128,))
            shift = torch.randint(-1, 2, (2,)).tolist()
            seen = torch.roll(self._as_input(x[some].float() / 255), shift, (2, 3))
            loss = F.cross_entropy(self.last(self.trunk(seen)), y[some])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()

    @staticmethod
    def _as_input(images: torch.Tensor) -> torch.Tensor:
        return images.permute(0, 3, 1, 2)

    @torch.no_grad()
    def features(self, images: Examples) -> NDArray[np.float32]:
        """See Judge."""
        parts = self._as_input(torch.from_numpy(images)).split(1000)
        return np.asarray(torch.cat([self.trunk(part) for part in parts]).numpy())

    @torch.no_grad()
    def read(self, features: NDArray[np.float32]) -> NDArray[np.integer]:
        """See Judge."""
        return np.asarray(self.last(torch.from_numpy(features)).argmax(1).numpy())


class FeatureJudge(Judge):
    """Logistic regression of a pretrained encoder's features, of images as large as drawings are.

    The photographs that they were made of are larger and say more: a judge taught those reads even
    the images that were learned from as something else, for being smaller.
    """

    def __init__(self, images: NDArray[np.uint8], key: NDArray[np.integer], encoder: Encoder):
        from sklearn.linear_model import LogisticRegression

        self.encoder = encoder
        encoded = self._encoded(images)
        self.centre = encoded.mean(0)
        self._known = self._compared(images, encoded)
        self._classifier = LogisticRegression(C=10.0, max_iter=300)
        self._classifier.fit(np.stack([self._known[image.tobytes()] for image in images]), key)

    def remember(self, images: NDArray[np.uint8]) -> None:
        """Have their features at hand: (n, *S)."""
        self._known |= self._compared(images, self._encoded(images))

    def features(self, images: Examples) -> NDArray[np.float32]:
        """See Judge."""
        pixels = (255 * images.clip(0, 1)).round().astype(np.uint8)
        is_new = [image.tobytes() not in self._known for image in pixels]
        found, new = self._known, pixels[is_new]
        if len(new):
            found = found | self._compared(new, self._encoded(new))
        return np.stack([found[image.tobytes()] for image in pixels])

    def _compared(
        self, images: NDArray[np.uint8], encoded: NDArray[np.float32]
    ) -> dict[bytes, NDArray[np.float32]]:
        """Features about their centre, of length 1, by the images' bytes."""
        centred = encoded - self.centre
        rows = centred / np.linalg.norm(centred, axis=1, keepdims=True).clip(1e-6)
        return {image.tobytes(): row for image, row in zip(images, rows, strict=True)}

    def _encoded(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        some = range(0, len(images), 64)
        parts = [self.encoder.encode([*images[at : at + 64]]) for at in some]
        return np.concatenate(parts)

    def read(self, features: NDArray[np.float32]) -> NDArray[np.integer]:
        """See Judge."""
        return np.asarray(self._classifier.predict(features))


def measured(
    judge: Judge, drawn: list[Examples], real: list[Examples], learned: list[NDArray[np.uint8]]
) -> dict[str, float]:
    """Read and recall in percent, spread and near as shares: of drawings, K x (n, *S).

    Against real images, K x (m, *S) in [0, 1], and those learned from, K x (N, *S) uint8.
    """
    reads, recalls, spreads, nears = [], [], [], []
    for k, (its, of_real, seen) in enumerate(zip(drawn, real, learned, strict=True)):
        features, of_real_features = judge.features(its), judge.features(of_real)
        reads.append(judge.read(features) == k)
        recalls.append(recall(features, of_real_features))
        pixels, real_pixels = as_rows(its), as_rows(of_real)
        spreads.append(spread(pixels) / spread(real_pixels))
        seen_pixels = as_rows(seen.astype(np.float32) / 255)
        nears.append(nearest(pixels, seen_pixels) / nearest(real_pixels, seen_pixels))
    return {
        "read": round(100 * float(np.concatenate(reads).mean()), 2),
        "recall": round(100 * float(np.mean(recalls)), 2),
        "spread": round(float(np.mean(spreads)), 3),
        "near": round(float(np.mean(nears)), 3),
    }


def as_rows(examples: Examples) -> torch.Tensor:
    """(n, *S) -> (n, D)."""
    return torch.from_numpy(examples.reshape(len(examples), -1))


def recall(drawn: NDArray[np.float32], real: NDArray[np.float32]) -> float:
    """The share of the real ones within the third nearest of some drawing: (n, F), (m, F)."""
    its, of_real = torch.from_numpy(drawn), torch.from_numpy(real)
    k = min(K_NEAREST, len(its) - 1)
    radius = torch.cdist(its, its).kthvalue(k + 1, dim=1).values
    return float((torch.cdist(of_real, its) <= radius).any(1).float().mean())


def spread(rows: torch.Tensor) -> float:
    """The mean distance of two: (n, D)."""
    return float(torch.cdist(rows, rows).sum() / (len(rows) * (len(rows) - 1)))


def nearest(rows: torch.Tensor, among: torch.Tensor) -> float:
    """The median distance to the nearest: (n, D), (N, D)."""
    return float(torch.cdist(rows, among).min(1).values.median())
