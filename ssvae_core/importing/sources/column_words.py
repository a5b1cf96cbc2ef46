"""What is said of the columns of a table that are not read."""

from __future__ import annotations

from collections.abc import Sequence

from .columns import Column

MOST_LISTED = 12  # columns that a sentence lists


def left_alone(columns: Sequence[Column], used: set[str | None]) -> list[str]:
    """What the other columns hold: one sentence, or none."""
    others = [column for column in columns if column.name not in used]
    if not others:
        return []
    some = ", ".join(f"{each.name} ({_what(each)})" for each in others[:MOST_LISTED])
    more = len(others) - MOST_LISTED
    return [f"Columns that were left alone: {some}{f' and {more} more' if more > 0 else ''}."]


def _what(column: Column) -> str:
    """A kind in words."""
    if column.is_missing:
        return "mostly empty"
    if column.is_id:
        return "ids"
    if column.is_constant and column.kind == "number":
        return f"always {column.said[0]}"
    if column.is_date:
        return "dates"
    if column.kind == "number" and column.looks_like_class:
        return f"numbers, {column.n_distinct} different ones"
    kinds = {
        "images": "several images each",
        "nothing": "empty",
        "address": "addresses of the network",
        "several": "several classes each",
        "other": "neither text nor numbers",
        "file": "files",
        "vector": "lists of numbers",
    }
    return "texts" if column.is_prose else kinds.get(column.kind, f"{column.kind}s")


def nothing_in(columns: Sequence[Column], where: str) -> str:
    """Why a table holds nothing to learn from, and what this app reads."""
    described = ", ".join(f"{column.name} ({_what(column)})" for column in columns[:MOST_LISTED])
    more = f" and {len(columns) - MOST_LISTED} more" if len(columns) > MOST_LISTED else ""
    advice = "Name a table with a column of image files (file_name), of images, or with numbers"
    if any(column.kind == "address" for column in columns):
        advice = "Nothing is fetched from the network: download the images and name their files"
    elif text := next((column.name for column in columns if column.kind == "text"), None):
        advice += f". If a row is a text, say in which column it stands (--text {text})"
    return (
        f"{where} has no column of images, of their files, or of numbers to learn from. "
        f"Its columns: {described}{more}. {advice}."
    )
