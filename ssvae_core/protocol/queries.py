"""What the app asks of the model, each query followed by its answer, which has the query's `id`.

Letters in shapes: n examples of the data set, m some of them, K classes, H x W x C an image.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .arrays import Amounts, Classes, Examples, Flags, Image, Images, Numbers, Places

View = Literal["pca", "style"]


@dataclass(frozen=True, eq=False)
class Redraw:
    """The example as the model redraws it in its likeliest class: gives Redrawn."""

    id: int
    example: int


@dataclass(frozen=True, eq=False)
class Redrawn:
    """Answer to Redraw: an image (H, W, C)."""

    id: int
    image: Image


@dataclass(frozen=True, eq=False)
class Explain:
    """Why this class and not that one, and the labelled examples nearest: gives Explanation."""

    id: int
    example: int
    n_nearest: int = 6


@dataclass(frozen=True, eq=False)
class Explanation:
    """Answer to Explain.

    `classes` (k,) best first, with their `gaps` (k,) in nats from the best bound, 0 first; both
    empty where the model has no bound. `redrawn` are the classes that `images` (r, H, W, C) show
    the example as: its guess, and the class that explains it best of the others, or the second
    likeliest without a bound; one while only one class has labels, none before the model has
    learned, and not what is no picture. `nearest` (m,) with `distances` (m,), nearest first;
    `usual_distance` is what half of all nearest neighbours are within, None while distances are of
    the values.
    """

    id: int
    classes: Classes
    gaps: Amounts
    redrawn: Classes
    images: Images
    nearest: Examples
    distances: Amounts
    usual_distance: float | None = None


@dataclass(frozen=True, eq=False)
class CheckLabels:
    """What contradicts each label: gives LabelChecks."""

    id: int


@dataclass(frozen=True, eq=False)
class LabelChecks:
    """Answer to CheckLabels, of every labelled example: examples (m,).

    propagated (m, K) is the probability of each class as the labels of other folds propagate, nan
    where no other label could say. bounds (m, K), in nats: of a label that another class
    contradicts, the bound of its class and of that one; nan otherwise, and where there is none.
    """

    id: int
    examples: Examples
    propagated: Numbers
    bounds: Numbers


@dataclass(frozen=True, eq=False)
class DrawMap:
    """Another map of all examples: gives DrawnMap.

    "pca" is of M1's latents. "style" is of the model's own, given each example's likeliest class:
    the latents themselves if there are two of them, else the two directions of their PCA.
    """

    id: int
    view: View


@dataclass(frozen=True, eq=False)
class DrawnMap:
    """Answer to DrawMap: xy (n, 2) in [0, 1]."""

    id: int
    xy: Places


@dataclass(frozen=True, eq=False)
class Propagate:
    """What these labels alone would propagate, classes (m,) of examples (m,): gives Propagated.

    Without classes, those that the examples are guessed to be.
    """

    id: int
    examples: Examples
    classes: Classes | None = None


@dataclass(frozen=True, eq=False)
class Propagated:
    """Answer to Propagate: the class of every example, (n,)."""

    id: int
    classes: Classes


@dataclass(frozen=True, eq=False)
class NearestReal:
    """Which example each of these drawings (m, H, W, C) is nearest to: gives NearestFound."""

    id: int
    images: Images


@dataclass(frozen=True, eq=False)
class NearestFound:
    """Answer to NearestReal: examples (m,)."""

    id: int
    examples: Examples


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

    Left blank there.
    """

    id: int
    images: Images
    undrawn: Flags


@dataclass(frozen=True, eq=False)
class NoAnswer:
    """Why there is none to a query, in a sentence."""

    id: int
    error: str


Query = (
    Redraw | Explain | CheckLabels | DrawMap | Propagate | NearestReal | PlaceImage | SampleClasses
)
Answer = (
    Redrawn
    | Explanation
    | LabelChecks
    | DrawnMap
    | Propagated
    | NearestFound
    | Placement
    | Sampled
    | NoAnswer
)
