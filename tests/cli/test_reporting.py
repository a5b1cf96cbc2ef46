"""Progress on a terminal and elsewhere, and tables."""

import io
import sys

from ssvae_core.cli.reporting import ProgressLine, table


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_on_a_terminal_one_line_is_rewritten_and_gone_at_the_end(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    line = ProgressLine()
    line.say("training", "step 50", 12.4)
    line.say("training", "step 100", -0.2)
    line.clear()
    parts = sys.stderr.getvalue().split("\r")
    assert parts == [
        "",
        "training, step 50, 12 s left\x1b[K",
        "training, step 100, 0 s left\x1b[K",
        "\x1b[K",
    ]


def test_elsewhere_a_stage_is_said_once_in_a_while(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    line = ProgressLine()
    for now[0], stage in ((0, "M1"), (1, "M1"), (2, "training"), (6, "training"), (8, "training")):
        line.say(stage, f"at {now[0]}")
    line.clear()
    assert sys.stderr.getvalue() == "M1, at 0\ntraining, at 2\ntraining, at 8\n"


def test_a_table_has_numbers_to_the_right():
    rows = [["a", 60_000, None], ["long", 7, 1.5]]
    assert table(["name", "n", "error"], rows).splitlines() == [
        "name       n  error",
        "a     60,000      -",
        "long       7    1.5",
    ]
