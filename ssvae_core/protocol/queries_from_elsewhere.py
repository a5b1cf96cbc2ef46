"""What the app asks of the model about images that are not of the data set, and the answers.

Letters in shapes: k classes or examples, n images of each class, H x W x C an image.
"""

from __future__ import annotations

from dataclasses import dataclass

from .arrays import Amounts, Classes, Examples, Flags, Image, Images, Places, Rows


@dataclass(frozen=True, eq=False)
class PlaceImage:
    """Where an image that is not of the data set belongs: gives Placement.

    `image` (H, W, C) is of the size of the examples; `photo` (h, w, C) is it as large as it came,
    for an encoder that sees more.
    """

    id: int
    image: Image
    photo: Image | None = None


@dataclass(frozen=True, eq=False)
class Placement:
    """Answer to PlaceImage.

    `probabilities` (K,) as of any example, all 0 before there are labels. `nearest` (k,) real
    examples with their `distances` (k,), nearest first, by whose places it lies at `xy` (1, 2);
    half of all nearest neighbours are within `usual_distance`. `redrawn` (1, H, W, C) in its
    likeliest class, (0, ...) while the model cannot. `code` (c,) and `style` (z,) are means of what
    is inferred, `variance` (c,) is the code's, empty where an encoder gives points. `unseen` says
    in a sentence what could not look at it.
    """

    id: int
    probabilities: Amounts
    nearest: Examples
    distances: Amounts
    usual_distance: float
    xy: Places
    redrawn: Images
    code: Amounts
    variance: Amounts
    style: Amounts
    unseen: str = ""


@dataclass(frozen=True, eq=False)
class SampleClasses:
    """New examples of these classes (k,), n of each, by the seed: gives Sampled.

    Draws as wide as the `temperature`, or the means of random styles.
    """

    id: int
    classes: Classes
    n: int
    seed: int
    temperature: float = 1.0
    mean: bool = False


@dataclass(frozen=True, eq=False)
class Sampled:
    """Answer to SampleClasses: images (k, n, H, W, C); undrawn (k, n) is 1 of what is no picture.

    Left blank there. `rows` (k, n, D) are vectors in the units that examples came in, (k, n, 0) of
    images.
    """

    id: int
    images: Images
    undrawn: Flags
    rows: Rows
