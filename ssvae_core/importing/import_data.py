"""Images or vectors from anywhere into a data set of ours, and more of them later.

An import is a generator of ImportProgress: to cancel it, cease to iterate and close it, and nothing
of it is left. Only its last event names a data set.

    for progress in import_data("scans", root, name="2026-11"):
        print(progress.message, progress.seconds_left)
    imported = progress.imported
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..data.dataset import AUTO, FEATURES
from ..data.library import (
    checked_name,
    folder_of,
    rename,
    set_encoder,
    set_features,
    set_role,
)
from ..data.manifest import encoder_of, read_manifest
from ..data.parts import features_in
from ..data.stored import CLASSES, DIGESTS, REPORT, TEST, write_json
from ..data.stored import FEATURES as FEATURE_ROWS
from ..errors import Conflict, UserError
from ..labels.names import same
from .embedded_texts import EmbeddedTexts
from .items import Source
from .origin import origin_to_read
from .pixel_policy import Policy
from .progress import Choice, ImportCancelled, Imported, ImportProgress
from .run import ImportRun
from .source_process import open_apart
from .sources import open_source


def import_data(
    source: str | Path | Source, root: Path, *, name: str, choice: Choice | None = None
) -> Iterator[ImportProgress]:
    """Read a source into a new data set in this root; the last event holds it.

    Raises UserError if nothing can be taken from it, the disk is full, or a choice does not fit.
    """
    name, choice = checked_name(name), choice or Choice()
    yield ImportProgress("looking at what is there")
    with closing(_opened(source, choice)) as opened:
        if opened.kind != "text":
            yield from ImportRun(opened, root, name, choice).run()
            return
        with closing(EmbeddedTexts(opened, root, choice, {})) as texts:
            yield from texts.encoded(None)
            yield from ImportRun(texts, root, name, choice).run()


def add_later(
    source: str | Path | Source, root: Path, *, to: str, choice: Choice | None = None
) -> Iterator[ImportProgress]:
    """Read more into a data set: a new one, in which the old examples come first, in their order.

    New images are made like the old ones, whatever the choice's policy. What is there already is a
    duplicate. Raises UserError as import_data does.
    """
    folder, choice = folder_of(to, root), choice or Choice()
    manifest = read_manifest(folder)
    yield ImportProgress("looking at what is there")
    with closing(_opened(source, choice)) as opened:
        kind = "text" if manifest.get("text") else manifest["kind"]
        if opened.kind != kind:
            raise Conflict(
                f"{manifest['name']} holds {kind}s, and {opened.where} {opened.kind}s. "
                "Import them as a data set of their own."
            )
        choice, name = _as_before(choice, manifest), manifest["name"]
        if kind != "text":
            yield from ImportRun(opened, root, name, choice, folder, manifest).run()
            return
        with closing(EmbeddedTexts(opened, root, choice, manifest)) as texts:
            yield from texts.encoded(folder)
            yield from ImportRun(texts, root, name, choice, folder, manifest).run()


def _as_before(choice: Choice, manifest: dict[str, Any]) -> Choice:
    """The choice with the policy and the role that a data set has already."""
    policy = Policy(**manifest["policy"])
    if manifest["kind"] == "image":
        policy = replace(policy, channels={1: "grey", 3: "colour"}[manifest["shape"][2]])
    role = manifest["role"] if manifest["class_names"] else choice.role
    return replace(choice, policy=policy, role=role)


def _opened(source: str | Path | Source, choice: Choice) -> Source:
    """What is there to import; read in a process of its own unless there are to be none."""
    if isinstance(source, Source):
        return source
    open_it = open_source if choice.n_processes == 0 else open_apart
    return open_it(source, choice.reading)


def read_again(name: str, root: Path, choice: Choice | None = None) -> Iterator[ImportProgress]:
    """Read what a data set was made from once more; what the choice leaves open is as it was.

    The earlier data set stays. The last event says whether the new one may take its place: not if
    it holds fewer examples, labels or classes, which its report says. UserError if what it was made
    from is gone or its labels have changed.
    """
    folder = folder_of(name, root)
    manifest = now = read_manifest(folder)
    origin = origin_to_read(manifest)
    chosen = origin.choice(choice)
    for event in import_data(origin.where, root, name=manifest["name"], choice=chosen):
        if event.imported is None:
            now = _if_there(folder) or now
            yield event
            continue
        imported = event.imported
        _follow(manifest, now, imported, folder)
        less = _less_in_words(manifest, folder, imported.folder, chosen.reading != origin.reading)
        if less:
            imported.report.notes.insert(0, less)
            write_json(imported.folder / REPORT, imported.report.to_json())
        elif imported.folder != folder:
            imported = replace(imported, instead_of=folder.name)
        yield replace(event, imported=imported)


def _if_there(folder: Path) -> dict[str, Any] | None:
    """The manifest; None if the data set was deleted meanwhile."""
    try:
        return read_manifest(folder)
    except UserError:
        return None


def _follow(before: dict[str, Any], now: dict[str, Any], new: Imported, old: Path) -> None:
    """Give the new data set the name, role and encoder that the earlier one got since.

    Features that were given to its examples later go over where these are the same.
    """
    root, made = old.parent, read_manifest(new.folder)
    encoder = encoder_of(now)
    if now.get("n_features") and not made["n_features"]:
        features = _features_of_same(old, now, new.folder)
        if features is not None:
            set_features(new.id, features, root)
        else:
            encoder = AUTO if encoder == FEATURES else encoder
            new.report.notes.append(
                "The features that were given to its examples later are left out: it holds others "
                "now."
            )
            write_json(new.folder / REPORT, new.report.to_json())
    if encoder != encoder_of(read_manifest(new.folder)):
        set_encoder(new.id, encoder, root)
    if now["name"] != before["name"]:
        rename(new.id, now["name"], root)
    if now["role"] != before["role"]:
        set_role(new.id, now["role"], root)


def _features_of_same(old: Path, now: dict[str, Any], new: Path) -> NDArray[np.float32] | None:
    """The features of a data set, if the other one has its examples, in their order."""
    try:
        digests = [np.load(each / DIGESTS, allow_pickle=False) for each in (old, new)]
        is_same = np.array_equal(*digests)
        return features_in(old, now, FEATURE_ROWS) if is_same else None
    except (OSError, ValueError):  # the earlier one is gone or damaged
        return None


def _less_in_words(before: dict[str, Any], old: Path, new: Path, is_read_otherwise: bool) -> str:
    """What a data set that was read again lacks of the earlier one; "" if nothing.

    Who reads a table by another column of classes wants other classes; and a header is a row.
    """
    try:
        had, has = _held(old), _held(new)
    except (OSError, ValueError, UserError):  # the earlier one is gone or damaged
        return ""
    if is_read_otherwise and has["examples"] >= had["examples"] - 1:
        return ""
    if all(has[what] >= had[what] for what in had) and not _missing_classes(old, new):
        return ""
    lists = (", ".join(f"{n} {what}" for what, n in each.items()) for each in (had, has))
    return (
        f"{before['name']} as it was before stays beside this one, because it holds more: "
        f"{' against '.join(lists)}."
    )


def _held(folder: Path) -> dict[str, int]:
    """How much a data set holds, in both parts."""
    manifest = read_manifest(folder)
    names = [CLASSES, f"{TEST}{CLASSES}"] if manifest.get("n_test") else [CLASSES]
    classes = np.concatenate([np.load(folder / name, allow_pickle=False) for name in names])
    return {
        "examples": len(classes),
        "labels": int((classes >= 0).sum()),
        "classes": len(manifest["class_names"]),
    }


def _missing_classes(old: Path, new: Path) -> set[str]:
    before, now = ({*map(same, read_manifest(each)["class_names"])} for each in (old, new))
    return before - now


def import_to_end(events: Iterator[ImportProgress]) -> Imported:
    """What an import comes to, if it is let run to its end."""
    *_, last = events
    assert last.imported is not None
    return last.imported


__all__ = [
    "Choice",
    "ImportCancelled",
    "ImportProgress",
    "Imported",
    "add_later",
    "import_data",
    "import_to_end",
    "read_again",
]
