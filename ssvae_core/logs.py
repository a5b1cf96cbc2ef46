"""The log as JSON, a line an event, where SSVAE_LOG=json: for programs that collect logs."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any, TextIO

from .printable import visible

VARIABLE = "SSVAE_LOG"
FORMATS = ("text", "json")
_OWN = {*vars(logging.makeLogRecord({})), "message", "asctime", "exc_text", "taskName"}


class JsonLines(logging.Formatter):
    """A record as one line of JSON: when, how bad, who says it, what; and its own fields."""

    def format(self, record: logging.LogRecord) -> str:
        """{"at": "2026-12-01T02:00:00.000Z", "level": "info", "logger": …, "message": …, …}."""
        at = datetime.fromtimestamp(record.created, UTC)
        told: dict[str, Any] = {
            "at": f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        told |= {name: value for name, value in vars(record).items() if name not in _OWN}
        if record.exc_info and record.exc_info[0] is not None:
            said = record.exc_text or self.formatException(record.exc_info)
            told["traceback"] = visible(said, keep="\n")
        return json.dumps(told, default=str, ensure_ascii=True)


def log_as_json(stream: TextIO | None = None) -> None:
    """From here on every logger of this process writes such lines to `stream`, stderr by default.

    INFO and above; loggers that have handlers of their own, as Streamlit's, lose them.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name in list(root.manager.loggerDict):
        logger = logging.getLogger(name)
        if logger.handlers:
            logger.handlers.clear()
            logger.propagate = True
