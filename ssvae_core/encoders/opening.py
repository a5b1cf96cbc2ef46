"""An encoder opened once, in a process of its own, to see whether it can be: the app has no torch.

Run as a module, this file is such a process. What a file of weights does to it costs the app a
sentence.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from .. import errors
from ..errors import NeedsDownload, Unavailable, UserError
from . import ENCODERS, asked_of_hub, check_encoder, fetched, open_encoder
from .texts import TEXT_ENCODERS, is_text_encoder, open_text_encoder

Network = Literal["none", "ask", "download"]
MESSAGES: dict[Network, str] = {
    "none": "opening the encoder",
    "ask": "asking how large its weights are",
    "download": "downloading its weights",
}
LOOK_SECONDS = 0.2  # between two looks at whether it has ended
LEAVING_SECONDS = 3  # that it has to take away what it fetched in part
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
    name = choice.partition(":")[0]
    kind = ENCODERS.get(name) or TEXT_ENCODERS.get(name)
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


def opened_apart(choice: str, network: Network = "none") -> Generator[Opening, None, None]:
    """Open it in a process of its own; the last event has its key. Closing ends the process.

    What was fetched in part is taken away then; files that are whole stay for the next time.

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
            except subprocess.TimeoutExpired as error:
                message = _told_so_far(error.output) or message
    finally:
        _end(process)
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()
    answer = json.loads((told.strip().splitlines() or ["{}"])[-1])
    if not {"error", "key"} & set(answer):
        raise Unavailable(
            f"The encoder '{choice}' could not be opened: its process ended. "
            f"{log.strip()[-LONGEST_LOG:]}"
        )
    yield heard(answer)


def _told_so_far(output: bytes | None) -> str:
    """What the process said last, of how much it has fetched; "" of nothing."""
    *whole, _ = (output or b"").split(b"\n")
    told = json.loads(whole[-1]) if whole else {}
    if "done" not in told:
        return ""
    return f"{MESSAGES['download']}, {told['done'] / 1e6:,.0f} of {told['of'] / 1e6:,.0f} MB"


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(LEAVING_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def heard(answer: dict[str, Any]) -> Opening:
    """What `answers` said last, here: the encoder's key, or the UserError that it met."""
    if "error" not in answer:
        return Opening("opened", answer["key"], answer["n_features"])
    if answer["kind"] == NeedsDownload.__name__:
        raise NeedsDownload(answer["error"], **answer["download"])
    kind = getattr(errors, answer["kind"], UserError)
    raise kind(answer["error"])


def download_of(error: NeedsDownload) -> dict[str, Any]:
    """What would be fetched, as JSON: what, size in bytes or None, where from, licence."""
    return {name: getattr(error, name) for name in ("what", "size", "where", "licence")}


def answers(choice: str, network: str) -> Generator[dict[str, Any], None, None]:
    """Open it in this process: its key last, or the UserError that it met, as JSON.

    Before it, where weights are fetched, how many bytes there are, and of how many.
    """
    try:
        if network == "ask":
            raise asked_of_hub(choice)
        if network == "download":
            with closing(fetched(choice)) as work:
                for done, of in work:
                    yield {"done": done, "of": of}
        encoder = (open_text_encoder if is_text_encoder(choice) else open_encoder)(choice)
    except NeedsDownload as error:
        yield {"error": str(error), "kind": "NeedsDownload", "download": download_of(error)}
    except UserError as error:
        yield {"error": str(error), "kind": type(error).__name__}
    else:
        yield {"key": encoder.key, "n_features": encoder.n_features}


def main() -> None:
    """The process that opens it: one line of JSON for each answer."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        with closing(answers(*sys.argv[1:])) as told:
            for answer in told:
                print(json.dumps(answer), flush=True)
    except (SystemExit, BrokenPipeError):  # nobody waits for it: nor does it for what it fetches
        os._exit(1)


if __name__ == "__main__":
    main()
