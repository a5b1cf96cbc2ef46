"""Where the labels are: what names a database, and what is said of it."""

import importlib.util
from pathlib import Path

import pytest

from ssvae_core.errors import UserError
from ssvae_core.labels.place import VARIABLE, checked_url, place_of_labels, shown


def test_a_file_in_the_workspace_or_the_database_that_is_named(monkeypatch):
    assert place_of_labels(Path("/lab")) == Path("/lab/labels.db")
    monkeypatch.setenv(VARIABLE, "postgresql://ana:secret@db.example.org/lab")
    assert place_of_labels(Path("/lab")) == "postgresql+psycopg://ana:secret@db.example.org/lab"


@pytest.mark.parametrize(
    "text", ["labels.db", "mysql://h/lab", "postgresql://h", "http://h/x", "://", "sqlite:///x"]
)
def test_anything_else_is_refused_in_words(text):
    with pytest.raises(UserError, match="A database is named as postgresql://"):
        checked_url(text)


def test_a_password_is_not_said():
    said = shown(checked_url("postgresql://ana:secret@h:5433/lab?password=secret"))
    assert said == "postgresql://ana@h:5433/lab"
    with pytest.raises(UserError) as refused:
        checked_url("mysql://ana:secret@h/lab")
    assert "secret" not in str(refused.value)


def test_without_the_driver_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"pip install 'ssvae-lab\[postgres\]'"):
        checked_url("postgresql://h/lab")
