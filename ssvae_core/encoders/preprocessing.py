"""An image of any size as a pretrained network sees it: three channels, a square, normalised."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from ..errors import UserError
from ..strict_json import parsed
from .base import Image

# Of ImageNet's photographs, in units of 0 to 1: what networks trained on it expect.
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
SIDE, LARGEST_SIDE = 224, 2048  # pixels: where nothing says how large, and at most


@dataclass(frozen=True)
class Preprocessing:
    """What is done to an image: its middle square, resized, (value / scale - mean) / std."""

    side: int = SIDE
    mean: tuple[float, float, float] = MEAN
    std: tuple[float, float, float] = STD
    scale: float = 255.0

    def __post_init__(self) -> None:
        """Raises UserError for a value that no network can mean."""
        if not 1 <= self.side <= LARGEST_SIDE:
            raise UserError(
                f"An encoder sees 1 to {LARGEST_SIDE} pixels a side, got size {self.side}."
            )
        if not all(math.isfinite(value) for value in (*self.mean, *self.std, self.scale)):
            raise UserError("The mean, std and scale of an encoder must be finite numbers.")
        if min(self.std) <= 0 or self.scale <= 0:
            raise UserError("The std and scale of an encoder must be above 0.")

    def __call__(self, images: Sequence[Image]) -> NDArray[np.float32]:
        """Images of any sizes -> (B, side, side, 3)."""
        return normalised(self.squares(images), self.mean, self.std, self.scale)

    def squares(self, images: Sequence[Image]) -> list[Image]:
        """The same before it is normalised: (side, side, 3) each."""
        return [middle_square(image, self.side) for image in images]

    @property
    def words(self) -> str:
        """What it does, for a key."""
        return json.dumps(asdict(self), sort_keys=True)


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


def read_json(path: Path) -> Mapping[str, Any]:
    """The object in a JSON file beside a model. Raises UserError where it holds none."""
    try:
        found = parsed(path.read_bytes())
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from error
    except UserError as error:
        raise UserError(f"{path.name} cannot be used: {error}") from error
    if not isinstance(found, dict):
        raise UserError(f"{path.name} holds no JSON object.")
    return found


def changed(preprocessing: Preprocessing, given: Mapping[str, Any], name: str) -> Preprocessing:
    """With what is given: size, mean, std and scale, or those of a preprocessor_config.json.

    Raises UserError, naming where it was given, for what is no number.
    """
    try:
        side = _side(given.get("crop_size") or given.get("size"))
        mean, std = given.get("mean", given.get("image_mean")), given.get("std")
        std = given.get("image_std") if std is None else std
        scale = given.get("scale")
        if scale is None and given.get("rescale_factor"):
            scale = 1 / float(given["rescale_factor"])
        if given.get("do_rescale") is False:
            scale = 1.0
        if given.get("do_normalize") is False:
            mean, std = 0.0, 1.0
        return replace(
            preprocessing,
            side=preprocessing.side if side is None else side,
            mean=preprocessing.mean if mean is None else _three(mean),
            std=preprocessing.std if std is None else _three(std),
            scale=preprocessing.scale if scale is None else float(scale),
        )
    except (TypeError, ValueError, KeyError, OverflowError) as error:
        raise UserError(
            f"{name} cannot be used: {error}. Expected size, mean, std and scale as numbers, such "
            "as size=224 and mean=0.5,0.5,0.5."
        ) from error


def _side(size: Any) -> int | None:
    """Of 224, "224", [224, 224], {"height": 224, "width": 224} or {"shortest_edge": 224}."""
    if size is None:
        return None
    if isinstance(size, Mapping):
        size = size["shortest_edge"] if "shortest_edge" in size else [size["height"], size["width"]]
    sides = {int(each) for each in (size if isinstance(size, list | tuple) else [size])}
    if len(sides) != 1:
        raise ValueError(f"the size {size} is no square")
    return sides.pop()


def _three(values: Any) -> tuple[float, float, float]:
    """Of 0.5, "0.5,0.5,0.5" or [0.5, 0.5, 0.5]."""
    if isinstance(values, str):
        values = values.split(",")
    numbers = [float(value) for value in (values if isinstance(values, list | tuple) else [values])]
    if len(numbers) == 1:
        numbers *= 3
    red, green, blue = numbers
    return red, green, blue
