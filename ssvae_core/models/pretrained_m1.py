"""An M1 whose networks were trained elsewhere: an image autoencoder, and probabilistic PCA of it.

    p(z) = N(0, I)      p(v|z) = N(loadings z + centre, noise I)      x = decoder(v)
    v = encoder(x)      q(z|x) = p(z|v) = N(noise^-1 posterior loadings^T (v - centre), posterior)

The autoencoder draws sharp pictures of anything; which of them look like these images is told by
the principal components of their latents v, in the maximum likelihood of Tipping and Bishop (1999):
along the i-th, of variance l_i, a loading has the length sqrt(l_i - noise), the posterior the
variance noise / l_i, and noise is the mean variance along those left out. So the latents z are
whitened, and what M2 needs of an M1 is there in closed form. It counts no bound of x.

An image is encoded once: what came of it is kept by the image's own values.
Notes: benchmarks/notes/models-pretrained_m1.md

Letters in shapes: B examples, N of the data set, D values an example has, Z components, V values of
an image's latents.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from ..options.options import AUTO
from .abstract_vae import AbstractVAE
from .tiny_autoencoder import Architecture, TinyAutoencoder

DIGEST = 16  # bytes
AT_ONCE = 16  # images that go through the networks together
# Components that a model on this M1 learns to draw. All are whitened, and of a thousand the last
# ones say nothing of a class: nine in ten nats that it learns of few it no longer finds.
N_LEADING = 64
LEAST_NOISE = 1e-6  # share of the variance; where all components are kept none is left over


@dataclass(frozen=True)
class PretrainedConfig:
    """What a pretrained M1 is made of."""

    latent_dim: int  # Z
    architecture: Architecture
    name: str = ""  # of the weights, as a person knows them
    key: str = ""  # of the weights' content
    licence: str = ""  # the words that came with the weights

    @classmethod
    def of(cls, saved: dict[str, Any]) -> PretrainedConfig:
        """What asdict and JSON made of one. Raises TypeError where it is none."""
        sizes: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in saved["architecture"].items()
        }
        return cls(**{**saved, "architecture": Architecture(**sizes)})


@dataclass(eq=False)
class KnownMeans:
    """Means of q(z|x) of images that were encoded before, by the digests of their values."""

    rows: dict[bytes, NDArray[np.float32]] = field(default_factory=dict)

    def __deepcopy__(self, memo: Any) -> KnownMeans:
        """Itself: what is known holds for every copy of a model."""
        return self

    def add(self, digests: Iterable[bytes], means: NDArray[np.floating]) -> None:
        """From here on known: means (n, Z)."""
        self.rows.update(zip(digests, means.astype(np.float32), strict=True))


class PretrainedM1(AbstractVAE):
    """A pretrained autoencoder's latents, in their principal components."""

    is_pretrained = True
    n_leading = N_LEADING

    def __init__(self, shape: tuple[int, ...], config: PretrainedConfig):
        """For images of this shape; networks and components are loaded or fitted afterwards."""
        super().__init__()
        self.shape, self.config, self.options = tuple(shape), config, AUTO
        self.latent_dim, self.known = config.latent_dim, KnownMeans()
        self.autoencoder = TinyAutoencoder(config.architecture)
        n = config.architecture.latent_channels
        self.at = (n, *(side // config.architecture.shrinks for side in self.seen_size))
        V, Z = int(np.prod(self.at)), config.latent_dim
        # Parameters, so that they count as what does not learn; no checkpoint repeats them.
        self.centre = nn.Parameter(torch.zeros(V))
        self.loadings = nn.Parameter(torch.zeros(V, Z))
        self.variances = nn.Parameter(torch.ones(Z))  # l_i
        self.noise = nn.Parameter(torch.ones(()))
        self.requires_grad_(False)

    @property
    def seen_size(self) -> tuple[int, int]:
        """Height and width as the autoencoder sees them: an example's, rounded up to its grid."""
        grid = self.config.architecture.shrinks
        height, width = (-(-side // grid) * grid for side in self.shape[:2])
        return height, width

    def q_z(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log-variance of q(z|x): (..., D) -> (..., Z), (..., Z)."""
        if torch.compiler.is_exporting():
            z_mean = self.means_of(self.latents(x.reshape(-1, x.shape[-1])))
        else:
            z_mean = self._remembered(x.reshape(-1, x.shape[-1]))
        z_mean = z_mean.reshape(*x.shape[:-1], self.latent_dim)
        return z_mean, (self.noise / self.variances).log().expand_as(z_mean)

    def decode(self, z: Tensor) -> Tensor:
        """The picture at the mean of p(v|z), in [0, 1]: (..., Z) -> (..., D)."""
        latents = (z @ self.loadings.T + self.centre).reshape(-1, *self.at)
        if torch.compiler.is_exporting():
            drawn = self.autoencoder.decode(latents)
        else:
            drawn = torch.cat([self.autoencoder.decode(part) for part in latents.split(AT_ONCE)])
        return self._as_examples(drawn).reshape(*z.shape[:-1], -1)

    def latents(self, x: Tensor) -> Tensor:
        """What the autoencoder makes of examples: (B, D) -> (B, V)."""
        images = x.reshape(-1, *self.shape).permute(0, 3, 1, 2)
        if images.shape[1] == 1:
            images = images.expand(-1, 3, -1, -1)
        height, width = self.seen_size
        below, right = height - self.shape[0], width - self.shape[1]
        if below or right:
            images = F.pad(images, (0, right, 0, below), mode="replicate")
        return self.autoencoder.encode(images[:, :3].float()).flatten(1)

    def means_of(self, latents: Tensor) -> Tensor:
        """Mean of p(z|v): (B, V) -> (B, Z)."""
        return (latents - self.centre) @ (self.loadings / self.variances)

    def fit(self, latents: Tensor) -> None:
        """Take the principal components of latents (n, V), n > Z."""
        latents = latents.float()
        centre = latents.mean(0)
        n, Z = len(latents), self.latent_dim
        with torch.random.fork_rng([]):
            torch.manual_seed(0)
            _, lengths, directions = torch.svd_lowrank(latents - centre, Z + 10, niter=2)
        variances = lengths[:Z].square() / n
        total = (latents - centre).square().sum() / n
        left = (total - variances.sum()) / max(min(n - 1, len(centre)) - Z, 1)
        noise = left.clamp(LEAST_NOISE * total / Z, variances.min())
        self.centre.copy_(centre)
        self.variances.copy_(variances)
        self.noise.copy_(noise)
        self.loadings.copy_(directions[:, :Z] * (variances - noise).clamp(min=0).sqrt())

    def remember(self, x: Tensor, latents: Tensor) -> None:
        """These examples (B, D) have these latents (B, V)."""
        with torch.autocast(x.device.type, enabled=False):  # what is kept is kept in full
            means = self.means_of(latents.float())
        self.known.add(digests_of(x), means.cpu().numpy())

    def _remembered(self, x: Tensor) -> Tensor:
        """Means of q(z|x), of which only those not known yet are worked out: (B, D) -> (B, Z)."""
        digests, known = digests_of(x), self.known.rows
        new = [row for row, digest in enumerate(digests) if digest not in known]
        for start in range(0, len(new), AT_ONCE):
            part = x[new[start : start + AT_ONCE]]
            self.remember(part, self.latents(part))
        if not digests:
            return x.new_zeros(0, self.latent_dim)
        return torch.from_numpy(np.stack([known[digest] for digest in digests])).to(x.device)

    def _as_examples(self, drawn: Tensor) -> Tensor:
        """(B, 3, H, W), of the size seen -> (B, D), in [0, 1]."""
        height, width, n_channels = self.shape
        drawn = drawn[:, :, :height, :width].clamp(0, 1)
        if n_channels == 1:
            drawn = drawn.mean(1, keepdim=True)
        elif n_channels == 4:  # opaque
            drawn = torch.cat([drawn, torch.ones_like(drawn[:, :1])], 1)
        return drawn.permute(0, 2, 3, 1).flatten(1)


def digests_of(x: Tensor) -> list[bytes]:
    """16 bytes that name each example's values, (B, D)."""
    rows = np.ascontiguousarray(x.detach().float().cpu().numpy())
    return [hashlib.blake2b(row.data, digest_size=DIGEST).digest() for row in rows]
