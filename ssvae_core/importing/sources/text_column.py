"""Which column of a table holds the texts, and what makes numbers of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...data.import_report import Skipped
from ...encoders import check_encoder
from ...encoders.texts import TEXT_ENCODERS, default_text_encoder, is_text_encoder
from ...errors import UserError
from ..items import Item
from ..reading import Reading
from .columns import Column

# As columns of texts are called, the likeliest first.
TEXTS = (
    *("text", "content", "body", "document", "sentence", "abstract", "review", "comment"),
    *("message", "description", "summary", "title"),
)
MAY_BE_TEXT = ("text", "file", "address", "nothing")  # as their looks say
LONGEST_TEXT = 100_000  # characters of one


def columns_of_texts(columns: Sequence[Column], reading: Reading) -> list[str]:
    """Those that a person may choose, the likeliest first; none where none looks like texts.

    Whoever says that there are texts may choose any column of words.
    """
    prose = sorted((column for column in columns if column.is_prose), key=_rank)
    is_said = reading.chosen("text") is not None or reading.chosen("rows") == "text"
    if not (prose or is_said):
        return []
    others = [each for each in columns if each.kind in MAY_BE_TEXT and not each.is_prose]
    return [column.name for column in (*prose, *others)]


def chosen_text_encoder(reading: Reading) -> str:
    """The encoder, an option of the reading. UserError for one that does not encode texts."""
    said = reading.chosen("encoder")
    options = {name: kind.title for name, kind in TEXT_ENCODERS.items() if not kind.argument}
    if said is not None and said not in options:
        check_encoder(said)
        if not is_text_encoder(said):
            raise UserError(
                f"The encoder '{said}' sees images, and the rows are texts. Choose one of: "
                f"{', '.join(TEXT_ENCODERS)}."
            )
        options[said] = said
    return reading.choose("encoder", "Encoder", options, default_text_encoder())


def _rank(column: Column) -> tuple[int, float]:
    """A key that is low for the column of texts: by its name, else the longest."""
    name = column.name.strip().lower()
    place = TEXTS.index(name) if name in TEXTS else len(TEXTS)
    return place, -sum(map(len, column.said)) / max(1, len(column.said))


def text_item(row: str, name: str, cell: Any, label: str | None) -> Item | Skipped:
    """A cell as an item, its text in UTF-8; `row` names it where it is left out."""
    text = "" if cell is None else str(cell).strip()
    if not text:
        return Skipped(row, "bad-row", "there is no text in it")
    if len(text) > LONGEST_TEXT:
        why = f"a text of {len(text):,} characters; {LONGEST_TEXT:,} are read. Cut it into parts"
        return Skipped(row, "too-large", why)
    if "\0" in text:
        return Skipped(row, "bad-row", "a zero byte (NUL) stands in its text")
    return Item(name, text.encode(), label)
