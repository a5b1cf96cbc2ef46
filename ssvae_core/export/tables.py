"""Tables with a row an example: CSV, JSON Lines, Parquet."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from ..csv_cells import marked
from .content import Labelled
from .rows import ExportOptions, columns_of, record, rows
from .writing import ROWS_BETWEEN_PROGRESS, ExportProgress, told

BATCH = 10_000  # rows of Parquet that are in memory at once


def write_csv(content: Labelled, folder: Path, options: ExportOptions) -> Iterator[ExportProgress]:
    """labels.csv: UTF-8, a header, cells that look like formulas led by an apostrophe."""
    with (folder / "labels.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns_of(content))
        for n, row in enumerate(rows(content, options)):
            writer.writerow([marked(value) for value in record(row, content).values()])
            if n % ROWS_BETWEEN_PROGRESS == 0:
                yield told(content, row.example)


def write_jsonl(
    content: Labelled, folder: Path, options: ExportOptions
) -> Iterator[ExportProgress]:
    """labels.jsonl: an object a line, null where there is nothing; votes as an object."""
    with (folder / "labels.jsonl").open("w", encoding="utf-8", newline="\n") as file:
        for n, row in enumerate(rows(content, options)):
            found = {**record(row, content), "votes": row.votes or None}
            file.write(json.dumps(found, ensure_ascii=False) + "\n")
            if n % ROWS_BETWEEN_PROGRESS == 0:
                yield told(content, row.example)


def write_parquet(
    content: Labelled, folder: Path, options: ExportOptions
) -> Iterator[ExportProgress]:
    """labels.parquet: typed columns, times as timestamps in UTC."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    text, time = pa.string(), pa.timestamp("us", tz="UTC")
    kinds = {
        "example": pa.int64(),
        "labelled_at": time,
        "audit": pa.bool_(),
        "confidence": pa.float64(),
        "guessed_at": time,
    }
    about = {"session": content.session, "data_fingerprint": content.fingerprint}
    schema = pa.schema(
        [(name, kinds.get(name, text)) for name in columns_of(content)], metadata=about
    )
    with pq.ParquetWriter(folder / "labels.parquet", schema, compression="zstd") as writer:
        waiting: list[dict[str, Any]] = []
        for n, row in enumerate(rows(content, options)):
            waiting.append(_timed(record(row, content)))
            if len(waiting) == BATCH:
                writer.write_table(pa.Table.from_pylist(waiting, schema))
                waiting.clear()
            if n % ROWS_BETWEEN_PROGRESS == 0:
                yield told(content, row.example)
        writer.write_table(pa.Table.from_pylist(waiting, schema))


def _timed(found: dict[str, Any]) -> dict[str, Any]:
    for name in ("labelled_at", "guessed_at"):
        if found[name] is not None:
            found[name] = datetime.fromisoformat(found[name])
    return found
