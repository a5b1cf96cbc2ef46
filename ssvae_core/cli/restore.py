"""restore: the label store as one of its backups has it, or a whole workspace from a file."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

from ..errors import NotFound, UserError
from ..storage.lock import WorkspaceLock
from ..storage.paths import BACKUPS, LABEL_DATABASE, default_workspace
from .options import Commands, new_command
from .reporting import CommandResult, progress_line

EXAMPLES = [
    *("", "--list", "--backup labels-000012-20261130-140207.db"),
    *("lab-monday.zip", "lab-monday.zip --replace"),
]


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = new_command(
        commands, "restore", run, "put a backup of the labels in place, the newest", EXAMPLES
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "file",
        metavar="FILE",
        nargs="?",
        help="a whole workspace, as `backup FILE` wrote it",
    )
    parser.add_argument(
        "--replace",
        action="store_true",
        help="with FILE: a workspace that is there makes room, and is kept beside it",
    )
    which.add_argument("--list", action="store_true", help="only say which backups there are")
    which.add_argument("--backup", metavar="NAME", help="this one of them, or any file")
    which.add_argument(
        "--accept",
        action="store_true",
        help="no backup: go on with the labels as they are, and give up what is missing",
    )


def run(arguments: argparse.Namespace) -> CommandResult:
    """The store of the workspace; refused while an app is using it."""
    workspace = default_workspace()
    if arguments.file:
        return _made_of(Path(arguments.file), workspace, arguments.replace)
    if arguments.replace:
        raise UserError("--replace is about a whole workspace. Name its file: restore FILE")
    if not workspace.is_dir():
        raise NotFound(f"There is no workspace {workspace}. Name one in SSVAE_WORKSPACE.")
    database = workspace / LABEL_DATABASE
    if arguments.list:
        return _listed(database)
    lock = WorkspaceLock(workspace, "restore")
    try:
        return _accepted(database) if arguments.accept else _restored(database, arguments.backup)
    finally:
        lock.release()


def _made_of(path: Path, workspace: Path, replace: bool) -> CommandResult:
    from ..operation.copy_file import read_copy
    from ..operation.workspace_restore import restore_copy

    copy, begin = read_copy(path), time.monotonic()
    with progress_line() as line:

        def say(done: int, total: int) -> None:
            left = (time.monotonic() - begin) * (total - done) / done if done else None
            line.say("restoring", f"{done / 1e6:,.0f} of {total / 1e6:,.0f} MB", left)

        kept = restore_copy(path, workspace, replace=replace, progress=say)
    before = f" What was there before is kept as {kept}." if kept else ""
    found = {
        "restored": str(path),
        "workspace": str(workspace),
        "labels": copy.labels,
        "sessions": copy.sessions,
        "before": str(kept) if kept else None,
    }
    return CommandResult(found, f"{workspace} is there again: {copy}.{before}")


def _listed(database: Path) -> CommandResult:
    from ..labels.backup import backups

    found = backups(database)
    rows = [
        {"backup": each.path.name, "made_at": each.made_at, "labels": each.content.n_labels}
        for each in found
    ]
    text = "\n".join(map(str, found)) or f"There is no backup in {database.parent / BACKUPS}."
    return CommandResult({"backups": rows}, text)


def _restored(database: Path, named: str | None) -> CommandResult:
    from ..labels.backup import restore
    from ..labels.health import content_of
    from ..labels.recovery import forget_ahead, newest_whole

    if named:
        backup = database.parent / BACKUPS / named
    elif (newest := newest_whole(database)) is not None:
        backup = newest.path
    else:
        raise NotFound(f"There is no backup in {database.parent / BACKUPS} that can be read.")
    kept = restore(database, backup)
    forget_ahead(database)
    content = content_of(database)
    found: dict[str, Any] = {
        "restored": str(backup),
        "labels": content.n_labels,
        "sessions": len(content.heads),
        "before": str(kept) if kept else None,
    }
    before = f" What was there before is kept as {kept}." if kept else ""
    return CommandResult(
        found,
        f"{database} is {backup.name} again: {content}.{before}",
    )


def _accepted(database: Path) -> CommandResult:
    from ..labels.health import content_of
    from ..labels.recovery import accept

    kept = accept(database)
    content = content_of(database)
    return CommandResult(
        {"accepted": str(database), "labels": content.n_labels, "before": str(kept)},
        f"{database} stays, with {content}. A copy of it as it was is kept as {kept}.",
    )
