"""A tiny image autoencoder, as its authors publish its weights (github.com/madebyollin/taesd).

Encoder and decoder are stages of residual blocks, and between two stages the sides are halved or
doubled. Its weights are those of a class of diffusers too, AutoencoderTiny. Some have norms in the
blocks of the smallest stage: a block then first adds what two 1 x 1 convolutions and a group norm
make of all places together.

Letters in shapes: B images of H x W pixels, L channels of the latents, h and w a side's eighth,
where the autoencoder has the usual four stages.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

CLAMP = 3.0  # what latents are squashed to before they are decoded
WIDER, GROUPS = 4, 4  # of a block's norm: how many times its channels, and groups of them


@dataclass(frozen=True)
class Architecture:
    """The sizes of one; blocks and widths stage by stage, from the image on and back to it."""

    latent_channels: int = 4  # L
    encoder_widths: tuple[int, ...] = (64, 64, 64, 64)
    encoder_blocks: tuple[int, ...] = (1, 3, 3, 3)
    decoder_widths: tuple[int, ...] = (64, 64, 64, 64)
    decoder_blocks: tuple[int, ...] = (3, 3, 3, 1)
    is_normed: bool = False

    @property
    def shrinks(self) -> int:
        """How many times smaller than an image's side that of its latents is."""
        shrinks: int = 2 ** (len(self.encoder_blocks) - 1)
        return shrinks


class TinyAutoencoder(nn.Module):
    """Images to latents and back."""

    def __init__(self, architecture: Architecture):
        super().__init__()
        self.architecture = a = architecture
        layers: list[nn.Module] = []
        n_in = 3
        for stage, (n, blocks) in enumerate(zip(a.encoder_widths, a.encoder_blocks, strict=True)):
            layers.append(_conv(n_in, n, stride=2, bias=False) if stage else _conv(n_in, n))
            is_normed = a.is_normed and stage == len(a.encoder_blocks) - 1
            layers += [Block(n, is_normed) for _ in range(blocks)]
            n_in = n
        self.encoder = nn.Sequential(*layers, _conv(n_in, a.latent_channels))

        layers = [_conv(a.latent_channels, a.decoder_widths[0]), nn.ReLU()]
        after = (*a.decoder_widths[1:], 3)
        for stage, (n, blocks) in enumerate(zip(a.decoder_widths, a.decoder_blocks, strict=True)):
            layers += [Block(n, a.is_normed and stage == 0) for _ in range(blocks)]
            if stage == len(a.decoder_blocks) - 1:
                layers.append(_conv(n, 3))
            else:
                up = nn.Upsample(scale_factor=2)
                layers += [up, _conv(n, after[stage], bias=False)]
        self.decoder = nn.Sequential(*layers)
        # Channels last: a third faster on a CPU.
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def encode(self, images: Tensor) -> Tensor:
        """Pixels in [0, 1] to latents: (B, 3, H, W) -> (B, L, h, w)."""
        found: Tensor = self.encoder(images.contiguous(memory_format=torch.channels_last))
        return found

    def decode(self, latents: Tensor) -> Tensor:
        """Latents to pixels, about [0, 1]: (B, L, h, w) -> (B, 3, H, W)."""
        squashed = (latents / CLAMP).tanh() * CLAMP
        drawn: Tensor = self.decoder(squashed.contiguous(memory_format=torch.channels_last))
        return drawn


class Block(nn.Module):
    """Three convolutions beside a shortcut: (B, n, H, W) -> (B, n, H, W)."""

    def __init__(self, n: int, is_normed: bool):
        super().__init__()
        layers = (_conv(n, n), nn.ReLU(), _conv(n, n), nn.ReLU(), _conv(n, n))
        self.conv = nn.Sequential(*layers)
        self.pool = _pool(n, WIDER * n) if is_normed else None

    def forward(self, x: Tensor) -> Tensor:
        """See the class."""
        if self.pool is not None:
            x = x + self.pool(x)
        return F.relu(self.conv(x) + x)


def _pool(n: int, wider: int) -> nn.Sequential:
    first, last = nn.Conv2d(n, wider, 1, bias=False), nn.Conv2d(wider, n, 1, bias=False)
    return nn.Sequential(first, nn.GroupNorm(GROUPS, wider), nn.ReLU(), last)


def _conv(n_in: int, n_out: int, stride: int = 1, bias: bool = True) -> nn.Conv2d:
    return nn.Conv2d(n_in, n_out, 3, stride, 1, bias=bias)
