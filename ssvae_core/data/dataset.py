"""A data set: images or vectors, in memory or where they lie on disk, and what is known of them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import InitVar, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from .columns import Columns
from .provenance import Provenance
from .vector_pictures import pictures_of

AUTO = "auto"  # an encoder: the one that suits the data
FEATURES = "features"  # an encoder: those that came with the import


class Originals(Protocol):
    """Where the full-size originals are kept."""

    def __call__(self, index: int) -> tuple[bytes, str] | None:
        """An original's file and MIME type, None where none is kept."""


@dataclass(frozen=True)
class Dataset:
    """Examples to label, and where they have one, the answer key that only scores look at."""

    name: str
    title: str
    images: NDArray[Any]  # (N, H, W, C) uint8, or vectors, (N, D) float32
    class_names: tuple[str, ...]  # the classes a new session begins with
    # (N,) true class of each example, hidden from models; -1 where it is not known
    answer_key: NDArray[np.int64] | None = None
    test_images: NDArray[Any] | None = None  # (M, H, W, C) or (M, D), never trained on
    test_answer_key: NDArray[np.int64] | None = None  # (M,), -1 where it is not known
    test_features: NDArray[np.float32] | None = None  # (M, F), where `features` are known
    labels: NDArray[np.int64] | None = None  # (N,) that came with an import, -1 for none
    file_names: Sequence[str] | None = None  # (N,)
    texts: Sequence[str] | None = field(default=None, repr=False)  # (N,), vectors embed them
    text_encoder: str = ""  # which embedded them, and what it learned from them if it does
    text_encoder_file: Path | None = field(default=None, repr=False)
    encoder: str = AUTO  # whose features say which images are alike, see encoders/
    features: NDArray[np.float32] | None = None  # (N, F), that came with an import
    columns: Columns | None = field(default=None, repr=False)  # what the numbers of rows are
    originals: Originals | None = field(default=None, repr=False)
    test_originals: Originals | None = field(default=None, repr=False)
    provenance: Provenance | None = field(default=None, repr=False)  # where it was imported from
    factors: Mapping[str, NDArray[np.float64]] | None = None  # (N,) each, what a drawing came from
    domain_names: tuple[str, ...] = ()  # where its examples come from, if that is known of some
    domains: NDArray[np.int64] | None = None  # (N,) places in domain_names, -1 where not known
    test_domains: NDArray[np.int64] | None = None  # (M,)
    notes: tuple[str, ...] = ()  # sentences for the person: what of it is damaged and missed
    # What is known to be these very images' fingerprint, so that they need not be read for it.
    identity: InitVar[str] = ""
    fingerprint: str = field(init=False)  # of the images: what is cached by it never goes stale

    def __post_init__(self, identity: str) -> None:
        shape, dtype = self.images.shape, self.images.dtype
        are_images = self.images.ndim == 4 and dtype == np.uint8
        are_vectors = self.images.ndim == 2 and dtype == np.float32
        if not are_images and not are_vectors:
            raise ValueError(
                "Images must be uint8 of shape (N, H, W, C), vectors float32 of shape (N, D); "
                f"got {dtype} of shape {shape}."
            )
        if self.features is not None and self.features.shape[:-1] != (len(self.images),):
            raise ValueError(
                f"Features must be of shape ({len(self.images)}, F), one row for each example; "
                f"got {self.features.shape}."
            )
        if self.domains is not None and self.domains.shape != (len(self.images),):
            raise ValueError(
                f"Domains must be of shape ({len(self.images)},), one for each example; got "
                f"{self.domains.shape}."
            )
        if self.texts is not None and len(self.texts) != len(self.images):
            raise ValueError(
                f"{len(self.images)} texts were expected, one for each example; "
                f"got {len(self.texts)}."
            )
        object.__setattr__(self, "fingerprint", identity or _fingerprint(self.images))

    def __len__(self) -> int:
        return len(self.images)

    @cached_property
    def pictures(self) -> NDArray[np.uint8]:
        """What is shown of every example: an image itself, a vector's bars: (N, H, W, C)."""
        if self.kind == "image":
            return self.images
        values = self.images.astype(np.float64)
        spread = values.std(0)
        return pictures_of((values - values.mean(0)) / np.where(spread > 0, spread, 1.0))

    @property
    def kind(self) -> str:
        """What an example is: image or vector."""
        return "image" if self.images.ndim == 4 else "vector"

    def in_domain(self, place: int) -> NDArray[np.intp]:
        """The examples of the domain at this place of `domain_names`, in order: (n,)."""
        if self.domains is None:
            return np.empty(0, np.intp)
        return np.flatnonzero(self.domains == place)

    def domain_counts(self) -> list[tuple[str, int]]:
        """Every domain and how many examples are of it; nothing where there are none."""
        names = enumerate(self.domain_names)
        return [(name, len(self.in_domain(place))) for place, name in names]

    @property
    def shape(self) -> tuple[int, ...]:
        """Height, width and channels of an image, or how many numbers a vector has."""
        return self.images.shape[1:]

    def original(self, index: int) -> tuple[bytes, str] | None:
        """The file of a full-size original and its MIME type; None if the example is all."""
        return self.originals(index) if self.originals else None

    def test_original(self, index: int) -> tuple[bytes, str] | None:
        """The same of a test image."""
        return self.test_originals(index) if self.test_originals else None


def _fingerprint(images: NDArray[Any]) -> str:
    digest = hashlib.sha256(repr(images.shape).encode())
    digest.update(np.ascontiguousarray(images).data)
    return digest.hexdigest()[:16]
