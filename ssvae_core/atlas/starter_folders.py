"""Where the starter of a data set is: its first map, and the M1 that sessions on it begin with.

MNIST's ships with the app. For any other data set the first map is made here, in seconds, and the
trainer of its first session adds the M1; the next session finds both. They are kept by the
fingerprint of the images, so that they never belong to others.
"""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..data import ASSETS, Dataset
from ..errors import NotWritten, UserError
from ..storage.bundles import MANIFEST
from ..storage.paths import ATLAS, ENCODED, IMAGE_ENCODER, M1, STARTERS
from ..storage.whole import put_aside, whole_folder
from .atlas import Atlas
from .first_map import MapProgress, extended, first_atlas
from .graphs import LEADING, has_graph

log = logging.getLogger(__name__)


def starter_of(data: Dataset, workspace: Path) -> Path:
    """The folder of this data set's starter, whether or not it has been made."""
    return shipped(data) or workspace / STARTERS / data.fingerprint


def shipped(data: Dataset) -> Path | None:
    """The folder of the starter that comes with the app for these very images, if one does."""
    folder = shipped_folder(data.name)
    return folder if _fingerprint(folder) == data.fingerprint else None


def shipped_folder(name: str) -> Path:
    """Where the starter of a bundled data set ships, if it has one."""
    return ASSETS / "starter" / name


def is_prepared(data: Dataset, workspace: Path) -> bool:
    """Whether a session on this data set can open at once."""
    return _fingerprint(starter_of(data, workspace)) == data.fingerprint


def prepared(data: Dataset, workspace: Path) -> Iterator[MapProgress]:
    """Make the first map of a data set, if there is none. UserError if it cannot be saved."""
    if is_prepared(data, workspace):
        return
    for event in first_atlas(data.images):
        if isinstance(event, MapProgress):
            yield event
        else:
            event.save(starter_of(data, workspace) / ATLAS, {"fingerprint": data.fingerprint})


def mend(own: Path, data: Dataset, workspace: Path) -> list[str]:
    """See to it that the map of a session can be read; what the person should know of it.

    `own` is where its own starter is, if it has one. What is damaged is put aside, and a map is
    made anew of the images, in seconds. UserError if that cannot be saved.
    """
    notes = []
    if own.exists() and (why := _damage(own / ATLAS, data)):
        log.warning("The map of this session's own M1 is made anew: %s", why)
        _set_aside(own)
        notes.append(
            "This session's own map and M1 were damaged, so the map is that of the images again. "
            "Labels are kept."
        )
    if own.exists():
        return notes
    starter = starter_of(data, workspace)
    if starter.parent.exists() and not starter.parent.is_dir():
        _set_aside(starter.parent)
    if starter.exists() and shipped(data) is None and (why := _damage(starter / ATLAS, data)):
        log.warning("The map of %s is made anew: %s", data.title, why)
        _set_aside(starter / ATLAS if starter.is_dir() else starter)
        if not notes:
            notes.append("The map of these images was damaged and is made anew. Labels are kept.")
    for _ in prepared(data, workspace):
        pass  # at most some seconds, and only if nobody prepared it
    return notes


def _damage(atlas: Path, data: Dataset) -> str:
    """Why it is no map of these images; "" if it is one, or if none was made yet."""
    try:
        if not atlas.parent.is_dir():
            return f"{atlas.parent} is no folder"
        if not atlas.exists():
            return ""
        n = len(Atlas.load(atlas).xy)
    except (UserError, OSError) as error:
        return str(error)
    return "" if n == len(data) else f"{atlas} is of {n} images, not {len(data)}"


def _set_aside(path: Path) -> None:
    try:
        put_aside(path)
    except OSError as error:
        raise NotWritten(f"{path} is damaged, and cannot be replaced: {error.strerror}.") from error


def extend(own: Path, shared: Path, atlas: Atlas, data: Dataset) -> None:
    """Make a session's own starter one for more images: those of its atlas stay on the map.

    An M1 that is there, or in the starter that its data shares, stays too. UserError if it cannot
    be saved.
    """
    leading = leading_graph(own) or leading_graph(shared)
    copy_m1(shared, own)
    manifest = {"fingerprint": data.fingerprint, LEADING: leading}
    extended(atlas, data.images).save(own / ATLAS, manifest)


def copy_m1(source: Path, starter: Path) -> None:
    """Bring the M1 of another starter along, and its image encoder, if it has one."""
    if (source / M1).is_dir() and not (starter / M1).is_dir():
        for folder in (IMAGE_ENCODER, M1):  # the M1 last: where it is, all of it is
            if (source / folder).is_dir():
                with whole_folder(starter / folder) as scratch:
                    shutil.copytree(source / folder, scratch, dirs_exist_ok=True)


def leading_graph(starter: Path) -> str:
    """The name of the graph whose map a starter has; "" without a map, or where nobody told."""
    return str(manifest_of(starter).get(LEADING, ""))


def m1_made_at(starter: Path) -> float | None:
    """When the M1 of a starter was written, in seconds since 1970; None if it has none."""
    manifest = starter / M1 / MANIFEST
    return manifest.stat().st_mtime if manifest.exists() else None


def is_encoded(starter: Path, encoder: str) -> bool:
    """Whether a starter has the features of this encoder ("" of none), and their graph."""
    is_known = leading_graph(starter) == encoder or has_graph(starter, encoder)
    return not encoder or (is_known and (starter / ENCODED).is_dir())


def encoded_manifest(starter: Path) -> dict[str, Any]:
    """What a starter says of the features it has; nothing without any."""
    return _read(starter / ENCODED / MANIFEST)


def forget_encoded(starter: Path, key: str) -> None:
    """Take away the features that an encoder of another key gave: they are worked out anew."""
    if encoded_manifest(starter).get("key", key) != key:
        shutil.rmtree(starter / ENCODED, ignore_errors=True)


def manifest_of(starter: Path) -> dict[str, Any]:
    """What a starter says of its atlas; nothing without one."""
    return _read(starter / ATLAS / MANIFEST)


def _read(manifest: Path) -> dict[str, Any]:
    try:
        found = json.loads(manifest.read_text())
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _fingerprint(starter: Path) -> str:
    """Of the images that a starter was made for; "" without one."""
    return str(manifest_of(starter).get("fingerprint", ""))
