"""Labels from a file onto the examples of a session: who is who, and what then stands."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, cast, get_args

from ..labels.history import Kind
from ..labels.label_files import LabelFile, LabelRow
from ..labels.records import Operation
from .content import ClassInfo, Said, State

if TYPE_CHECKING:
    from ..session.session import Session


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
        if label is not None and not row.is_settled:
            votes[row.annotator] = label
        state = cast(State, row.state) if row.state in get_args(State) else None
        said[example] = Said(label, state, row.annotator, row.at, votes, row.is_audit)
    return {
        example: replace(each, votes={}) if each.votes == {each.annotator: each.label} else each
        for example, each in said.items()
    }


def take_in(session: Session, placed: Placed) -> int:
    """Store the rows in a session, new classes too; how many examples they are about.

    The session then says what the file says, under the same names; only the times are of now.
    """
    ids = {known.name: known.id for known in session.history.classes.active}
    for name in placed.new_classes:
        op = Operation(_op_id(), "class-add", text=name)
        session.do(op)
        made = session.class_made_by(op.op_id)
        assert made is not None
        ids[name] = made
    for (kind, label, annotator), examples in _operations(placed, ids):
        session.do(Operation(_op_id(), kind, examples, label), annotator)
    return len({example for example, _ in placed.rows})


def _operations(
    placed: Placed, ids: Mapping[str, int]
) -> Iterator[tuple[tuple[Kind, int | None, str], list[int]]]:
    """As few operations as say the same: an example's first rows, then all second ones, ..."""
    rounds: list[dict[tuple[Kind, int | None, str], list[int]]] = []
    seen: Counter[int] = Counter()
    for example, row in placed.rows:
        if seen[example] == len(rounds):
            rounds.append({})
        key = _kind(row), None if row.class_name is None else ids[row.class_name], row.annotator
        rounds[seen[example]].setdefault(key, []).append(example)
        seen[example] += 1
    for each in rounds:
        yield from each.items()


def _kind(row: LabelRow) -> Kind:
    if row.class_name is not None:
        return "audit" if row.is_audit else "settle" if row.is_settled else "label"
    states: dict[str | None, Kind] = {"unsure": "unsure", "junk": "junk", "skipped": "skip"}
    return states.get(row.state, "clear")


def _op_id() -> str:
    return f"import-{secrets.token_hex(8)}"


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
