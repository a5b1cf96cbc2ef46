"""Labels from a file onto the examples of a session: who is who, and what then stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from ..labels_file import LabelFile, LabelRow
from .content import ClassInfo, Said


@dataclass(frozen=True)
class Placed:
    """Rows with the example that each is about, in the file's order; and what found no place."""

    rows: tuple[tuple[int, LabelRow], ...]
    unknown_files: tuple[str, ...]
    new_classes: tuple[str, ...]  # that people named and the session does not have


def place(file: LabelFile, file_names: Sequence[str], classes: Mapping[int, ClassInfo]) -> Placed:
    """Find each row's example by the whole name of its file, else by the end of its path.

    A name that two files share is nobody's.
    """
    by_name, by_end = _unique(file_names), _unique([_end(name) for name in file_names])
    placed: list[tuple[int, LabelRow]] = []
    unknown: dict[str, None] = {}
    for row in file.rows:
        if not row.is_human:
            continue
        example = by_name.get(row.file_name, by_end.get(_end(row.file_name)))
        if example is None:
            unknown[row.file_name] = None
        else:
            placed.append((example, row))
    known = {each.name for each in classes.values()}
    named = dict.fromkeys(row.class_name for _, row in placed if row.class_name is not None)
    return Placed(tuple(placed), tuple(unknown), tuple(name for name in named if name not in known))


def standing(placed: Placed, classes: Mapping[int, ClassInfo]) -> dict[int, Said]:
    """What stands of every example once all rows are taken in; new classes are left out."""
    ids = {each.name: k for k, each in classes.items()}
    said: dict[int, Said] = {}
    for example, row in placed.rows:
        if row.class_name is not None and row.class_name not in ids:
            continue
        label = None if row.class_name is None else ids[row.class_name]
        votes = dict(said[example].votes) if example in said else {}
        if label is not None:
            votes[row.annotator] = label
        state = row.state if row.state in ("unsure", "junk", "skipped") else None
        said[example] = Said(label, state, row.annotator, row.at, votes, row.is_audit)  # type: ignore[arg-type]
    return {
        example: each if len(each.votes) > 1 else replace(each, votes={})
        for example, each in said.items()
    }


def _end(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/")).name


def _unique(names: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    shared = set()
    for example, name in enumerate(names):
        if name in found:
            shared.add(name)
        found[name] = example
    return {name: example for name, example in found.items() if name not in shared}
