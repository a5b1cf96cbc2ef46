"""Labels in JSON as other tools write them: COCO, Label Studio, and lists of objects."""

from __future__ import annotations

import io
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..limits import check_json, labels_within, lines_of
from .encoding import encoding_of, opened
from .label_rows import (
    PERSON_COLUMNS,
    STATES,
    LabelFile,
    LabelRow,
    SeveralClasses,
    file_in,
    first_text,
    label_file,
    of_record,
    several_note,
    text_of,
    time_in,
)
from .names import clean, label_text, listed, same


def read_json(path: Path) -> tuple[Any, tuple[str, ...]]:
    """What a JSON file holds, and what a person should know of its encoding."""
    encoding = encoding_of(path)
    with opened(path) as file:
        check_json(file, path.name)
        found = json.loads(file.read().decode(encoding.codec))
    return found, (encoding.note,) if encoding.note else ()


def read_jsonl(path: Path) -> tuple[Iterator[dict[str, Any]], tuple[str, ...]]:
    """The objects of a JSON Lines file, and the same. ValueError names a line that is none."""
    encoding = encoding_of(path)
    return _objects(path, encoding.codec), (encoding.note,) if encoding.note else ()


def _objects(path: Path, codec: str) -> Iterator[dict[str, Any]]:
    with opened(path) as file:
        text = io.TextIOWrapper(file, codec, newline="\n")
        for number, line in enumerate(labels_within(lines_of(text, path.name), path.name, len), 1):
            if not line.strip():
                continue
            try:
                found = json.loads(line)
            except ValueError as error:
                raise ValueError(f"line {number} is no JSON ({error})") from error
            if not isinstance(found, dict):
                raise ValueError(f"line {number} is no JSON object")
            yield found


def is_coco(found: Any) -> bool:
    """By its three lists."""
    return isinstance(found, dict) and {"images", "annotations", "categories"} <= found.keys()


def is_label_studio(found: Any) -> bool:
    """A list of tasks, each with its data."""
    return isinstance(found, list) and any(
        isinstance(task, dict) and "data" in task for task in found
    )


class Coco:
    """Images, categories and annotations, by ids that may be numbers or the same in text."""

    def __init__(self, found: dict[str, Any]):
        self._images: list[dict[str, Any]] = found["images"]
        self._are_ours = isinstance(found.get("info"), dict) and "ssvae" in found["info"]
        self._notes: list[str] = []
        self._names = self._categories(found["categories"])
        self._said: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        self._lost = 0
        for annotation in found["annotations"]:
            if label_text(annotation["category_id"]) in self._names:
                self._said[label_text(annotation["image_id"]) or ""].append(annotation)
            else:
                self._lost += 1

    def read(self) -> LabelFile:
        """What its people said of each image."""
        rows: list[LabelRow] = []
        several: list[str] = []
        ids = [label_text(image["id"]) or "" for image in self._images]
        twice = [key for key, n in Counter(ids).items() if n > 1]
        for key, image in zip(ids, self._images, strict=True):
            name = str(image.get("original_name") or image["file_name"])
            if key not in twice and not self._of_image(rows, image, name, self._said[key]):
                several.append(name)
        if twice:
            self._notes.append(
                f"Ids that several images share, and that are left out: {listed(twice)}."
            )
        if self._lost:
            self._notes.append(
                "Annotations of a category that is not listed, or whose id two names share, are "
                f"left out: {self._lost:,}."
            )
        return label_file(
            rows,
            declared=dict.fromkeys(self._names.values()),
            are_ours=self._are_ours,
            notes=[*self._notes, *several_note(several)],
        )

    def _of_image(
        self,
        rows: list[LabelRow],
        image: dict[str, Any],
        name: str,
        annotations: list[dict[str, Any]],
    ) -> bool:
        """Take its annotations as rows; False if somebody names several classes."""
        example = {"example": image["id"] - 1 if self._are_ours else None}
        by_person: defaultdict[str | None, list[dict[str, Any]]] = defaultdict(list)
        for annotation in annotations:
            by_person[first_text(annotation, PERSON_COLUMNS)].append(annotation)
        if not annotations and image.get("state") in STATES:
            rows += of_record(image | {"label": None} | example, name, None)
        for said in by_person.values():
            labels = {self._names[label_text(each["category_id"]) or ""] for each in said}
            if len(labels) > 1:
                return False
        for said in by_person.values():
            newest = max(said, key=lambda each: time_in(each) or 0.0)
            label = self._names[label_text(newest["category_id"]) or ""]
            rows += of_record(newest | example, name, label)
        return True

    def _categories(self, categories: list[dict[str, Any]]) -> dict[str, str]:
        """{id: name}, one name for those that are the same, and without ids of several names."""
        spelling: dict[str, str] = {}
        names: dict[str, str] = {}
        shared: set[str] = set()
        double: dict[str, None] = {}
        for each in categories:
            key, name = label_text(each["id"]) or "", str(each["name"])
            if not self._are_ours:
                name = clean(label_text(name) or "")
                if same(name) in spelling:
                    double[name] = None
                name = spelling.setdefault(same(name), name)
            if names.setdefault(key, name) != name:
                shared.add(key)
        if double:
            self._notes.append(
                f"Categories that are listed twice, and are one class: {listed(double)}."
            )
        if shared:
            self._notes.append(f"Ids that categories of two names share: {listed(shared)}.")
        return {key: name for key, name in names.items() if key not in shared}


def read_label_studio(tasks: list[dict[str, Any]]) -> LabelFile:
    """What people said in each task, and what was predicted."""
    rows: list[LabelRow] = []
    several: list[str] = []
    ours = [_is_ours(task) for task in tasks]
    for task, is_ours in zip(tasks, ours, strict=True):
        name = _file_of(task["data"])
        if is_ours:
            said = task["meta"]["ssvae"]
            rows += of_record(said, name, text_of(said["label"]))
        else:
            for annotation in task.get("annotations", task.get("completions", [])):
                try:
                    rows += _annotated(annotation, name)
                except SeveralClasses:
                    several.append(name)
        for prediction in task.get("predictions", []):
            if isinstance(prediction, dict) and len(chosen := _chosen(prediction)) == 1:
                version = str(prediction.get("model_version") or "")
                rows.append(LabelRow(name, chosen[0], annotator=version, is_human=False))
    return label_file(rows, are_ours=bool(ours) and all(ours), notes=several_note(several))


def _is_ours(task: dict[str, Any]) -> bool:
    return isinstance(task.get("meta"), dict) and isinstance(task["meta"].get("ssvae"), dict)


def _annotated(annotation: dict[str, Any], name: str) -> Iterator[LabelRow]:
    """An answer of a person; one that is marked as the ground truth overrules the others."""
    chosen = [] if annotation.get("was_cancelled") else _chosen(annotation)
    if len(chosen) > 1:
        raise SeveralClasses
    if not chosen and not annotation.get("was_cancelled"):
        return
    yield LabelRow(
        name,
        chosen[0] if chosen else None,
        None if chosen else "skipped",
        first_text(annotation, ("completed_by",)) or "",
        time_in(annotation),
        is_settled=bool(chosen) and annotation.get("ground_truth") is True,
    )


def _chosen(answer: dict[str, Any]) -> list[str]:
    """The classes that an annotation or a prediction of Label Studio names."""
    results = [each for each in answer.get("result") or [] if each.get("type") == "choices"]
    return [str(name) for each in results for name in each["value"]["choices"]]


def _file_of(data: dict[str, Any]) -> str:
    """The name of a task's file: as we wrote it, or its address."""
    if data.get("file_name"):
        return str(data["file_name"])
    return file_in(str(data.get("image", next(iter(data.values()), ""))))
