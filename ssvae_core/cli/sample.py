"""sample: what the model of a session draws of each class, as a PNG.

Letters in shapes: K classes, n examples of each, H, W, C an image's height, width and channels.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..data import load_dataset, place_of
from ..errors import UserError
from ..storage.paths import data_root, session_folder, workspace_of
from .options import Commands, amount, new_command, whole
from .reporting import CommandResult, progress_line

if TYPE_CHECKING:
    from PIL.Image import Image

    from ..labels.history import History
    from ..labels.store import SessionRow
    from ..trainer.core import TrainerCore

EXAMPLES = [
    '--session "Digits, Tuesday" --per-class 10 --out samples.png',
    "--session 1f0c9a2b --seed 3 --json",
]
MOST_REJECTED = 0.5  # share of the drawings that may be no pictures
EDGE = 56  # pixels that a drawn example has at least
GAP = 4


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = new_command(
        commands, "sample", run, "draw examples of each class from a session's model", EXAMPLES
    )
    add = parser.add_argument
    add("--session", required=True, metavar="S", help="a session's id or name")
    add("--per-class", type=whole(1), default=10, metavar="N", help="examples of each class (10)")
    add("--out", type=Path, default=Path("samples.png"), metavar="FILE", help="(samples.png)")
    add("--seed", type=whole(0), default=0, metavar="N", help="of the draws (0)")
    add("--temperature", type=amount, default=1.0, metavar="T", help="width of the draws (1)")
    add("--mean", action="store_true", help="random styles, all else at its mean: smoother, alike")


def run(arguments: argparse.Namespace) -> CommandResult:
    """Read the newest checkpoint, draw, write the picture; the session's trainer goes on."""
    from ..session.workspace import default_workspace

    workspace = default_workspace()
    row = find_session(workspace, arguments.session)
    with progress_line() as line:
        line.say("reading the checkpoint")
        history = history_of(workspace, row)
        folder = session_folder(workspace, row.id)
        state = open_checkpoint(row, folder, history.n_classes).state
        if state.data.kind == "vector":
            raise UserError(f"'{row.name}' is on feature vectors, and sample draws images only.")
        line.say("drawing")
        state.ensemble.remember_codes()
        how = arguments.seed, arguments.mean, arguments.temperature
        images = state.learner.draw(arguments.per_class, *how)
        known = state.learner.known.cpu().numpy()
        rejected = state.drawing_guard.rejects(images / np.float32(255))[known]
    if rejected.mean() > MOST_REJECTED:
        raise UserError(
            f"The model of '{row.name}' cannot draw yet: {rejected.mean():.0%} of what it drew of "
            "the classes with labels is no picture as those that it has seen. Let it learn longer."
        )
    active = history.classes.active
    names = [known.name for known in active]
    images = images.reshape(*images.shape[:2], *state.data.shape)[[known.id for known in active]]
    try:
        grid(images, names).save(arguments.out, format="PNG")
    except OSError as error:
        raise UserError(f"{arguments.out} cannot be written: {error.strerror}.") from error
    given = state.labels[state.labels >= 0]
    if unknown := [known.name for known in active if not (given == known.id).any()]:
        print(f"Without a label yet, so drawn blindly: {', '.join(unknown)}.", file=sys.stderr)
    found: dict[str, Any] = {
        "session": row.id,
        "name": row.name,
        "model": row.model,
        "labels": len(given),
        "classes": names,
        "per_class": arguments.per_class,
        "drawn": "mean" if arguments.mean else "draw",
        "temperature": arguments.temperature,
        "out": str(arguments.out),
    }
    n = arguments.per_class
    return CommandResult(
        found,
        f"{arguments.out}: {n} {'means' if arguments.mean else 'draws'} of each of {len(names)} "
        f"classes, by {row.model} of '{row.name}' after {len(given)} labels.",
    )


def history_of(workspace: Path, row: SessionRow) -> History:
    """What was done in a session."""
    from ..labels.history import replay
    from ..labels.opening import open_labels

    store = open_labels(workspace)
    try:
        return replay(store.events(row.id), row.classes)
    finally:
        store.close()


def find_session(workspace: Path, wanted: str) -> SessionRow:
    """The session with this id or name. UserError if there is none, or if names do not tell."""
    from ..labels.opening import check_place, open_labels

    check_place(workspace)
    store = open_labels(workspace)
    rows = store.sessions()
    store.close()
    found = [row for row in rows if row.id == wanted] or [row for row in rows if row.name == wanted]
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(row.id for row in found)
        raise UserError(f"{len(found)} sessions are called '{wanted}'. Name one by its id: {ids}.")
    there = ", ".join(f"{row.id} ('{row.name}')" for row in rows) or "none"
    raise UserError(f"There is no session '{wanted}' in {workspace}. There is: {there}.")


def open_checkpoint(row: SessionRow, folder: Path, n_classes: int) -> TrainerCore:
    """The session's trainer as it last saved itself; it is only looked at, never run.

    `n_classes`: ids that the session ever made.

    UserError without a checkpoint that fits, or without labels in it.
    """
    from ..atlas.starter_folders import starter_of
    from ..trainer.checkpoints import read_newest
    from ..trainer.open import open_core

    if read_newest(folder) is None:
        raise UserError(
            f"The session '{row.name}' has no checkpoint yet. Open it in the app (make run), label "
            "a few images, and give it a minute."
        )
    workspace = workspace_of(folder)
    root = data_root(workspace)
    core = open_core(
        data=place_of(row.data, root),
        model=row.model,
        config=dict(row.config),
        n_classes=n_classes,
        seed=row.seed,
        device="cpu",
        starter=starter_of(load_dataset(row.data, root), workspace),
        folder=folder,
        generation=row.generation,
    )
    if core.message:
        raise UserError(f"The session '{row.name}' cannot be drawn from. {core.message}")
    if not core.state.n_labels:
        raise UserError(
            f"The model of '{row.name}' has seen no label, so it has no classes to draw. "
            "Label a few images in the app (make run)."
        )
    return core


def grid(images: NDArray[np.uint8], names: Sequence[str]) -> Image:
    """A row for each class, its name beside it: (K, n, H, W, C) -> image."""
    from PIL import Image, ImageDraw, ImageFont

    height, width = images.shape[2:4]
    scale = max(-(-EDGE // max(height, width)), 1)
    across, down = width * scale + GAP, height * scale + GAP
    font = ImageFont.load_default(14)
    margin = max(int(font.getlength(name)) for name in names) + 3 * GAP
    size = margin + across * images.shape[1], down * len(images) + GAP
    picture = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(picture)
    for row, (of_class, name) in enumerate(zip(images, names, strict=True)):
        top = GAP + row * down
        pen.text((GAP, top + down // 2), name, "black", font, "lm")
        for column, image in enumerate(of_class):
            tile = Image.fromarray(image[..., 0] if image.shape[-1] == 1 else image)
            large = tile.resize((width * scale, height * scale), Image.Resampling.NEAREST)
            picture.paste(large, (margin + column * across, top))
    return picture
