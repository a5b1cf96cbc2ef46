"""What a lesson comes to at one place of its knobs: a number, its words, and figures.

Figures are dictionaries that JSON can say, but for their arrays, which lie in a file of their own:

    scatter    xy (n, 2) float32, cls (n,) uint8, axes: two names
    bars       values (m,) float32, names (m,)
    lines      x (m,) float32, ys: {name: (m,) float32}, axes: two names
    pictures   images (rows, columns, H, W, C) uint8, row_names (rows,) or none
    grid       values (rows, columns) float32, row_names, column_names

Letters in shapes: n examples, m bars or points.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import Conflict
from ..storage.whole import write_file

Figure = dict[str, Any]
ARRAY = "$array"  # in JSON, before the name of an array


@dataclass(frozen=True)
class Finding:
    """What came out at one place of the knobs."""

    number: float
    words: str  # the number in large type: "2 of 8 used"
    said: str  # what happened, in two sentences
    terms: Mapping[str, float] = field(default_factory=dict)  # by name, in nats an image
    measured: Mapping[str, float] = field(default_factory=dict)  # what the claims are about
    figures: Sequence[Figure] = ()
    steps: int = 0  # of training
    n_images: int = 0


def scatter(
    title: str, xy: NDArray[Any], cls: NDArray[Any] | None, axes: tuple[str, str]
) -> Figure:
    """Points of these classes, or of none: (n, 2), (n,)."""
    classes = np.zeros(len(xy), np.uint8) if cls is None else cls.astype(np.uint8)
    points = xy.astype(np.float32)
    return {"kind": "scatter", "title": title, "xy": points, "cls": classes, "axes": list(axes)}


def bars(title: str, values: Sequence[float] | NDArray[Any], names: Sequence[str]) -> Figure:
    """A bar a value: (m,), (m,)."""
    heights = np.asarray(values, np.float32)
    return {"kind": "bars", "title": title, "values": heights, "names": list(names)}


def lines(
    title: str, x: Sequence[float], ys: Mapping[str, Sequence[float]], axes: tuple[str, str]
) -> Figure:
    """A line a name over the same x: (m,), (m,) each."""
    drawn = {name: np.asarray(y, np.float32) for name, y in ys.items()}
    across = np.asarray(x, np.float32)
    return {"kind": "lines", "title": title, "x": across, "ys": drawn, "axes": list(axes)}


def pictures(title: str, images: NDArray[np.uint8], row_names: Sequence[str] = ()) -> Figure:
    """Rows of images: (rows, columns, H, W, C)."""
    return {"kind": "pictures", "title": title, "images": images, "row_names": list(row_names)}


def write(finding: Finding, stem: Path) -> None:
    """Write stem.json and stem.npz. OSError where that cannot be."""
    arrays: dict[str, NDArray[Any]] = {}
    told = _without_arrays(asdict(finding), arrays)
    content = io.BytesIO()
    np.savez_compressed(content, **arrays)  # type: ignore[arg-type]
    stem.parent.mkdir(parents=True, exist_ok=True)
    write_file(stem.with_name(f"{stem.name}.npz"), content.getvalue())
    text = json.dumps(told, indent=1, ensure_ascii=False) + "\n"
    write_file(stem.with_name(f"{stem.name}.json"), text.encode())


def read(stem: Path) -> Finding:
    """What `write` wrote. Raises UserError where it is missing or damaged."""
    try:
        told = json.loads(stem.with_name(f"{stem.name}.json").read_text("utf-8"))
        with np.load(stem.with_name(f"{stem.name}.npz"), allow_pickle=False) as arrays:
            return Finding(**_with_arrays(told, dict(arrays)))
    except (OSError, ValueError, KeyError, TypeError, EOFError, RecursionError) as error:
        raise Conflict(f"The state {stem.name} of a lesson cannot be read: {error}.") from error


def _without_arrays(value: Any, arrays: dict[str, NDArray[Any]]) -> Any:
    if isinstance(value, np.ndarray):
        name = f"a{len(arrays)}"
        arrays[name] = value
        return {ARRAY: name}
    if isinstance(value, Mapping):
        return {key: _without_arrays(its, arrays) for key, its in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_without_arrays(its, arrays) for its in value]
    return value


def _with_arrays(value: Any, arrays: Mapping[str, NDArray[Any]]) -> Any:
    if isinstance(value, dict):
        if ARRAY in value:
            return arrays[value[ARRAY]]
        return {key: _with_arrays(its, arrays) for key, its in value.items()}
    if isinstance(value, list):
        return [_with_arrays(its, arrays) for its in value]
    return value
