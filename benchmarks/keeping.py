"""Results on disk: written whole or not at all, by one command at a time."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def nobody_else_in(folder: Path) -> Iterator[None]:
    """Wait until nobody else is in here with this folder."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def replace(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    scratch = path.with_suffix(".writing")
    scratch.write_text(text)
    scratch.replace(path)


def keep_draw(
    table: Path,
    key: str,
    made: dict[str, Any],
    run: dict[str, Any],
    order: Callable[[str], Any],
    text: Callable[[dict[str, Any]], str],
) -> dict[str, Any]:
    """Add a draw to its row, whatever others write there, and write the table anew; gives all rows.

    The rows lie beside the table, as JSON. A row that was `made` otherwise begins anew.
    """
    table.parent.mkdir(parents=True, exist_ok=True)
    with nobody_else_in(table.parent):
        kept = table.with_suffix(".json")
        rows = _rows(kept)
        runs = [old for old in _made_so(rows, key, made) if old["seed"] != run["seed"]]
        rows[key] = {**made, "runs": sorted([*runs, run], key=lambda run: run["seed"])}
        rows = dict(sorted(rows.items(), key=lambda item: order(item[0])))
        replace(kept, json.dumps(rows, indent=1) + "\n")
        replace(table, text(rows))
    return rows


def is_kept(table: Path, key: str, made: dict[str, Any], seed: int) -> bool:
    """Whether a row that was made so has the draw of this seed."""
    runs = _made_so(_rows(table.with_suffix(".json")), key, made)
    return any(run["seed"] == seed for run in runs)


def _rows(kept: Path) -> dict[str, Any]:
    rows: dict[str, Any] = json.loads(kept.read_text()) if kept.is_file() else {}
    return rows


def _made_so(rows: dict[str, Any], key: str, made: dict[str, Any]) -> list[dict[str, Any]]:
    """The draws of a row that was made so; none of another's."""
    before = rows.get(key, {})
    same = all(before.get(name) == value for name, value in made.items())
    return before.get("runs", []) if same else []
