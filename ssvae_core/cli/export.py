"""export: what a session holds, as files for other tools."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import UserError
from ..export import FORMATS, WHATS, ExportOptions, ExportProgress, Labelled, export
from ..storage.bundles import MANIFEST
from ..storage.paths import CHECKPOINTS, session_folder
from .options import Commands, new_command
from .reporting import CommandResult, progress_line
from .sample import find_session, open_checkpoint

if TYPE_CHECKING:
    from ..labels.store import SessionRow
    from ..session.workspace import Workspace
    from ..trainer.state import TrainerState

EXAMPLES = [
    '--session "Digits, Tuesday" --format csv --out labels',
    "--session 1f0c9a2b --format coco --what guesses --min-confidence 0.95 --out sure --json",
    "--session 1f0c9a2b --format onnx --out model --replace",
]


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = new_command(
        commands, "export", run, "write labels, guesses, the model or a report as files", EXAMPLES
    )
    add = parser.add_argument
    add("--session", required=True, metavar="S", help="a session's id or name")
    add("--format", required=True, metavar="NAME", help=", ".join(FORMATS))
    add("--out", required=True, type=Path, metavar="DIR", help="a new folder for the files")
    add("--what", default="all", metavar="WHAT", help=f"{', '.join(WHATS)} (all)")
    add(
        "--min-confidence",
        type=float,
        default=0.0,
        metavar="P",
        help="leave out guesses the model is less sure of, 0 to 1 (0)",
    )
    add(
        "--images",
        default="originals",
        metavar="WHICH",
        help="originals, as they came where they still are, or copies of at most 256 pixels "
        "(originals)",
    )
    add("--with-junk", action="store_true", help="with what people called junk")
    add("--replace", action="store_true", help="an earlier export in that folder may go")
    add("--progress-json", action="store_true", help=argparse.SUPPRESS)  # see export/process.py


def run(arguments: argparse.Namespace) -> CommandResult:
    """Read the session and its newest checkpoint, and write; the session's trainer goes on."""
    from ..session.workspace import Workspace, default_workspace

    if arguments.format not in FORMATS:
        raise UserError(
            f"Unknown format '{arguments.format}'. Choose one of: {', '.join(FORMATS)}."
        )
    options = ExportOptions(
        arguments.what, arguments.min_confidence, arguments.with_junk, arguments.images
    )
    root = default_workspace()
    row = find_session(root, arguments.session)
    workspace = Workspace(root)
    try:
        with progress_line() as line:
            line.say("reading the session")
            content = content_with_guesses(workspace, row, arguments.format, options)
            images = None
            work = export(content, arguments.format, arguments.out, options, arguments.replace)
            for progress in work:
                if arguments.progress_json:
                    say_as_json(progress)
                else:
                    line.say(progress.message)
                images = progress.images or images
    finally:
        workspace.close()
    files = [path for path in arguments.out.rglob("*") if path.is_file()]
    found: dict[str, Any] = {
        "session": row.id,
        "name": row.name,
        "format": arguments.format,
        "what": options.what,
        "examples": len(content),
        "labels": sum(said.label is not None for said in content.said.values()),
        "model_version": content.guesses.version if content.guesses else None,
        "files": len(files),
        "bytes": sum(path.stat().st_size for path in files),
        "out": str(arguments.out),
    }
    said = ""
    if images is not None:
        found["images"] = vars(images)
        said = f" {images.in_words(options)}".rstrip()
    return CommandResult(
        found,
        f"{arguments.out}: {FORMATS[arguments.format].title} of '{row.name}', "
        f"{found['labels']} labels, {len(files)} files.{said}",
    )


def content_with_guesses(
    workspace: Workspace, row: SessionRow, name: str, options: ExportOptions
) -> Labelled:
    """What there is to export, with what the newest checkpoint guesses; without one, no guesses."""
    from ..export.from_session import content_of

    folder = session_folder(workspace.root, row.id)
    kind = FORMATS[name]

    session = workspace.session(row.id)

    @cache
    def opened() -> TrainerState:
        return open_checkpoint(row, folder, session.history.n_classes).state

    content = dataclasses.replace(content_of(session), open_model=opened)
    if options.what == "labels" and not (kind.needs_model or kind.needs_story):
        return content
    try:
        state = opened()
    except UserError as error:
        if kind.needs_model:
            raise
        print(f"Exported without guesses. {error}", file=sys.stderr)
        return content
    return with_guesses(content, state, session, made_at(folder))


def with_guesses(content: Labelled, state: TrainerState, session: Any, at: float) -> Labelled:
    """The same, with what this trainer guesses."""
    from ..data.vector_pictures import as_pictures
    from ..export.content import ExportedGuesses, Samples, best_guesses
    from ..export.from_session import judged
    from ..trainer.export_programs import guesses_of

    probabilities, predicted_by = guesses_of(state)
    guesses = ExportedGuesses(
        *best_guesses(probabilities),
        state.model_name,
        state.label_seq,
        state.step_count,
        at,
        predicted_by,
    )
    if content.story is not None:
        n = int((state.labels >= 0).sum())
        state.ensemble.remember_codes()
        now = Samples(f"{n} labels, now", as_pictures(state.learner.samples(), state.data.shape))
        story = dataclasses.replace(content.story, samples=(*content.story.samples, now))
        content = dataclasses.replace(content, story=story)
    return judged(content, session, guesses)


def made_at(folder: Path) -> float:
    """When the newest checkpoint was written."""
    return max(
        (path.stat().st_mtime for path in folder.glob(f"{CHECKPOINTS}/{MANIFEST}")), default=0.0
    )


def say_as_json(progress: ExportProgress) -> None:
    """A line on stderr that another process can read."""
    print(json.dumps({"message": progress.message, "share": progress.share}), file=sys.stderr)
