"""An encoder opened once, in a process of its own, to see whether it can be: the app has no torch.

Run as a module, this file is such a process. What a file of weights does to it costs the app a
sentence.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from .. import errors
from ..errors import NeedsDownload, Unavailable, UserError
from . import ENCODERS, asked_of_hub, check_encoder, open_encoder

Network = Literal["none", "ask", "download"]
MESSAGES: dict[Network, str] = {
    "none": "opening the encoder",
    "ask": "asking how large its weights are",
    "download": "downloading its weights",
}
LOOK_SECONDS = 0.2  # between two looks at whether it has ended
LOCAL = "local-dir:"  # what a name begins with that is a folder, in open_clip and timm
LONGEST_LOG = 400  # characters of what it printed last, that are told


@dataclass(frozen=True)
class Opening:
    """How far it is: under way, or `key` and how many features an image has."""

    message: str
    key: str = ""
    n_features: int = 0


def is_opened(choice: str) -> bool:
    """Whether there is something to open that may not be there: a file, or weights by name."""
    kind = ENCODERS.get(choice.partition(":")[0])
    return kind is not None and kind.opens is not None and bool(kind.argument)


def lasting(choice: str) -> str:
    """The choice with its file by a path that is found from any folder.

    Raises UserError where it names no encoder, as check_encoder does.
    """
    check_encoder(choice)
    path = local_path(choice)
    return choice.replace(path, str(Path(path).expanduser().absolute()), 1) if path else choice


def local_path(choice: str) -> str:
    """The file or folder on this computer that a choice names, as it is written; "" for none.

    A NAME is one where it looks like a path, or is there.
    """
    name, _, argument = choice.partition(":")
    if name in ENCODERS and ENCODERS[name].argument == "FILE":
        return argument.partition("?")[0]
    named = argument.removeprefix(LOCAL)
    is_local = named != argument or named.startswith(("/", "~", ".")) or Path(named).exists()
    return named if named and is_local else ""


def opened_apart(choice: str, network: Network = "none") -> Iterator[Opening]:
    """Open it in a process of its own; the last event has its key. Closing ends the process.

    `network` is what a person has agreed to: nothing, to "ask" how large missing weights are and
    under which licence, or to "download" them. Raises the UserError that is raised there:
    NeedsDownload where weights are missing and may not be fetched.
    """
    command = [sys.executable, "-m", "ssvae_core.encoders.opening", choice, network]
    message = MESSAGES[network]
    root = Path(__file__).parents[2]
    process = subprocess.Popen(
        command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        while True:
            yield Opening(message)
            try:
                told, log = process.communicate(timeout=LOOK_SECONDS)
                break
            except subprocess.TimeoutExpired:
                continue
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()
    lines = told.strip().splitlines()
    if not lines:
        raise Unavailable(
            f"The encoder '{choice}' could not be opened: its process ended. "
            f"{log.strip()[-LONGEST_LOG:]}"
        )
    yield heard(json.loads(lines[-1]))


def heard(answer: dict[str, Any]) -> Opening:
    """What `answer_to` said, here: the encoder's key, or the UserError that it met."""
    if "error" not in answer:
        return Opening("opened", answer["key"], answer["n_features"])
    if answer["kind"] == NeedsDownload.__name__:
        raise NeedsDownload(answer["error"], **answer["download"])
    kind = getattr(errors, answer["kind"], UserError)
    raise kind(answer["error"])


def download_of(error: NeedsDownload) -> dict[str, Any]:
    """What would be fetched, as JSON: what, size in bytes or None, where from, licence."""
    return {name: getattr(error, name) for name in ("what", "size", "where", "licence")}


def answer_to(choice: str, network: str) -> dict[str, Any]:
    """Open it in this process: its key, or the UserError that it met, as JSON."""
    try:
        if network == "ask":
            raise asked_of_hub(choice)
        encoder = open_encoder(choice, download=network == "download")
    except NeedsDownload as error:
        return {"error": str(error), "kind": "NeedsDownload", "download": download_of(error)}
    except UserError as error:
        return {"error": str(error), "kind": type(error).__name__}
    return {"key": encoder.key, "n_features": encoder.n_features}


if __name__ == "__main__":
    print(json.dumps(answer_to(*sys.argv[1:])))
