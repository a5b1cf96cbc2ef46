"""compare: several models on the labels of a session, and whether they can be told apart."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..comparison.judged import chosen_judge, in_words, judges_of
from ..comparison.plan import (
    ENCODER,
    FEWEST,
    MOST,
    ComparisonPlan,
    Member,
    checked_config,
    folder_of,
    new_member,
    write_plan,
)
from ..comparison.process import come_last, say
from ..comparison.replay import replayed
from ..comparison.results import MemberResult, read_result
from ..comparison.training import Ground, train_member, train_planned
from ..encoders.opening import lasting, local_path
from ..errors import UserError
from ..options.catalogue import CATALOGUE
from .options import Commands, new_command, seconds, whole
from .reporting import CommandResult, progress_line, table
from .sample import find_session

if TYPE_CHECKING:
    from ..data import Dataset
    from ..session.session import Session

EXAMPLES = [
    '--session "Digits, Tuesday" --models m1,m2,guided',
    "--session 1f0c9a2b --models m1m2,m2 --budget 30 --who Ana --json",
    "--session 1f0c9a2b --models guided,guided@contrastive",
]


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = new_command(
        commands, "compare", run, "train several models on the labels of a session", EXAMPLES
    )
    add = parser.add_argument
    add("--session", required=True, metavar="S", help="a session's id or name")
    add(
        "--models",
        default="",
        metavar="NAMES",
        help=f"{FEWEST} to {MOST} of: {', '.join(CATALOGUE)}; the first is compared with. "
        "MODEL@ENCODER sees the images by another encoder than the data set's",
    )
    add("--budget", type=seconds, default=60.0, metavar="SECONDS", help="of each (60)")
    add("--steps", type=whole(1), metavar="N", help="at most so many with as many labels")
    add("--who", default="", metavar="NAME", help="only this person's labels (everybody's)")
    add("--by", default="", metavar="WHAT", help="truth or audit (truth where it is known)")
    add("--as-planned", action="store_true", help=argparse.SUPPRESS)  # comparison/process.py


def run(arguments: argparse.Namespace) -> CommandResult:
    """Train in a folder that goes afterwards; the session and its comparison stay as they are."""
    from ..session.workspace import Workspace, default_workspace

    root = default_workspace()
    row = find_session(root, arguments.session)
    workspace = Workspace(root)
    try:
        session = workspace.session(row.id)
        if arguments.as_planned:
            return _as_planned(session, root)
        with tempfile.TemporaryDirectory() as folder:
            return _compared(session, root, Path(folder), arguments)
    finally:
        workspace.close()


def _as_planned(session: Session, root: Path) -> CommandResult:
    """Train what the app wrote down, and tell it."""
    come_last()
    folder, ground = folder_of(session.folder), Ground.of(session, root)
    for progress in train_planned(folder, ground, len(session.data)):
        say(progress)
    return CommandResult({}, "")


def _compared(
    session: Session, root: Path, folder: Path, arguments: argparse.Namespace
) -> CommandResult:
    names = [name for name in arguments.models.split(",") if name]
    if not FEWEST <= len(names) <= MOST:
        raise UserError(f"Name {FEWEST} to {MOST} models with --models, with commas in between.")
    wanted = [_wanted(name, session.data) for name in names]
    with session.lock:
        labels = replayed(session.history, arguments.who)
    if not len(labels):
        raise UserError(f"There is no label in '{session.row.name}' to learn from. Label first.")
    plan = ComparisonPlan(tuple(new_member(*one, arguments.budget) for one in wanted), labels)
    write_plan(folder, plan)
    rows, ground = [], Ground.of(session, root)
    judge = chosen_judge(judges_of(session, labels), arguments.by, len(session.data))
    most, first = int(judge.is_eligible.sum()), None
    with progress_line() as line:
        for member in plan.members:
            place = folder / member.id
            for told in train_member(member, labels, ground, place, arguments.steps):
                line.say(f"{member.model}: {told.message}", left=told.seconds_left)
            known = len(labels), labels.fingerprint, len(session.data)
            result = read_result(place, *known)
            assert result is not None
            first = first or result
            rows.append(_row(member, result, judge, first, names[0], most))
    found = {
        "session": session.row.id,
        "name": session.row.name,
        "labels": len(labels),
        "who": arguments.who,
        "judged_by": judge.by,
        "judged": len(judge),
        "models": rows,
    }
    shown = (
        "model",
        *(["encoder"] if "@" in arguments.models else []),
        "error",
        "low",
        "high",
        "together",
        "seconds",
        "words",
    )
    cells = [[row[name] for name in shown] for row in rows]
    shown_in_table = table([*shown[:-1], "against the first"], cells)
    text = f"{len(labels)} labels; errors in percent, by {judge.words}\n{shown_in_table}"
    return CommandResult(found, text)


def _wanted(name: str, data: Dataset) -> tuple[str, dict[str, Any]]:
    """A model and its config, of MODEL or MODEL@ENCODER. UserError if it cannot be."""
    model, at, encoder = name.partition("@")
    config = checked_config(model, {ENCODER: encoder} if at else {}, data)
    if at and local_path(encoder):
        config[ENCODER] = lasting(encoder)
    return model, config


def _row(
    member: Member, result: MemberResult, judge: Any, first: MemberResult, name: str, most: int
) -> dict[str, Any]:
    error, together = judge.error(result.alone), judge.error(result.together)
    pair = None if result is first else judge.pair(result.alone, first.alone)
    is_audit = judge.by == "audit"
    left = most if is_audit else 0
    return {
        "model": member.model,
        "encoder": member.encoder or "the data set's",
        "error": _percent(error and error.share),
        "low": _percent(error and error.low),
        "high": _percent(error and error.high),
        "together": _percent(together and together.share),
        "bound": result.mean_bound and round(result.mean_bound, 3),
        "bound_counts": result.counts,
        "seconds": result.seconds,
        "steps": result.steps,
        "better": None if pair is None else pair.is_better,
        "more": None if pair is None else pair.more,
        "words": "" if pair is None else in_words(pair, name, is_audit, left, judge.noun),
    }


def _percent(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 2)
