"""The log as JSON: each event one line, whatever it says."""

import io
import json
import logging

import pytest

from ssvae_core.logs import JsonLines, log_as_json


@pytest.fixture
def stream():
    root, before = logging.getLogger(), logging.getLogger().handlers[:]
    level = root.level
    stream = io.StringIO()
    log_as_json(stream)
    yield stream
    root.handlers[:] = before
    root.setLevel(level)


def lines(stream):
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_has_the_fields_of_its_event_and_a_break_forges_none(stream):
    log = logging.getLogger("ssvae_core.somewhere")
    log.info("cat.png\n{}", extra={"event": "request", "ms": 1.5, "path": object})
    log.debug("not this")
    (line,) = lines(stream)
    assert (line["level"], line["logger"]) == ("info", "ssvae_core.somewhere")
    assert (line["event"], line["ms"]) == ("request", 1.5)
    assert line["message"].startswith("cat.png")
    assert line["at"].endswith("Z")


def test_a_traceback_is_in_the_line(stream):
    try:
        raise ValueError("a bug")
    except ValueError:
        logging.getLogger("x").exception("Went wrong")
    (line,) = lines(stream)
    assert "ValueError: a bug" in line["traceback"]


def test_a_logger_with_a_handler_of_its_own_writes_here_as_well(stream):
    own, other = logging.getLogger("own"), io.StringIO()
    own.addHandler(logging.StreamHandler(other))
    own.propagate = False
    log_as_json(stream)
    own.warning("seen")
    assert other.getvalue() == ""
    assert [line["message"] for line in lines(stream)] == ["seen"]


def test_a_record_without_anything_of_its_own_has_four_fields():
    record = logging.LogRecord("n", logging.INFO, "", 0, "m", (), None)
    assert set(json.loads(JsonLines().format(record))) == {"at", "level", "logger", "message"}
