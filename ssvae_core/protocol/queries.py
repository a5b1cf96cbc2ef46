"""What the app asks of the model, each query followed by its answer, which has the query's `id`.

Letters in shapes: n examples of the data set, m some of them, K classes, H x W x C an image.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from .arrays import (
    Amounts,
    Classes,
    Examples,
    Halves,
    Image,
    Images,
    Numbers,
    Places,
)
from .queries_from_elsewhere import PlaceImage, Placement, SampleClasses, Sampled
from .queries_of_spaces import ReadSpace, SpaceValues

View = Literal["pca", "style"]
Space = Literal["code", "style"]


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
    the values. `domains` are the places of those that `domain_images` (d, H, W, C) show it as in,
    as its guess; none where the model is told of no domains.
    """

    id: int
    classes: Classes
    gaps: Amounts
    redrawn: Classes
    images: Images
    nearest: Examples
    distances: Amounts
    domains: Classes
    domain_images: Images
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
class ReadDecoder:
    """What draws an example of a code, or of a style and a class: gives DecoderProgram.

    `known` names the frozen weights that the asker has: those are not sent again.
    """

    id: int
    known: str = ""


@dataclass(frozen=True, eq=False)
class DecoderProgram:
    """Answer to ReadDecoder, as decoding/program.py packs it, weights in halves.

    `programs` by space; "style" is missing while the model has learned nothing. `version` names all
    of it, `frozen_version` the part that stays while the M1 does, and `codes` the codes of each
    space. `is_by_class` says whether a code is drawn otherwise as another class, `drawn_by` which
    M1 draws, in words, "" where the model does by itself.
    """

    id: int
    version: str
    frozen_version: str
    codes: dict[str, str]
    is_by_class: bool
    drawn_by: str
    programs: dict[str, Any]
    frozen: Halves
    learned: Halves


@dataclass(frozen=True, eq=False)
class ReadCodes:
    """The codes, or the styles, of all examples, in their likeliest classes: gives Codes."""

    id: int
    space: Space


@dataclass(frozen=True, eq=False)
class Codes:
    """Answer to ReadCodes: codes (n, d) and what each dimension tells, (d,).

    `information` is the mean KL of the dimension's posterior to N(0, 1), in nats; empty where an
    encoder gives points. `spread` are standard deviations over the examples.
    """

    id: int
    codes: Halves
    information: Amounts
    spread: Amounts


@dataclass(frozen=True, eq=False)
class ReadPosterior:
    """What is inferred of one example as this class, by default its likeliest: gives Posterior."""

    id: int
    example: int
    label: int = -1


@dataclass(frozen=True, eq=False)
class Posterior:
    """Answer to ReadPosterior: means and variances of both spaces, (d,) each, and the bound.

    Empty where an encoder gives points, or the model has not learned. `terms` are in nats, none
    where nothing is bounded; `bounded` says of what: "picture", or "features" of an M1.
    """

    id: int
    label: int
    code_mean: Amounts
    code_variance: Amounts
    style_mean: Amounts
    style_variance: Amounts
    terms: dict[str, float]
    bounded: str


@dataclass(frozen=True, eq=False)
class NoAnswer:
    """Why there is none to a query, in a sentence."""

    id: int
    error: str


Query = (
    Redraw
    | Explain
    | CheckLabels
    | DrawMap
    | Propagate
    | NearestReal
    | ReadDecoder
    | ReadCodes
    | ReadPosterior
    | PlaceImage
    | SampleClasses
    | ReadSpace
)
Answer = (
    Redrawn
    | Explanation
    | LabelChecks
    | DrawnMap
    | Propagated
    | NearestFound
    | DecoderProgram
    | Codes
    | Posterior
    | Placement
    | Sampled
    | SpaceValues
    | NoAnswer
)
