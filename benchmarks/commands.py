"""Commands of ours as a person runs them, for what they find."""

from __future__ import annotations

import contextlib
import io
import json
from typing import Any

from ssvae_core.cli import main as command


def found_by(*arguments: str) -> dict[str, Any]:
    """The JSON that a command prints last; ends the program with its code where it fails."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        code = command([*arguments, "--json"])
    if code:
        raise SystemExit(code)
    return dict(json.loads(printed.getvalue().splitlines()[-1]))
