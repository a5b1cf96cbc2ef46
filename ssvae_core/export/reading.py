"""Labels from a file onto the examples of a session: who is who, and what then stands."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast, get_args

from ..errors import UserError
from ..labels.classes import LONGEST_NAME
from ..labels.file_matching import match_files
from ..labels.history import Kind
from ..labels.label_rows import LabelFile, LabelRow
from ..labels.names import ClassNames, listed
from ..labels.records import Operation
from .content import ClassInfo, ExampleState, Said

if TYPE_CHECKING:
    from ..session.session import Session


@dataclass(frozen=True)
class Placed:
    """Rows with the example that each is about, in the file's order; and what found no place."""

    rows: tuple[tuple[int, LabelRow], ...]
    unknown_files: tuple[str, ...]  # that the session has not, or several of
    new_classes: tuple[str, ...]  # that people named and the session does not have
    notes: tuple[str, ...] = ()  # what a person should know


def place(file: LabelFile, file_names: Sequence[str], classes: Mapping[int, ClassInfo]) -> Placed:
    """Find each row's example by the longest end of its path, and its class by its name.

    What of them is not one file's is nobody's, and named in the notes.
    """
    said = [row for row in file.rows if row.is_human]
    matches = match_files((row.file_name for row in said), file_names)
    known = {each.name for each in classes.values()}
    names, rows = ClassNames(known), []
    for row in said:
        if (example := matches.files.get(row.file_name)) is not None:
            name = row.class_name
            if name is not None and name not in known:
                name = names.of(name) or name
            rows.append((example, replace(row, class_name=name)))
    named = dict.fromkeys(row.class_name for _, row in rows if row.class_name is not None)
    return Placed(
        tuple(rows),
        tuple(name for name in _each(said) if name not in matches.files),
        tuple(name for name in named if name not in known),
        (*file.notes, *matches.notes("the file of labels")),
    )


def _each(rows: Sequence[LabelRow]) -> dict[str, None]:
    """The names of files, once each."""
    return dict.fromkeys(row.file_name for row in rows)


def standing(placed: Placed, classes: Mapping[int, ClassInfo]) -> dict[int, Said]:
    """What stands of every example once all rows are taken in; new classes are left out."""
    ids = {each.name: k for k, each in classes.items()}
    said: dict[int, Said] = {}
    for example, row in placed.rows:
        if row.class_name is not None and row.class_name not in ids:
            continue
        label = None if row.class_name is None else ids[row.class_name]
        votes = dict(said[example].votes) if example in said else {}
        if label is not None and not (row.is_settled or row.is_by_group):
            votes[row.annotator] = label
        state = cast(ExampleState, row.state) if row.state in get_args(ExampleState) else None
        said[example] = Said(
            label, state, row.annotator, row.at, votes, row.is_audit, row.is_by_group
        )
    return {
        example: replace(each, votes={}) if each.votes == {each.annotator: each.label} else each
        for example, each in said.items()
    }


def take_in(session: Session, placed: Placed) -> int:
    """Store the rows in a session, new classes too; how many examples they are about.

    Raises UserError, and stores nothing, where a new class has too long a name for a session.
    The session then says what the file says, under the same names; only the times are of now.
    """
    if long := [name for name in placed.new_classes if len(name) > LONGEST_NAME]:
        raise UserError(
            f"Names of classes have at most {LONGEST_NAME} letters; these have more: "
            f"{listed(long)}. Shorten them in the file."
        )
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
        kinds: tuple[tuple[bool, Kind], ...] = (
            (row.is_audit, "audit"),
            (row.is_settled, "settle"),
            (row.is_by_group, "group"),
        )
        return next((kind for holds, kind in kinds if holds), "label")
    states: dict[str | None, Kind] = {"unsure": "unsure", "junk": "junk", "skipped": "skip"}
    return states.get(row.state, "clear")


def _op_id() -> str:
    return f"import-{secrets.token_hex(8)}"
