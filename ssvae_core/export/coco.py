"""COCO, with a class as the category of a whole image.

    labels.json    images, categories; `annotations` are what people said: one an image, its box the
                   image itself, with `annotator`, `labelled_at`, `audit`, and `state` in `images`
    guesses.json   what the model says, in COCO's format of results: image_id, category_id, bbox,
                   score; read by pycocotools' COCO("labels.json").loadRes("guesses.json")
    images/        the images, by the file_name of labels.json, unless the data set has its own

The size of an image, and with it the box, is that of the file that file_name names, turned upright
as its EXIF data says: so detectron2, MMDetection, CVAT and FiftyOne load it. Where the originals
have names and their sizes are known, these are named and not written; otherwise, and where copies
are wanted, images/ has the files, and `original_name` says what each was called.

Ids of images are numbers of examples + 1, ids of categories are ids of classes + 1: some tools
take 0 for nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from .content import Labelled
from .images import KNOWN_ENDINGS, ImageWriter
from .rows import ExportOptions, Row, in_utc, rows
from .writing import ROWS_BETWEEN_PROGRESS, ExportProgress, described, told


class JsonList:
    """A list that is written entry by entry into an open file."""

    def __init__(self, file: TextIO):
        self._file, self._is_first = file, True
        file.write("[")

    def add(self, entry: Any) -> None:
        """Write one more."""
        self._file.write(
            ("\n" if self._is_first else ",\n") + json.dumps(entry, ensure_ascii=False)
        )
        self._is_first = False

    def end(self) -> None:
        """Close the bracket."""
        self._file.write("\n]")


def write_coco(content: Labelled, folder: Path, options: ExportOptions) -> Iterator[ExportProgress]:
    """See the module."""
    ids = {each.name: k + 1 for k, each in content.classes.items()}
    writer = ImageWriter(content, folder, options)
    with (
        (folder / "labels.json").open("w", encoding="utf-8") as labels,
        (folder / "guesses.json").open("w", encoding="utf-8") as guesses,
        (folder / "said.part").open("w+", encoding="utf-8") as said,
    ):
        labels.write(f'{{"info": {json.dumps(_info(content, options), ensure_ascii=False)},\n')
        labels.write(f'"categories": {json.dumps(_categories(content), ensure_ascii=False)},\n')
        labels.write('"images": ')
        images, guessed, people = JsonList(labels), JsonList(guesses), 0
        for n, (row, image) in enumerate(_images(content, writer)):
            images.add({"id": row.example + 1} | image | _state(row))
            box = [0, 0, image["width"], image["height"]]
            common = {"image_id": row.example + 1, "bbox": box}
            if row.label is not None:
                people += 1
                person = _person(row, ids, image["width"] * image["height"])
                said.write(json.dumps(common | {"id": people} | person, ensure_ascii=False) + "\n")
            if row.guess is not None:
                found = {"category_id": ids[row.guess], "score": row.confidence}
                guessed.add(common | found)
            if n % ROWS_BETWEEN_PROGRESS == 0:
                yield told(content, row.example)
        images.end()
        guessed.end()
        _append(labels, said)
    (folder / "said.part").unlink()
    if (folder / "images").is_dir():
        yield ExportProgress("images are written", 1.0, images=writer.counts)


def _images(content: Labelled, writer: ImageWriter) -> Iterator[tuple[Row, dict[str, Any]]]:
    """Each row, and its image as COCO describes it."""
    chosen = rows(content, writer.options)
    if writer.options.images == "originals" and _can_be_named(content):
        for row in chosen:
            height, width = content.original_size(row.example) or (0, 0)
            yield row, {"file_name": row.file_name, "width": width, "height": height}
        return
    for row, image in writer.all_in(chosen, "images"):
        name = image.name.removeprefix("images/")
        found = {"file_name": name, "width": image.width, "height": image.height}
        yield row, found | ({"original_name": row.file_name} if content.file_names else {})


def _can_be_named(content: Labelled) -> bool:
    """Whether every example is a file of its own name, of which the size is known."""
    return content.file_names is not None and all(
        content.original_size(example) and name.lower().endswith(tuple(KNOWN_ENDINGS))
        for example, name in enumerate(content.file_names)
    )


def _append(labels: TextIO, said: TextIO) -> None:
    """The annotations, which waited in a file of their own."""
    labels.write(',\n"annotations": ')
    annotations = JsonList(labels)
    said.seek(0)
    for line in said:
        annotations.add(json.loads(line))
    annotations.end()
    labels.write("}\n")


def _person(row: Row, ids: dict[str, int], area: int) -> dict[str, Any]:
    assert row.label is not None
    return {
        "category_id": ids[row.label],
        "area": area,
        "iscrowd": 0,
        "segmentation": [],
        "annotator": row.said.annotator or None,
        "labelled_at": None if row.said.at is None else in_utc(row.said.at),
        "audit": row.said.is_audit,
        "origin": "group" if row.said.is_by_group else "eye",
        "votes": row.votes or None,
    }


def _state(row: Row) -> dict[str, Any]:
    if row.said.state is None:
        return {}
    at = None if row.said.at is None else in_utc(row.said.at)
    return {
        "state": row.said.state,
        "annotator": row.said.annotator or None,
        "labelled_at": at,
        "votes": row.votes or None,
    }


def _categories(content: Labelled) -> list[dict[str, Any]]:
    return [
        {"id": k + 1, "name": each.name, "supercategory": ""} for k, each in content.classes.items()
    ]


def _info(content: Labelled, options: ExportOptions) -> dict[str, Any]:
    """COCO's own fields, and ours; `guesses` says whose guesses guesses.json holds."""
    about = described(content, "coco", options)
    title = f"{content.title}, labelled in '{content.session}'"
    return {"description": title, "date_created": about["written_at"], "ssvae": about}
