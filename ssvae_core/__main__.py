"""python -m ssvae_core COMMAND, and the command ssvae-lab, which starts the app without one."""

import importlib
import sys

from .system import app_folder, unsupported


def main() -> int:
    """The command line, see cli/."""
    if problem := unsupported():  # before what it needs of the system is imported
        print(problem, file=sys.stderr)
        return 2
    from . import cli

    return cli.main()


def ssvae_lab() -> int:
    """The app as `make run` starts it; with a COMMAND, or --help, the command line."""
    if len(sys.argv) > 1 or unsupported():
        return main()
    sys.path.insert(0, str(app_folder()))
    importlib.import_module("app").main("PORT={} ssvae-lab")
    return 0


if __name__ == "__main__":
    sys.exit(main())
