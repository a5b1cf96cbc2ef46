"""doctor: what this installation has, what is missing, and what to do."""

from __future__ import annotations

import argparse
import dataclasses
import os

from ..operation.checks import Check, all_checks
from ..storage.paths import default_workspace
from .options import Commands, new_command
from .reporting import CommandResult

MARKS = {"ok": "ok", "note": "-", "warning": "!", "problem": "X"}


def add(commands: Commands) -> None:
    """Declare the command."""
    what = "look at devices, disk, versions, port, workspace and extras, and say what to do"
    parser = new_command(commands, "doctor", run, what, ["", "--json"])
    parser.description = (
        f"{parser.description}\nThe exit code is 2 where something keeps it from working."
    )


def run(arguments: argparse.Namespace) -> CommandResult:
    """Look; nothing is changed."""
    checks = all_checks(default_workspace(), os.environ, _devices)
    problems = sum(check.state == "problem" for check in checks)
    warnings = sum(check.state == "warning" for check in checks)
    found = {
        "ok": not problems,
        "problems": problems,
        "warnings": warnings,
        "checks": [dataclasses.asdict(check) for check in checks],
    }
    return CommandResult(found, _text(checks, problems), code=2 if problems else 0)


def _text(checks: list[Check], problems: int) -> str:
    width = max(len(check.name) for check in checks)
    lines = []
    for check in checks:
        lines.append(f"{MARKS[check.state]:>2}  {check.name:{width}}  {check.found}")
        if check.do:
            lines.append(f"    {'':{width}}  {check.do}")
    said = "It can be used."
    if problems:
        said = f"{problems} thing{'s' * (problems > 1)} to mend, marked {MARKS['problem']}."
    return "\n".join([*lines, "", said])


def _devices() -> list[Check]:
    """What trains here, as a session would choose it."""
    from ..errors import UserError
    from ..training.device import choose_device, device_memory, device_title

    named = os.environ.get("SSVAE_DEVICE", "auto")
    try:
        device = choose_device(named)
    except UserError as error:
        return [Check("device", "problem", f"SSVAE_DEVICE={named}", str(error))]
    memory = device_memory(device)
    told = device_title(device)
    if memory is not None:
        told += f", {memory[0] / 1e9:.1f} of {memory[1] / 1e9:.1f} GB free"
    return [Check("device", "ok", told)]
