"""Which column of a table says where its rows come from: another batch, camera or place."""

from __future__ import annotations

from collections.abc import Sequence

from ..reading import Reading
from .columns import Column
from .label_column import MOST_OFFERED


def choose_domain(columns: Sequence[Column], label: str | None, reading: Reading) -> str | None:
    """The column of domains: none unless a person names one. Offered where words repeat."""
    could_be = [each for each in columns if each.kind in ("text", "number", "date")]
    could_be = [each for each in could_be if each.name != label]
    repeats = [each.name for each in could_be if each.kind == "text" and each.looks_like_class]
    chosen = reading.chosen("domain")
    if not repeats and chosen is None:
        return None
    names = [each.name for each in could_be]
    offered = [*repeats, *(name for name in names if name not in repeats)][:MOST_OFFERED]
    options = {"": "None"} | {name: name for name in offered}
    if chosen in names:
        options[chosen] = chosen
    return reading.choose("domain", "Domains", options, "") or None
