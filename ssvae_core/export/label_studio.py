"""Label Studio: tasks.json to import into a project, with config.xml as its labelling setup.

A task is an image. What a person said is an annotation; what the model guesses is a prediction, so
that Label Studio shows it as a pre-annotation. An unsure image has no annotation, a skipped or junk
one a cancelled annotation. Label Studio knows neither our annotators nor our states: they are in
the task's `meta`, which it keeps.

The images lie in images/ and are addressed as local files, `/data/local-files/?d=images/NAME`:
start Label Studio with LABEL_STUDIO_LOCAL_FILES_SERVING_ENABLED=true and
LABEL_STUDIO_LOCAL_FILES_DOCUMENT_ROOT set to the folder of this export.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import quoteattr

from .coco import JsonList
from .content import Labelled
from .images import ImageWriter
from .rows import ExportOptions, Row, in_utc, record, rows
from .writing import ROWS_BETWEEN_PROGRESS, ExportProgress, told

LOCAL_FILES = "/data/local-files/?d="


def write_label_studio(
    content: Labelled, folder: Path, options: ExportOptions
) -> Iterator[ExportProgress]:
    """See the module."""
    (folder / "config.xml").write_text(config(content), "utf-8")
    images = ImageWriter(content, folder, options)
    with (folder / "tasks.json").open("w", encoding="utf-8") as file:
        tasks = JsonList(file)
        for n, (row, image) in enumerate(images.all_in(rows(content, options), "images")):
            tasks.add(task(content, row, LOCAL_FILES + quote(image.name)))
            if n % ROWS_BETWEEN_PROGRESS == 0:
                yield told(content, row.example)
        tasks.end()
    yield ExportProgress("images are written", 1.0, images=images.counts)


def task(content: Labelled, row: Row, address: str) -> dict[str, Any]:
    """One task: data, annotations of people, predictions of the model, and meta."""
    said = row.said
    found = record(row, content)
    annotations, predictions = [], []
    if row.label is not None or said.state in ("skipped", "junk"):
        annotation: dict[str, Any] = {
            "result": [] if row.label is None else [_choice(row.label)],
            "was_cancelled": row.label is None,
            "ground_truth": said.is_audit,
        }
        if said.at is not None:
            annotation["created_at"] = in_utc(said.at)
        annotations.append(annotation)
    if row.guess is not None:
        assert content.guesses is not None
        version = f"{content.guesses.model} {content.guesses.version}"
        predictions.append(
            {
                "model_version": version,
                "score": row.confidence,
                "result": [_choice(row.guess) | {"score": row.confidence}],
            }
        )
    said_so = ("example", "label", "state", "annotator", "labelled_at", "audit", "origin")
    return {
        "data": {"image": address, "file_name": row.file_name},
        "annotations": annotations,
        "predictions": predictions,
        "meta": {"ssvae": {key: found[key] for key in said_so} | {"votes": row.votes or None}},
    }


def _choice(name: str) -> dict[str, Any]:
    return {
        "from_name": "class",
        "to_name": "image",
        "type": "choices",
        "value": {"choices": [name]},
    }


def config(content: Labelled) -> str:
    """The labelling setup: one choice of the classes for each image."""
    newline = {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
    options = "\n".join(
        f"    <Choice value={quoteattr(each.name, newline)}/>" for each in content.classes.values()
    )
    return (
        '<View>\n  <Image name="image" value="$image"/>\n'
        '  <Choices name="class" toName="image" choice="single">\n'
        f"{options}\n  </Choices>\n</View>\n"
    )
