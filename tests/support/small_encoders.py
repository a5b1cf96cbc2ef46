"""Images to encode, and an encoder that costs nothing: an image's mean colour, side by side."""

import io

import numpy as np
import PIL.Image

from ssvae_core.data import Dataset
from ssvae_core.encoders.preprocessing import in_colour


class MeanColour:
    """An encoder of three features: an image's mean of each channel. It counts what it saw."""

    key, n_features = "mean-colour", 3

    def __init__(self):
        self.n_seen = 0

    def encode(self, images):
        self.n_seen += len(images)
        return np.stack([in_colour(image).mean((0, 1)) for image in images]).astype(np.float32)


def photographs(n, *sides, seed=0, channels=3):
    """Smooth noise of these sides in turn: [(H, W, C)]."""
    rng = np.random.default_rng(seed)
    found = []
    for index in range(n):
        height, width = sides[index % len(sides)], sides[(index + 1) % len(sides)]
        coarse = PIL.Image.fromarray(rng.integers(0, 256, (6, 6, 3), np.uint8))
        pixels = np.asarray(coarse.resize((width, height), PIL.Image.Resampling.BICUBIC))
        found.append(np.ascontiguousarray(pixels[:, :, :channels]))
    return found


def photo_set(n=7, side=8, originals=None, seed=0, name="photos"):
    """A data set of small photographs; `originals` are those of some examples, by their place."""
    files = {index: png(image) for index, image in (originals or {}).items()}
    return Dataset(
        name=name,
        title=name,
        images=np.stack(photographs(n, side, seed=seed)),
        class_names=("a", "b"),
        originals=(lambda index: (files[index], "image/png") if index in files else None),
    )


def png(image):
    """A file of an image (H, W, C)."""
    file = io.BytesIO()
    PIL.Image.fromarray(image[:, :, 0] if image.shape[2] == 1 else image).save(file, "PNG")
    return file.getvalue()
