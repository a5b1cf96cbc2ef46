"""backup: the whole workspace as one file, while the app is at work."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from ..storage.paths import default_workspace
from .options import Commands, new_command
from .reporting import CommandResult, progress_line

EXAMPLES = ["lab-monday.zip", "lab-monday.zip --check"]


def add(commands: Commands) -> None:
    """Declare the command."""
    what = "write the whole workspace to one file, also while the app runs"
    parser = new_command(commands, "backup", run, what, EXAMPLES)
    parser.add_argument("file", metavar="FILE", help="a new file; none is overwritten")
    help = "write nothing: read FILE, and say whether it is whole"
    parser.add_argument("--check", action="store_true", help=help)


def run(arguments: argparse.Namespace) -> CommandResult:
    """Write it and read it again, or only read it."""
    from ..operation.workspace_backup import write_copy
    from ..operation.workspace_restore import check_copy

    path, begin = Path(arguments.file), time.monotonic()
    with progress_line() as line:

        def say(stage: str, done: int, total: int) -> None:
            left = (time.monotonic() - begin) * (total - done) / done if done else None
            line.say(stage, f"{done / 1e6:,.0f} of {total / 1e6:,.0f} MB", left)

        if not arguments.check:
            write_copy(default_workspace(), path, lambda *at: say("writing", *at))
            begin = time.monotonic()
        copy = check_copy(path, lambda *at: say("checking", *at))
    found = {
        "file": str(path),
        "made_at": copy.made_at,
        "labels": copy.labels,
        "sessions": copy.sessions,
        "files": len(copy.files),
        "bytes": copy.n_bytes,
    }
    return CommandResult(found, f"{path} is whole: {copy}, made {copy.made_at}.")
