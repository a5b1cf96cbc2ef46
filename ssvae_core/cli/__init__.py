"""The command line: python -m ssvae_core COMMAND. Results go to stdout, progress to stderr.

A command is a file with `add`, which declares its options, and `run`, which gives a
CommandResult. torch is imported by the commands that need it, when they run.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Sequence

from ..errors import UserError
from ..printable import visible
from . import (
    backup,
    cluster,
    compare,
    datasets,
    doctor,
    export,
    fit,
    import_,
    move,
    restore,
    sample,
    simulate,
)
from .options import Parser

COMMANDS = (
    *(datasets, import_, fit, simulate, compare, cluster, sample, export),
    *(backup, restore, move, doctor),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; the exit code is 0, 2 for what the person can mend, 130 after Ctrl-C."""
    logging.getLogger("ssvae_core").addHandler(logging.NullHandler())  # errors say it in words
    try:
        arguments = _parser().parse_args(argv)
        answer = arguments.run(arguments)
    except (UserError, ValueError) as error:
        print(visible(str(error), keep="\n"), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    text = json.dumps(answer.found) if arguments.json else visible(answer.text, keep="\n")
    print(text, flush=True)
    return int(answer.code)


def _parser() -> Parser:
    parser = Parser(
        prog="python -m ssvae_core",
        description="Semi-supervised VAEs on the command line. "
        "The app is started by: make run, or where it is installed: ssvae-lab",
        epilog="python -m ssvae_core COMMAND --help says more, with examples.",
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add(commands)
    return parser
