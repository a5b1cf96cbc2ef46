"""Which column is taken for the texts, and what a person may choose instead."""

import csv

import numpy as np
import pytest

from ssvae_core.importing.reading import Reading
from ssvae_core.importing.sources.columns import Column
from ssvae_core.importing.sources.table import Table
from ssvae_core.importing.sources.text_column import columns_of_texts

PROSE = tuple(
    f"Reuters - short sellers, {k} of them, are seeing green again in a market" for k in range(40)
)
TITLE = tuple(f"Wall St. story {k} that has a longer title than others have" for k in range(40))
TOPIC = tuple(str(k % 4 + 1) for k in range(40))
NUMBERS = np.random.default_rng(0).normal(size=(5, 40)).round(3).astype(str)


def opened(folder, columns, **reading):
    path = folder / "x.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([[*columns], *zip(*columns.values(), strict=True)])
    return Table(str(path), reading)


def chosen(table):
    return {option.name: option.value for option in table.reading.options}


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"class": TOPIC, "title": TITLE, "text": PROSE}, "text"),  # by its name
        ({"class": TOPIC, "short": TITLE, "long": PROSE}, "long"),  # by its length
        ({"topic": TOPIC, "description": TITLE}, "description"),
    ],
)
def test_a_table_of_texts_is_recognised(columns, expected, tmp_path):
    table = opened(tmp_path, columns)
    assert table.kind == "text"
    assert chosen(table)["text"] == expected
    item = next(table.items())
    assert item.content.decode() == columns[expected][0]
    assert item.class_name == "1"


def test_another_column_is_chosen_and_no_other_than_there_is(tmp_path):
    columns = {"class": TOPIC, "title": TITLE, "text": PROSE}
    table = opened(tmp_path, columns, text="title")
    assert next(table.items()).content.decode() == TITLE[0]
    assert "text (texts)" in table.notes[0]
    with pytest.raises(Exception, match="can be text, title; got 'x'"):
        opened(tmp_path, columns, text="x")


def test_many_numbers_beside_a_text_are_read_unless_somebody_says_so(tmp_path):
    columns = {**{f"n{k}": row for k, row in enumerate(NUMBERS)}, "text": PROSE}
    table = opened(tmp_path, columns)
    assert (table.kind, chosen(table)["rows"]) == ("vector", "numbers")
    assert opened(tmp_path, columns, rows="text").kind == "text"
    assert opened(tmp_path, columns, text="text").kind == "text"
    few = {name: columns[name] for name in ("n0", "n1", "text")}
    assert opened(tmp_path, few).kind == "text"


def test_short_words_are_texts_where_somebody_says_so(tmp_path):
    words = tuple(f"word {k}" for k in range(40))
    table = opened(tmp_path, {"name": words, "topic": TOPIC}, text="name")
    assert table.kind == "text"
    assert columns_of_texts([Column("name", "text", words)], Reading()) == []


def test_the_names_of_rows_are_kept(tmp_path):
    columns = {"id": tuple(f"A-{k}" for k in range(40)), "text": PROSE, "class": TOPIC}
    assert next(opened(tmp_path, columns).items()).name == "A-0"
