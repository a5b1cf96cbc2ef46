"""The imported data sets of a root folder: listed, opened, renamed, deleted.

A data set is a folder named by its id, see draft.py. Its examples are memory-mapped.
"""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from unicodedata import category

import numpy as np
from numpy.typing import NDArray

from ..errors import Conflict, NotFound, NotWritten, UserError
from ..storage.whole import write_array_whole
from .columns import COLUMNS, columns_in
from .dataset import FEATURES as BY_FEATURES
from .dataset import Dataset
from .import_report import Report
from .manifest import change_manifest, encoder_of, read_manifest
from .pack import FileNames
from .parts import (
    UNREADABLE,
    KeptOriginals,
    classes_in,
    domain_names_of,
    domains_in,
    features_in,
    held_out_in,
    pack_in,
    part,
    provenance_in,
    text_encoder_in,
    texts_in,
)
from .stored import (
    CLASSES,
    DELETED,
    DIGESTS,
    DOMAINS,
    EXAMPLES,
    FEATURES,
    MANIFEST,
    NAMES,
    ORIGINALS,
    REPORT,
    TEST,
    TEXTS,
)

LONGEST_ID = 200  # bytes; no name is of more characters either
MOST_CLASSES = 250  # of a session: a label is a byte in the browser, and some mean something else
ROLES = {
    "truth": "hidden truth: only to score you and the model, nothing is labelled",
    "labels": "labels, made by import: the model learns from all of them at once",
    "ignore": "ignored: start with no class at all",
}


@dataclass(frozen=True)
class Shelved:
    """An imported data set as it is listed, without its examples."""

    id: str
    name: str
    n: int
    n_test: int  # more examples, to test on
    shape: tuple[int, ...]
    class_names: tuple[str, ...]
    role: str  # what the classes mean, a key of ROLES
    source: str
    created: str  # ISO, UTC
    earlier: str | None  # the id of the version before, where images were added
    are_texts: bool = False
    domain_names: tuple[str, ...] = ()


def shelved(root: Path) -> list[Shelved]:
    """Every data set that is whole, newest first."""
    found = []
    for path in root.glob(f"*/{MANIFEST}"):
        if path.parent.name.startswith("."):
            continue
        try:
            found.append(_described(path.parent.name, read_manifest(path.parent)))
        except UserError:  # damaged: opening it says how
            continue
    return sorted(found, key=lambda each: (each.created, each.id), reverse=True)


def find(name: str, root: Path) -> Path | None:
    """The folder of the data set with this id, or else the newest with this name."""
    if len(name) > LONGEST_ID:
        return None
    if is_id(name) and (root / name / MANIFEST).exists():
        return root / name
    for each in shelved(root):
        if each.name == name:
            return root / each.id
    return None


def is_id(name: str) -> bool:
    """Whether a data set's folder could be called so."""
    is_short = len(name.encode("utf-8", "surrogatepass")) <= LONGEST_ID
    is_plain = name == Path(name).name and not name.startswith(".") and "\0" not in name
    return bool(name) and is_plain and is_short


def folder_of(name: str, root: Path) -> Path:
    """The same; UserError if there is none."""
    folder = find(name, root)
    if folder is None:
        names = ", ".join(dict.fromkeys(each.name for each in shelved(root)))
        raise NotFound(
            f"No data set '{name}' was imported. "
            + (f"There are: {names}." if names else "Import one.")
        )
    return folder


def load_imported(folder: Path) -> Dataset:
    """The data set in this folder, opened once for each of its manifests.

    Raises UserError if it is damaged or of a newer format.
    """
    try:
        stat = (folder / MANIFEST).stat()
    except OSError as error:
        raise NotFound(f"{folder} holds no data set: {error.strerror}.") from error
    return _load(folder, (stat.st_ino, stat.st_mtime_ns))


@lru_cache(maxsize=16)
def _load(folder: Path, stamp: tuple[int, int]) -> Dataset:
    manifest = read_manifest(folder)
    role, notes = manifest["role"], list[str]()
    classes = part(folder, manifest, CLASSES, classes_in, notes)
    names = part(folder, manifest, NAMES, pack_in, notes)
    originals = part(folder, manifest, ORIGINALS, pack_in, notes)
    provenance = part(folder, manifest, DIGESTS, provenance_in, notes)
    features = part(folder, manifest, FEATURES, features_in, notes)
    domains = part(folder, manifest, DOMAINS, domains_in, notes)
    columns = part(folder, manifest, COLUMNS, columns_in, notes)
    texts = part(folder, manifest, TEXTS, texts_in, notes)
    test = part(folder, manifest, f"{TEST}{EXAMPLES}", held_out_in, notes)
    try:
        images = np.load(folder / EXAMPLES, mmap_mode="r", allow_pickle=False)
        if images.shape != (manifest["n"], *manifest["shape"]):
            raise ValueError("they are not of the number and shape that its manifest says")
        return Dataset(
            name=folder.name,
            title=manifest["name"],
            images=images,
            class_names=() if role == "ignore" else tuple(manifest["class_names"]),
            answer_key=classes if role == "truth" else None,
            labels=classes if role == "labels" else None,
            file_names=None if names is None else FileNames(names),
            texts=texts,
            **text_encoder_in(folder, manifest),
            originals=None if originals is None else KeptOriginals(originals),
            provenance=provenance,
            encoder=encoder_of(manifest),
            features=images if texts is not None else features,
            domain_names=() if domains is None else domain_names_of(manifest),
            domains=domains,
            columns=columns,
            **(test or {}),
            notes=tuple(notes),
            identity=manifest["sha256"][:16],
        )
    except UNREADABLE as error:
        raise Conflict(
            f"The examples in {folder / EXAMPLES} cannot be read: {error}. Put the file back, or "
            "import the data set again."
        ) from error


def report_of(name: str, root: Path) -> Report:
    """What its import took and left out. UserError if that is not there."""
    path = folder_of(name, root) / REPORT
    try:
        return Report.from_json(json.loads(path.read_bytes()))
    except (*UNREADABLE, KeyError, AttributeError) as error:
        raise Conflict(f"The report {path} cannot be read: {error}.") from error


def rename(name: str, new_name: str, root: Path) -> None:
    """Give it another name to be shown by; its id stays. UserError for an empty name."""
    change_manifest(folder_of(name, root), name=checked_name(new_name))


def set_role(name: str, role: str, root: Path) -> Dataset:
    """Say what its classes mean, a key of ROLES: the data set as it is then.

    UserError if they are more than a session can begin with.
    """
    if role not in ROLES:
        raise ValueError(f"Expected one of {', '.join(ROLES)}, got '{role}'.")
    folder = folder_of(name, root)
    n_classes = len(read_manifest(folder)["class_names"])
    if role != "ignore" and n_classes > MOST_CLASSES:
        raise Conflict(
            f"It has {n_classes} classes, and a session holds at most {MOST_CLASSES}. "
            "Join some of them where the images come from, and import that."
        )
    change_manifest(folder, role=role)
    return load_imported(folder)


def set_encoder(name: str, encoder: str, root: Path) -> None:
    """Say whose features tell which of its images are alike, see encoders/.

    Whoever loads it from now on has it so. UserError if it cannot be written.
    """
    change_manifest(folder_of(name, root), encoder=encoder)


def set_features(name: str, features: NDArray[np.float32], root: Path) -> None:
    """Give its examples features: (N, F), which then say which of them are alike.

    UserError if they are not of as many examples, or cannot be written.
    """
    folder = folder_of(name, root)
    n = read_manifest(folder)["n"]
    if features.ndim != 2 or len(features) != n:
        raise UserError(f"{n} rows of features were expected, got shape {features.shape}.")
    try:
        write_array_whole(folder / FEATURES, np.asarray(features, np.float32))
    except OSError as error:
        raise NotWritten(f"{folder} could not be changed: {error.strerror}.") from error
    of_these = {"n_features": features.shape[1], "n_test_features": 0}
    change_manifest(folder, encoder=BY_FEATURES, **of_these)


def delete(name: str, root: Path) -> None:
    """Remove it for good. Who has it open keeps what is mapped."""
    folder = folder_of(name, root)
    gone = folder.with_name(f"{DELETED}{folder.name}")
    try:
        folder.rename(gone)  # at once out of every list
        shutil.rmtree(gone)
    except OSError as error:
        raise NotWritten(f"{folder} could not be deleted: {error.strerror}.") from error


def checked_name(name: str) -> str:
    """The name without control characters. UserError if nothing is left, or too much."""
    kept = "".join(letter for letter in name if category(letter) not in ("Cc", "Cs")).strip()
    if not kept:
        raise UserError("A data set needs a name.")
    if len(kept) > LONGEST_ID:
        raise UserError(
            f"The name of a data set has at most {LONGEST_ID} letters, this one {len(kept)}."
        )
    return kept


def slug(name: str) -> str:
    """A name as part of an id: "2026-11 scans" -> "2026-11-scans"."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or "data"


def _described(identity: str, manifest: dict[str, Any]) -> Shelved:
    return Shelved(
        id=identity,
        name=manifest["name"],
        n=manifest["n"],
        n_test=manifest.get("n_test", 0),
        shape=tuple(manifest["shape"]),
        class_names=tuple(manifest["class_names"]),
        role=manifest["role"],
        source=manifest["source"],
        created=manifest["created"],
        earlier=manifest["earlier"],
        are_texts=bool(manifest.get("text")),
        domain_names=_names_of(manifest),
    )


def _names_of(manifest: dict[str, Any]) -> tuple[str, ...]:
    try:
        return domain_names_of(manifest)
    except ValueError:  # damaged: opening it says so
        return ()
