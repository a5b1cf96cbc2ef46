"""An image of any size as a pretrained network sees it: three channels, a square, normalised."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from ..errors import UserError
from .base import Image

# Of ImageNet's photographs, in units of 0 to 1: what networks trained on it expect.
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def in_colour(image: Image) -> Image:
    """Three channels: grey ones three times, opacity left out: (H, W, C) -> (H, W, 3).

    Raises UserError where the channels are no colours.
    """
    n_channels = image.shape[2]
    if n_channels == 1:
        return np.repeat(image, 3, axis=2)
    if n_channels not in (3, 4):
        raise UserError(
            f"An image encoder sees images of 1, 3 or 4 channels; these have {n_channels}. "
            "Choose the encoder 'contrastive', which takes any."
        )
    return image[:, :, :3]


def middle_square(image: Image, side: int) -> Image:
    """The middle square, resized: (H, W, C) -> (side, side, 3)."""
    colours = PIL.Image.fromarray(np.ascontiguousarray(in_colour(image)))
    width, height = colours.size
    shorter = min(width, height)
    left, top = (width - shorter) // 2, (height - shorter) // 2
    square = colours.crop((left, top, left + shorter, top + shorter))
    return np.asarray(square.resize((side, side), PIL.Image.Resampling.BICUBIC))


def normalised(
    images: Sequence[Image],
    mean: Sequence[float] = MEAN,
    std: Sequence[float] = STD,
    scale: float = 255.0,
) -> NDArray[np.float32]:
    """Of one size, (H, W, 3) each, as the networks take them: (B, H, W, 3)."""
    values = np.stack(images).astype(np.float32)
    values /= np.float32(scale)
    values -= np.asarray(mean, np.float32)
    values /= np.asarray(std, np.float32)
    return values
