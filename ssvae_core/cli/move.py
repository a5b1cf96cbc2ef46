"""move: the labels of a workspace from its file to PostgreSQL, or back."""

from __future__ import annotations

import argparse
import json
from contextlib import closing
from datetime import datetime
from pathlib import Path

from ..errors import NotFound, NotWritten, UserError
from ..storage.lock import WorkspaceLock
from ..storage.paths import LABEL_DATABASE, LABELS_MOVED, WRITING, default_workspace
from ..storage.whole import write_whole
from .options import Commands, new_command
from .reporting import CommandResult, progress_line

EXAMPLES = ["--to postgresql://lab:PASSWORD@db.example.org/lab", "--to file"]


def add(commands: Commands) -> None:
    """Declare the command."""
    what = "copy a workspace's labels to a database of PostgreSQL, or back to a file, and compare"
    parser = new_command(commands, "move", run, what, EXAMPLES)
    parser.add_argument(
        "--to", required=True, metavar="URL", help="an empty database, or `file`: labels.db again"
    )


def run(arguments: argparse.Namespace) -> CommandResult:
    """From where the labels are now; refused while an app uses the workspace."""
    workspace = default_workspace()
    if not workspace.is_dir():
        raise NotFound(f"There is no workspace {workspace}. Name one in SSVAE_WORKSPACE.")
    lock = WorkspaceLock(workspace, "move")
    try:
        return _moved(workspace, arguments.to)
    finally:
        lock.release()


def _moved(workspace: Path, to: str) -> CommandResult:
    from ..labels.moving import copy_labels
    from ..labels.opening import check_place, open_labels
    from ..labels.place import VARIABLE, checked_url, place_of_labels, shown
    from ..labels.store import LabelStore

    source, file = place_of_labels(workspace), workspace / LABEL_DATABASE
    target: str | Path = file if to == "file" else checked_url(to)
    if isinstance(source, Path) == isinstance(target, Path):
        raise UserError(
            f"The labels are in {shown(source)}. From a file they go to a database, without "
            f"{VARIABLE} set; from the database that {VARIABLE} names to a file: --to file"
        )
    check_place(workspace)
    scratch = file.with_name(f"{WRITING}{file.name}")
    scratch.unlink(missing_ok=True)
    with closing(open_labels(workspace)) as before, progress_line() as line:
        into = scratch if isinstance(target, Path) else target
        with closing(LabelStore(into)) as after:

            def say(done: int, of: int) -> None:
                line.say("copying", f"{done:,} of {of:,} rows")

            found = copy_labels(before, after, say)
    kept = _put_in_place(scratch, file) if isinstance(target, Path) else None
    marker = workspace / LABELS_MOVED
    try:
        if isinstance(target, Path):
            marker.unlink(missing_ok=True)
        else:
            told = {"to": shown(target), "at": f"{datetime.now():%Y-%m-%d %H:%M}"}
            write_whole(marker, json.dumps(told))
    except OSError as error:
        raise NotWritten(
            f"All is copied, and {marker} cannot be written ({error.strerror}). See who may write "
            "there, then do it again with an empty database."
        ) from error
    if isinstance(target, Path):
        next_ = f"Start the app without {VARIABLE}; the database keeps what it has."
        next_ += f" The file that was there is kept as {kept}." if kept else ""
    else:
        next_ = f"From now on start the app with {VARIABLE}={shown(target)} and its password; "
        next_ += f"{file} stays as it is."
    return CommandResult(
        {"from": shown(source), "to": shown(target), **vars(found)},
        f"{found.sessions} sessions with {found.events:,} events are in {shown(target)}, each row "
        f"the same as in {shown(source)}. {next_}",
    )


def _put_in_place(scratch: Path, file: Path) -> Path | None:
    """The new file in its place; where the one is now that was there."""
    kept = None
    if file.exists():
        kept = file.with_name(f"{file.name}.before-{datetime.now():%Y%m%d-%H%M%S}")
        file.rename(kept)
    scratch.rename(file)
    return kept
