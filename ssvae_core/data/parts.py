"""The parts of an imported data set that it can be opened without, if they are damaged."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from ..storage.whole import read_array
from .columns import COLUMNS
from .pack import FileNames, Pack
from .provenance import Provenance, provenance_of
from .stored import (
    CLASSES,
    DIGESTS,
    DOMAINS,
    EXAMPLES,
    FEATURES,
    NAMES,
    ORIGINALS,
    TEST,
    TEXT_ENCODER,
    TEXTS,
    mime_of,
)

Found = TypeVar("Found")
UNREADABLE = (OSError, ValueError, EOFError, TypeError, LookupError, RecursionError)
MISSED = {
    CLASSES: "The classes",
    NAMES: "The file names",
    ORIGINALS: "The larger originals",
    FEATURES: "The features",
    DOMAINS: "The domains",
    COLUMNS: "The columns",
    TEXTS: "The texts",
    DIGESTS: "Notes on the original files",
    f"{TEST}{EXAMPLES}": "The test images",
}

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class KeptOriginals:
    """Larger originals of examples, in a pack."""

    pack: Pack

    def __call__(self, index: int) -> tuple[bytes, str] | None:
        """As Originals says."""
        content = self.pack.read(index)
        return (content, mime_of(content)) if content else None


def part(
    folder: Path,
    manifest: dict[str, Any],
    name: str,
    read: Callable[[Path, dict[str, Any], str], Found],
    notes: list[str],
) -> Found | None:
    """A part that can be done without, or None and a note where it is damaged."""
    try:
        return read(folder, manifest, name)
    except UNREADABLE as error:
        log.warning("%s of the data set %s cannot be read: %s", name, folder.name, error)
        notes.append(f"{MISSED[name]} of '{manifest['name']}' cannot be read and are left out.")
        return None


def classes_in(folder: Path, manifest: dict[str, Any], name: str) -> NDArray[np.int64]:
    """The class of every example: (N,), -1 for none. OSError or ValueError where damaged."""
    classes = read_array(folder / name)
    if classes.shape != (manifest["n"],) or classes.dtype.kind not in "iu":
        raise ValueError(f"there are {classes.dtype} of shape {classes.shape}")
    if len(classes) and not (
        classes.min() >= -1 and classes.max() < max(len(manifest["class_names"]), 1)
    ):
        raise ValueError("it names classes that there are not")
    return classes.astype(np.int64)


def features_in(folder: Path, manifest: dict[str, Any], name: str) -> NDArray[np.float32] | None:
    """The features of every example, where it lies: (N, F); None if none came with them.

    OSError or ValueError where damaged.
    """
    if not manifest.get("n_features"):
        return None
    features: NDArray[np.float32] = np.load(folder / name, mmap_mode="r", allow_pickle=False)
    if features.shape != (manifest["n"], manifest["n_features"]) or features.dtype != np.float32:
        raise ValueError(f"there are {features.dtype} of shape {features.shape}")
    return features


def domains_in(folder: Path, manifest: dict[str, Any], name: str) -> NDArray[np.int64] | None:
    """The domain of every example: (N,), -1 for none; None where the data set has no domains.

    OSError or ValueError where damaged.
    """
    names = domain_names_of(manifest)
    if not names:
        return None
    domains = read_array(folder / name)
    if domains.shape != (manifest["n"],) or domains.dtype.kind not in "iu":
        raise ValueError(f"there are {domains.dtype} of shape {domains.shape}")
    if len(domains) and not (domains.min() >= -1 and domains.max() < len(names)):
        raise ValueError("it names domains that there are not")
    return domains.astype(np.int64)


def domain_names_of(manifest: dict[str, Any]) -> tuple[str, ...]:
    """The names of the domains, in order; earlier versions knew none.

    ValueError where damaged.
    """
    names = manifest.get("domain_names", [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError("the names of the domains are no list of names")
    return tuple(names)


def pack_in(folder: Path, manifest: dict[str, Any], name: str) -> Pack:
    """One string of every example. OSError or ValueError where damaged."""
    pack = Pack(folder, name)
    if len(pack) != manifest["n"]:
        raise ValueError(f"there are {len(pack)}, not {manifest['n']}")
    return pack


def texts_in(folder: Path, manifest: dict[str, Any], name: str) -> FileNames | None:
    """The text of every example, read when asked for; None where the examples are no texts.

    OSError or ValueError where damaged.
    """
    return FileNames(pack_in(folder, manifest, name)) if manifest.get("text") else None


def text_encoder_in(folder: Path, manifest: dict[str, Any]) -> dict[str, Any]:
    """What a Dataset takes of what embedded its texts; nothing where it has none."""
    about = manifest.get("text")
    if not isinstance(about, dict):
        return {}
    path = folder / TEXT_ENCODER
    return {
        "text_encoder": str(about.get("encoder", "")),
        "text_encoder_file": path if path.is_file() else None,
    }


def held_out_in(
    folder: Path, manifest: dict[str, Any], name: str = f"{TEST}{EXAMPLES}"
) -> dict[str, Any]:
    """What a Dataset takes of its test part; nothing where it has none.

    OSError or ValueError where damaged.
    """
    if not (n := manifest.get("n_test", 0)):
        return {}
    of_part = {**manifest, "n": n}
    images = np.load(folder / name, mmap_mode="r", allow_pickle=False)
    if images.shape != (n, *manifest["shape"]):
        raise ValueError(f"the test part is of shape {images.shape}")
    classes = classes_in(folder, of_part, f"{TEST}{CLASSES}")
    of_part["n_features"] = manifest.get("n_test_features", 0)
    features = features_in(folder, of_part, f"{TEST}{FEATURES}")
    return {
        "test_features": features,
        "test_images": images,
        "test_answer_key": None if manifest["role"] == "ignore" else classes,
        "test_originals": KeptOriginals(pack_in(folder, of_part, f"{TEST}{ORIGINALS}")),
        "test_domains": domains_in(folder, of_part, f"{TEST}{DOMAINS}"),
    }


def provenance_in(folder: Path, manifest: dict[str, Any], name: str) -> Provenance:
    """Where the examples came from. OSError, ValueError or LookupError where damaged."""
    return provenance_of(folder, manifest)
