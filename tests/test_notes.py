"""Docstrings and comments hold results; what was tried is in benchmarks/notes/, file by file."""

import ast
import io
import re
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
NOTES = sorted((ROOT / "benchmarks" / "notes").glob("*.md"))
MODULES = sorted((ROOT / "ssvae_core").rglob("*.py"))
IN_THE_TREE = [
    str(path.relative_to(ROOT))
    for folder in ("ssvae_core", "pages", "tests", "benchmarks")
    for path in (ROOT / folder).rglob("*")
]

MOST_FIGURES = 2
# "1.9, 1.9 and 2.5 %": shapes, counts of examples and seconds are no figures.
MEASURED = re.compile(
    r"((?:\d[\d.]*(?:, | and | to | or | / ))*\d[\d.]*) (?:%|(?:nats|points|ms)\b)"
)


def name_of(path):
    return str(path.relative_to(ROOT))


def prose_of(path):
    """Every docstring, and every comment as a whole: (line, text)."""
    source = path.read_text()
    for node in ast.walk(ast.parse(source)):
        kinds = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
        if isinstance(node, kinds) and (text := ast.get_docstring(node)):
            yield getattr(node, "lineno", 1), text
    comment, at, last = "", 0, -1
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            line, text = token.start[0], token.string.lstrip("# ")
            goes_on = line == last + 1 and token.line.lstrip().startswith("#")
            if comment and not goes_on:
                yield at, comment
            comment, at, last = (f"{comment} {text}" if goes_on else text), line, line
    if comment:
        yield at, comment


def figures_in(text):
    runs = MEASURED.findall(" ".join(text.split()))
    return [figure for run in runs for figure in re.findall(r"\d[\d.]*", run)]


def test_figures_are_counted_where_they_stand_in_a_list_too():
    assert figures_in("It was 1.9, 1.9 and\n2.5 % after 100 s, and 3 nats of (N, 2).") == [
        *("1.9", "1.9", "2.5", "3"),
    ]


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_docstring_and_no_comment_is_a_laboratory_note(path):
    for line, text in prose_of(path):
        assert len(figures_in(text)) <= MOST_FIGURES, f"{name_of(path)}:{line}: {text}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_every_file_that_docstrings_and_comments_name_is_there(path):
    for line, text in prose_of(path):
        for named in re.findall(r"[\w/.-]*\w\.(?:py|md)\b", text):
            at_its_end = f"/{named}"
            assert any(f"/{there}".endswith(at_its_end) for there in [*IN_THE_TREE, "app.py"]), (
                f"{name_of(path)}:{line}: {named}"
            )


@pytest.mark.parametrize("note", NOTES, ids=name_of)
def test_a_note_begins_with_its_module_which_names_it(note):
    first, empty, sentence = note.read_text().splitlines()[:3]
    module = ROOT / first.removeprefix("# ")
    parts = module.relative_to(ROOT / "ssvae_core").with_suffix("").parts
    assert note.stem == "-".join(part for part in parts if part != "__init__")
    assert not empty
    assert sentence.endswith(".")
    assert name_of(note) in module.read_text()
