"""What goes to a terminal or a log is not obeyed by it."""

import io
import logging

import pytest

from ssvae_core.printable import make_logs_visible, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", r"\x1b[31mred\x1b[0m"),
        ("a\nWARNING forged", r"a\nWARNING forged"),
        ("a\r\x08b\x00\x7f", r"a\r\x08b\x00\x7f"),
        ("\x9b31m", r"\x9b31m"),  # the same in one letter
        ("gpj\u202egnp.exe", r"gpj\u202egnp.exe"),
        ("half \ud83d", r"half \ud83d"),
        ("Käse 🧀 é\u200d", "Käse 🧀 é\u200d"),
    ],
)
def test_what_a_terminal_would_obey_is_written_out(text, shown):
    assert visible(text) == shown


def test_lines_stay_lines_where_they_are_meant():
    assert visible("a\nb\x1b", keep="\n") == "a\nb\\x1b"


@pytest.fixture
def log():
    """A logger with such records, and what it wrote."""
    written = io.StringIO()
    logger = logging.Logger("test")
    logger.addHandler(logging.StreamHandler(written))
    before = logging.getLogRecordFactory()
    make_logs_visible()
    yield logger, written
    logging.setLogRecordFactory(before)


def test_neither_a_message_nor_the_text_of_an_error_reaches_the_log_as_it_came(log):
    logger, written = log
    logger.warning("no %s", "\x1b[2J\nforged")
    assert written.getvalue() == "no \\x1b[2J\\nforged\n"
    try:
        raise ValueError("bad \x1b]0;title\x07 \r")
    except ValueError:
        logger.exception("%s", "GET /\x1b")
    assert not set("\x1b\x07\r") & set(written.getvalue())
    assert "ValueError: bad \\x1b]0;title\\x07 \\r" in written.getvalue()
