"""Cells that a spreadsheet might take for formulas, and what we read back."""

import csv
import io
import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ssvae_core.csv_cells import marked, unmarked

WIDE = "\uff1d\uff0b\uff0d\uff20"
FORMULAS = [
    "=HYPERLINK(1).png",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "-1+1.png",
    "@SUM(A1)",
    *(f"{sign}1+1" for sign in WIDE),
    "\u22121+1",
    "\ufe66HYPERLINK(1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\r\n=1+1",
    " =1+1",
    "   \t @x",
    "\u3000=1",
    "\xa0=1",
    "\u200b=1+1",
    "\u2060\u200d=1+1",
    "\ufeff=1+1",
    "\u202e=1+1",
    "\x00=1+1",
    "a;=1+1",
    "a; =1+1",
    "a;\uff1d1+1",
    "a\t=1+1",
    "a|=1+1",
    "a|+1",
    "a\n=1+1",
    "a\u2028=1+1",
    'x";=HYPERLINK("http://a","b")',
    "a;b;-1+1;@c",
    "|calc",
    "%0A=1",
    ";=1",
    ";;\u200b+1",
    "'=1+1",
    "''=1",
    "'; '=1",
]
SPLITS = r"[;|\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]"


def cells_of(text, delimiter):
    """The cells as a program shows them that splits at this, and drops what has no width."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    for part in (part for row in rows for cell in row for part in re.split(SPLITS, cell)):
        seen = "".join(char for char in part if unicodedata.category(char)[0] not in "ZC")
        yield unicodedata.normalize("NFKC", seen)


def written(*cells):
    text = io.StringIO()
    csv.writer(text).writerow(map(marked, cells))
    return text.getvalue()


@pytest.mark.parametrize("text", FORMULAS)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_no_program_sees_a_formula(text, delimiter):
    for line in (written(text), written("a", text, "b"), written("a", text)):
        found = list(cells_of(line, delimiter))
        assert not [cell for cell in found if cell.startswith(("=", "+", "-", "@", "\u2212"))]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_was_marked_is_read_as_it_was(text):
    assert marked(text) != text
    assert unmarked(marked(text)) == text


@settings(max_examples=400, deadline=None, derandomize=True)
@given(st.text(st.sampled_from("=+-@';|\t\r\n \u200b\ufeff\uff1d%1a\",\x00\u2028"), max_size=9))
def test_any_text_comes_back_and_hides_no_formula(text):
    safe = marked(text)
    assert unmarked(str(safe)) == text
    if not re.fullmatch(r"[+-]?\d+", text):
        for delimiter in ",;\t|":
            found = list(cells_of(written("a", text), delimiter))
            assert not [cell for cell in found if cell.startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize("value", ["a=b", "-5", "+3.25", "IMG-2.png", "a;b", "it's", 3, 0.5, None])
def test_what_is_no_formula_stays_as_it_is(value):
    assert marked(value) == value


def test_truth_values_are_words():
    assert (marked(True), marked(False)) == ("true", "false")
