"""What the columns of a table are for: told from its schema, their names and their values.

Each is an option of the reading, so that a person sees what was recognised and can change it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ...errors import UserError
from ...labels.label_tables import FILE_COLUMNS
from ..items import looks_like_image
from ..reading import Reading
from . import pixels
from .beside import Beside
from .column_words import left_alone, nothing_in
from .columns import Column
from .domain_column import choose_domain
from .known_features import known_features
from .label_column import find_label, label_candidates, notes_on_labels
from .text_column import chosen_text_encoder, columns_of_texts

FILES = (*FILE_COLUMNS, "image_id")
NAMES = ("id", "name", "key", "index", "example", "unnamed: 0", "", "__index_level_0__")
VECTORS = ("embedding", "vector", "features", "embeddings", "x")
NO_EXAMPLE = ("mask", "label", "annotation", "segment", "depth", "thumb", "target", "truth")
IMAGES, PATHS, NUMBERS, TEXT = "images", "files", "numbers", "text"
ROWS = {
    IMAGES: "An image, its bytes",
    PATHS: "An image, its path",
    NUMBERS: "Numbers",
    TEXT: "A text",
}
FEW_NUMBERS = 2  # columns of them beside a text, which say little
TRIED = 20  # names by which it is tried whether a column names files


@dataclass(frozen=True)
class TableLayout:
    """The columns that matter."""

    file: str | None = None  # of paths
    image: str | None = None  # of the files' bytes
    vector: str | None = None  # of lists of numbers
    text: str | None = None
    encoder: str = ""  # that makes numbers of the texts
    features: tuple[str, ...] = ()  # of numbers
    shape: str = pixels.VECTOR  # how the numbers stand, see pixels.py
    are_bytes: bool = False  # whether the pixels that were seen are whole numbers of 0 to 255
    label: str | None = None
    domain: str | None = None  # of names of where rows come from
    name: str | None = None
    class_names: tuple[str, ...] = ()
    known: tuple[str, ...] = ()  # of numbers that an encoder found in the images, or one of lists
    notes: list[str] = field(default_factory=list)


def layout_of(
    columns: Sequence[Column], reading: Reading, beside: Beside, where: str
) -> TableLayout:
    """Of a table with these columns. UserError if none of them can be read."""
    others = [column for column in columns if column.name != reading.chosen("domain")]
    found = _without_domain(others or columns, reading, beside, where)
    return replace(found, domain=choose_domain(columns, found.label, reading))


def _without_domain(
    columns: Sequence[Column], reading: Reading, beside: Beside, where: str
) -> TableLayout:
    kinds = {column.name: column.kind for column in columns}
    images = [name for name, kind in kinds.items() if kind == "image"]
    files = _columns_of_files(columns, beside)
    numbers = _columns_of_numbers(columns)
    if not (images or files or any(column.is_prose for column in columns)):
        numbers = numbers or [name for name, kind in kinds.items() if kind == "number"]
    texts = columns_of_texts(columns, reading)
    there = (IMAGES, images), (PATHS, files), (NUMBERS, numbers), (TEXT, texts)
    ways = [way for way, has in there if has]
    if not ways:
        raise UserError(nothing_in(columns, where))
    is_mostly_text = ways[0] == NUMBERS and texts and len(numbers) <= FEW_NUMBERS
    way = TEXT if is_mostly_text or reading.chosen("text") is not None else ways[0]
    if len(ways) > 1:
        way = reading.choose("rows", "A row is", {each: ROWS[each] for each in ways}, way)
    if way == IMAGES:
        return layout_of_images(columns, reading)
    if way == TEXT:
        return _of_texts(columns, texts, reading)
    if way == PATHS:
        found = reading.choose("file", "Files", {each: each for each in files}, files[0])
        label, class_names, notes = _label(columns, (found,), reading, is_list=True)
        known = known_features(columns, (found, label), reading)
        return TableLayout(
            file=found, label=label, class_names=class_names, known=known, notes=notes
        )
    return _of_numbers(columns, reading, where)


def _columns_of_numbers(columns: Sequence[Column]) -> list[str]:
    """Lists of numbers, or several columns of them that are no classes."""
    vectors = [column.name for column in columns if column.kind == "vector"]
    numbers = [
        column.name
        for column in columns
        if column.kind == "number" and not (column.is_answer or column.class_names or column.is_id)
    ]
    return vectors or (numbers if len(numbers) > 1 else [])


def first(wanted: Sequence[str], columns: Sequence[str]) -> str | None:
    """The column with the first of these names, in any case."""
    lower = {column.strip().lower(): column for column in reversed(columns)}
    return next((lower[name] for name in wanted if name in lower), None)


def layout_of_images(columns: Sequence[Column], reading: Reading) -> TableLayout:
    """Of a table in which some columns hold images."""
    images = [column.name for column in columns if column.kind == "image"]
    likely = [name for name in images if not any(word in name.lower() for word in NO_EXAMPLE)]
    found = first(FILES, likely) or (likely or images)[0]
    notes = []
    if len(images) > 1:
        image = reading.choose("image", "Images", {name: name for name in images}, found)
        others = ", ".join(name for name in images if name != image)
        notes.append(f"The images are those of the column {image}; it also has images in {others}.")
        found = image
    label, class_names, more = _label(columns, (found,), reading, is_list=True)
    known = known_features(columns, (found, label), reading)
    return TableLayout(
        image=found, label=label, class_names=class_names, known=known, notes=notes + more
    )


def _of_texts(columns: Sequence[Column], texts: Sequence[str], reading: Reading) -> TableLayout:
    text = reading.choose("text", "Text", {each: each for each in texts}, texts[0])
    encoder = chosen_text_encoder(reading)
    front = columns[0]
    is_index = front.kind == "number" and front.is_numbered
    name = front if is_index else next((column for column in columns if column.is_id), None)
    label, class_names, notes = _label(columns, (text,), reading, is_list=True)
    used = {text, label, name.name if name else None}
    return TableLayout(
        text=text,
        encoder=encoder,
        label=label,
        name=name.name if name and name.name != label else None,
        class_names=class_names,
        notes=notes + left_alone(columns, used),
    )


def _of_numbers(columns: Sequence[Column], reading: Reading, where: str) -> TableLayout:
    vectors = [column.name for column in columns if column.kind == "vector"]
    name = _name_column(columns)
    label, class_names, notes = _label(columns, (name.name,) if name else (), reading)
    named = name.name if name and name.name != label else None
    if named:
        named = reading.choose("name", "Names", {named: named, "": "None"}, named) or None
    if vectors:
        found = first(VECTORS, vectors) or vectors[0]
        if len(vectors) > 1:
            found = reading.choose("numbers", "Numbers", {each: each for each in vectors}, found)
        return TableLayout(
            vector=found, label=label, name=named, class_names=class_names, notes=notes
        )
    could_be = {column.name for column in label_candidates(columns, ()) if column.is_answer}
    features = [
        column
        for column in columns
        if column.kind == "number"
        and column.name not in (label, named)
        and column.name not in could_be
        and not (column.is_missing or column.is_id or column.is_date)
    ]
    features = _without_class(columns, features, label, named)
    prose = [column.name for column in columns if column.is_prose]
    if not features or (len(features) == 1 and prose):
        raise UserError(nothing_in(columns, where))
    shape, are_bytes = _shape(features, reading)
    if shape == pixels.VECTOR:
        features = [column for column in features if not column.is_constant] or features
    notes += left_alone(columns, {label, named, *(each.name for each in features)})
    return TableLayout(
        features=tuple(each.name for each in features),
        shape=shape,
        are_bytes=are_bytes,
        label=label,
        name=named,
        class_names=class_names,
        notes=notes,
    )


def _without_class(
    columns: Sequence[Column], features: list[Column], label: str | None, name: str | None
) -> list[Column]:
    """Pixels without the class among them that a person does not want to read as one."""
    if label or pixels.shapes_of(len(features)):
        return features
    found = find_label(columns, label_candidates(columns, ()), (name,) if name else ())
    rest = [column for column in features if column.name != found]
    return rest if pixels.shapes_of(len(rest), pixels.LEAST_SIDE) else features


def _shape(features: Sequence[Column], reading: Reading) -> tuple[str, bool]:
    """How the numbers stand, and whether those that were seen are bytes."""
    names = [column.name for column in features]
    n_rows = min(len(column.values) for column in features)
    seen = np.array([_floats(column, n_rows) for column in features], np.float32).T
    seen = seen[np.isfinite(seen).all(1)]
    found = pixels.found_in(names, seen)
    ways = pixels.in_words(len(names))
    if len(ways) > 1:
        found = reading.choose("numbers", "Numbers", ways, found)
    return found, pixels.are_bytes(seen)


def _floats(column: Column, n: int) -> list[float]:
    return [column.number(value) for value in column.values[:n]]


def _label(
    columns: Sequence[Column], others: tuple[str, ...], reading: Reading, is_list: bool = False
) -> tuple[str | None, tuple[str, ...], list[str]]:
    """The column of classes and their names, and what a person should know of it."""
    candidates = label_candidates(columns, others)
    found = find_label(columns, candidates, others, is_list)
    notes = notes_on_labels(columns, candidates)
    if not candidates:
        return None, (), notes
    options = {column.name: column.name for column in candidates} | {"": "None"}
    label = reading.choose("label", "Classes", options, found or "")
    names = next((column.class_names for column in candidates if column.name == label), ())
    by_schema = [column.name for column in candidates if column.class_names]
    if names and len(by_schema) > 1:
        rest = ", ".join(name for name in by_schema if name != label)
        notes.append(f"The classes are those of {label}; {rest} holds classes too.")
    return label or None, names, notes


def _columns_of_files(columns: Sequence[Column], beside: Beside) -> list[str]:
    """Those that name files, the likeliest first: by name, by looks, or because files are there."""
    by_name = [column.name for column in columns if column.kind in ("file", "text")]
    named = first(FILES, by_name)
    found = [named] if named else []
    for column in columns:
        if column.name in found or column.has_schema:
            continue
        some = list(dict.fromkeys(column.said))[:TRIED]
        looks = column.kind == "file" and sum(map(looks_like_image, some)) * 2 > len(some)
        is_called_so = first((*FILES, *NAMES), [column.name]) is not None or column.is_id
        may_name = column.kind in ("file", "text") or (column.kind == "number" and column.is_whole)
        is_there = is_called_so and may_name and beside.share_found(some) > 0.5
        if looks or is_there:
            found.append(column.name)
    return found


def _name_column(columns: Sequence[Column]) -> Column | None:
    """What the rows are called: an id, an index, or words that never repeat."""
    could_be = [column for column in columns if column.kind in ("number", "text", "file")]
    named = first(NAMES, [column.name for column in could_be])
    named = named or first(FILES, [column.name for column in could_be])
    for column in could_be:
        if column.name == named or column.is_id:
            return column
    is_index = columns[0].kind == "number" and columns[0].is_numbered and len(columns) > 2
    says_nothing = pixels.COUNTED.fullmatch(columns[0].name.strip()) is not None
    if is_index or (says_nothing and columns[0].is_like_id and len(columns) > 2):
        return columns[0]
    texts = [column for column in could_be if column.kind == "text" and not column.is_prose]
    return next((column for column in texts if not column.looks_like_class), None)
