"""Options that several commands have, and how what is wrong with them is said."""

from __future__ import annotations

import argparse
import dataclasses
import math
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from ..errors import UserError
from ..options.catalogue import CATALOGUE, DEFAULT_ON_IMAGES, DEFAULT_ON_VECTORS
from ..options.options import AUTO
from .reporting import CommandResult

DOWNLOAD = "fetch the encoder's weights if they are not here"
Commands = Any  # what argparse gives for adding commands to


class Parser(argparse.ArgumentParser):
    """A parser that says in one sentence what is wrong."""

    def error(self, message: str) -> NoReturn:
        """Raise UserError with argparse's words and where there is help."""
        raise UserError(f"{message[0].upper()}{message[1:].rstrip('.')}. See: {self.prog} --help")


def new_command(
    commands: Commands,
    name: str,
    run: Callable[[argparse.Namespace], CommandResult],
    what: str,
    examples: Sequence[str],
) -> Parser:
    """A command's parser, with --json and examples of its use."""
    lines = "\n".join(f"  python -m ssvae_core {name} {example}".rstrip() for example in examples)
    parser: Parser = commands.add_parser(
        name,
        help=what,
        description=f"{what[0].upper()}{what[1:]}.",
        epilog=f"examples:\n{lines}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=run)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser


def add_training_options(parser: argparse.ArgumentParser) -> None:
    """What is trained on what, as `fit` and `simulate` take it."""
    add = parser.add_argument
    add("--data", default="mnist", metavar="NAME", help="a data set, see: datasets (mnist)")
    add(
        "--model",
        metavar="NAME",
        help=f"{', '.join(CATALOGUE)} ({DEFAULT_ON_IMAGES} on images, else {DEFAULT_ON_VECTORS})",
    )
    add(
        "--encoder",
        metavar="NAME",
        help="whose features tell images apart: auto, contrastive, efficientnet-lite0, onnx:FILE, "
        "timm:NAME, open_clip:NAME, transformers:NAME or features:FILE (auto)",
    )
    add("--download", action="store_true", help=DOWNLOAD)
    add("--labels", type=whole(0), default=100, metavar="N", help="how many labels (100)")
    add("--seed", type=whole(0), default=0, metavar="N", help="of the draw and the weights (0)")
    add("--device", default="auto", help="auto, cuda, mps or cpu (auto)")
    add("--threads", type=whole(1), metavar="N", help="of the CPU (SSVAE_THREADS, or all cores)")
    add("--alone", action="store_true", help="without the teacher: the model as published")
    add("--no-starter", action="store_true", help="train what the shipped M1 would have given")
    add(
        "--set",
        action="append",
        default=[],
        metavar="KNOB=VALUE",
        help="a setting of the model, or networks, likelihood, batch, autoencoder (the folder of a "
        "pretrained one, as M1); may be repeated",
    )


def whole(low: int) -> Callable[[str], int]:
    """Reads a whole number from `low` on."""

    def read(text: str) -> int:
        if not text.lstrip("-").isdecimal() or int(text) < low:
            raise argparse.ArgumentTypeError(f"expected a whole number from {low} on, got '{text}'")
        return int(text)

    return read


def seconds(text: str) -> float:
    """Reads a positive number of seconds."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"expected seconds, more than 0, got '{text}'")
    return value


def amount(text: str) -> float:
    """Reads a number from 0 on."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < math.inf:
        raise argparse.ArgumentTypeError(f"expected a number from 0 on, got '{text}'")
    return value


def share(text: str) -> float:
    """Reads a number from 0 to 1."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"expected a share from 0 to 1, got '{text}'")
    return value


def knobs(settings: Sequence[str], model: str, config: Any) -> dict[str, Any]:
    """What these KNOB=VALUE set of a model's Config and its Choices; ranges are checked later.

    Raises UserError for a knob that it does not have, or a value that cannot be read.
    """
    fields = {field.name: getattr(config, field.name) for field in dataclasses.fields(config)}
    fields |= vars(AUTO)
    chosen: dict[str, Any] = {}
    for inputs in settings:
        name, equals, text = inputs.partition("=")
        if not equals:
            raise UserError(f"--set expects KNOB=VALUE, got '{inputs}'.")
        if name not in fields:
            raise UserError(
                f"The model '{model}' has no knob '{name}'. It has: {', '.join(fields)}."
            )
        chosen[name] = _read(name, text, type(fields[name]))
    return chosen


def _read(name: str, text: str, kind: type) -> Any:
    """A knob's value from its text."""
    if kind is bool:
        if text not in ("true", "false"):
            raise UserError(f"{name} must be true or false, got '{text}'.")
        return text == "true"
    try:
        value = kind(text)
    except ValueError:
        raise UserError(
            f"{name} must be a {'whole ' if kind is int else ''}number, got '{text}'."
        ) from None
    if kind is float and math.isnan(value):
        raise UserError(f"{name} must be a number, got '{text}'.")
    return value
