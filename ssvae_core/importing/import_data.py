"""Images or vectors from anywhere into a data set of ours, and more of them later.

An import is a generator of ImportProgress: to cancel it, cease to iterate and close it, and nothing
of it is left. Only its last event names a data set.

    for progress in import_data("scans", root, name="2026-11"):
        print(progress.message, progress.seconds_left)
    imported = progress.imported
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from ..data.library import checked_name, folder_of, read_manifest
from ..errors import Conflict
from .items import Source
from .pixel_policy import Policy
from .progress import Choice, ImportCancelled, Imported, ImportProgress
from .run import ImportRun
from .sources import open_source


def import_data(
    source: str | Path | Source, root: Path, *, name: str, choice: Choice | None = None
) -> Iterator[ImportProgress]:
    """Read a source into a new data set in this root; the last event holds it.

    Raises UserError if nothing can be taken from it, the disk is full, or a choice does not fit.
    """
    name, choice = checked_name(name), choice or Choice()
    yield ImportProgress("looking at what is there")
    opened = source if isinstance(source, Source) else open_source(source, choice.reading)
    yield from ImportRun(opened, root, name, choice).run()


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
    opened = source if isinstance(source, Source) else open_source(source, choice.reading)
    if opened.kind != manifest["kind"]:
        raise Conflict(
            f"{manifest['name']} holds {manifest['kind']}s, and {opened.where} {opened.kind}s. "
            "Import them as a data set of their own."
        )
    policy = Policy(**manifest["policy"])
    if manifest["kind"] == "image":
        policy = replace(policy, channels={1: "grey", 3: "colour"}[manifest["shape"][2]])
    role = manifest["role"] if manifest["class_names"] else choice.role
    choice = replace(choice, policy=policy, role=role)
    yield from ImportRun(opened, root, manifest["name"], choice, folder, manifest).run()


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
]
