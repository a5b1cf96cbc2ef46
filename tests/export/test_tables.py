"""Tables, read by pandas."""

import csv
import json
import re
from dataclasses import replace

import pandas as pd
import pytest

from ssvae_core.csv_cells import unmarked
from ssvae_core.export.rows import COLUMNS
from ssvae_core.labels.label_files import read_labels
from tests.support.export_files import written
from tests.support.small_export import AT, NAMES, small_content


def check_table(table):
    """The facts of small_content in a table as pandas reads it."""
    assert list(table.columns) == list(COLUMNS)
    assert len(table) == 23
    by_example = table.set_index("example")
    assert by_example.loc[0, "label"] == "cat"
    assert by_example.loc[0, "annotator"] == "Ana"
    assert pd.Timestamp(by_example.loc[0, "labelled_at"]).timestamp() == AT
    assert pd.isna(by_example.loc[0, "guess"])
    assert json.loads(by_example.loc[1, "votes"]) == {"Ana": NAMES[0], "Bo": NAMES[3]}
    assert by_example.loc[2, "state"] == "unsure"
    assert by_example.loc[7, "label"] == NAMES[1]
    assert by_example.loc[9, "label"] == NAMES[3]
    assert by_example.loc[11, "guess"] == NAMES[3]
    assert by_example.loc[11, "confidence"] == pytest.approx(0.3 + 0.7 * 11 / 23)
    assert by_example.loc[11, "model_version"] == "12.840"
    assert set(by_example["predicted_by"].dropna()) == {"model"}
    assert by_example["audit"].dropna().astype(bool).sum() == 1


def test_pandas_reads_the_csv(tmp_path):
    folder = written(small_content(), "csv", tmp_path / "out")
    check_table(pd.read_csv(folder / "labels.csv", dtype={"model_version": str}))


def test_pandas_reads_the_parquet_with_times_as_times(tmp_path):
    folder = written(small_content(), "parquet", tmp_path / "out")
    table = pd.read_parquet(folder / "labels.parquet")
    check_table(table)
    assert str(table["labelled_at"].dtype).startswith("datetime64[us, UTC")


def test_pandas_reads_the_json_lines(tmp_path):
    folder = written(small_content(), "jsonl", tmp_path / "out")
    table = pd.read_json(folder / "labels.jsonl", lines=True, dtype={"model_version": str})
    assert table["votes"].dropna().tolist() == [{"Ana": NAMES[0], "Bo": NAMES[3]}]
    table["votes"] = table["votes"].map(json.dumps, na_action="ignore")
    check_table(table)


def test_no_cell_of_a_csv_is_a_formula(tmp_path):
    folder = written(small_content(), "csv", tmp_path / "out")
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert "'=1+1" in cells
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]


NASTY = ["=1+1", "a;=1+1", "\uff0b1", " -2+3", "a|@b", "'=x", "\ufeff@x", "%0A=1", "x\t=1"]


@pytest.mark.parametrize("format_name", ["csv", "imagefolder"])
def test_names_that_look_like_formulas_come_back_as_they_were(format_name, tmp_path):
    names = [f"{NASTY[i % len(NASTY)]} {i}.png" for i in range(24)]
    content = small_content(names=tuple(f"{name} class" for name in NASTY), file_names=names)
    folder = written(content, format_name, tmp_path / "out")
    text = (folder / "labels.csv").read_text("utf-8")
    assert not re.search(r"(?m)[;|\t]\s*[=+@\uff0b]", text)
    said = [row for row in read_labels(folder / "labels.csv").rows if row.is_human]
    found = {row.file_name: row.class_name for row in said if row.class_name is not None}
    assert found == {
        names[i]: content.classes[each.label].name
        for i, each in content.said.items()
        if each.label is not None
    }


def test_the_text_of_an_example_is_the_last_column(tmp_path):
    texts = [f'=SUM(1); "text", {k}\nof two lines' for k in range(24)]
    content = replace(small_content(), texts=texts)
    tables = {
        "csv": lambda path: pd.read_csv(path / "labels.csv"),
        "jsonl": lambda path: pd.read_json(path / "labels.jsonl", lines=True),
        "parquet": lambda path: pd.read_parquet(path / "labels.parquet"),
    }
    for kind, read in tables.items():
        table = read(written(content, kind, tmp_path / kind))
        assert list(table.columns) == [*COLUMNS, "text"]
        shown = [unmarked(text) if kind == "csv" else text for text in table["text"]]
        assert shown == [texts[example] for example in table["example"]]
