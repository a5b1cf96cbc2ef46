"""The report's table of domains: how much of each has a label, and how good it is known to be."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from .content import Labelled


def domains_section(content: Labelled) -> str:
    """A row for each domain; "" where the data set has none."""
    if not content.by_domain:
        return ""
    head = (
        '<tr><th>domain</th><th class="n">examples</th><th class="n">labels of people</th>'
        '<th class="n">right by hidden true labels</th><th class="n">right by its audit</th></tr>'
    )
    rows = "".join(_row(each) for each in content.by_domain)
    about = "Guesses that are right: of examples without a label, and of those that were audited."
    return (
        f'<section class="half"><h2>Domains</h2><p class="from">{about}</p>'
        f'<table class="rows">{head}{rows}</table></section>'
    )


def _row(each: Mapping[str, Any]) -> str:
    numbers = [f"{each['n']:,}", f"{each['labelled']:,}", _by_key(each), _by_audit(each)]
    cells = "".join(f'<td class="n">{number}</td>' for number in numbers)
    return f'<tr><td><span class="name">{escape(each["name"])}</span></td>{cells}</tr>'


def _by_key(each: Mapping[str, Any]) -> str:
    key = each["key"]
    return "–" if key is None else f"{key['right'] / key['of']:.1%} of {key['of']:,}"


def _by_audit(each: Mapping[str, Any]) -> str:
    audit = each["audit"]
    if audit is None:
        return "–"
    between = f"{audit['low']:.1%} to {audit['high']:.1%}"
    return f"{audit['share']:.1%} ({between}), {audit['of']:,} checked"
