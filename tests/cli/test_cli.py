"""The command line: its help, what it lists, and how it reports."""

import argparse
import io
import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from ssvae_core import cli
from ssvae_core.cli import main
from ssvae_core.cli.reporting import ProgressLine, table
from ssvae_core.errors import UserError

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = {module.__name__.rsplit(".", 1)[1].rstrip("_"): module for module in cli.COMMANDS}


def test_datasets_names_what_there_is(call):
    small, nameless = call("datasets")["datasets"]
    assert small == {
        "name": "small",
        "title": "Small digits",
        "examples": 300,
        "test_examples": 100,
        "shape": [8, 8, 1],
        "classes": list("0123456789"),
        "true_labels": True,
    }
    assert (nameless["name"], nameless["true_labels"]) == ("nameless", False)


def test_datasets_prints_a_table_without_json(capsys):
    assert main(["datasets"]) == 0
    head, small, _ = capsys.readouterr().out.splitlines()
    assert head.split() == ["name", "examples", "test", "shape", "classes", "true", "labels"]
    assert small.split() == ["small", "300", "100", "8", "x", "8", "x", "1", "10", "yes"]


def test_the_last_line_of_json_is_one_object_from_the_shell_too():
    done = subprocess.run(
        [sys.executable, "-m", "ssvae_core", "datasets", "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout.splitlines()[-1])
    assert {"mnist"} <= {each["name"] for each in found["datasets"]}
    assert done.stderr == ""


def test_help_and_datasets_do_not_load_torch():
    code = (
        "import contextlib, sys\n"
        "from ssvae_core.cli import COMMANDS, main\n"
        "for command in COMMANDS:\n"
        "    with contextlib.suppress(SystemExit):\n"
        "        main([command.__name__.split('.')[-1], '--help'])\n"
        "main(['datasets'])\n"
        "print(sorted({name.split('.')[0] for name in sys.modules} & {'torch', 'streamlit'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "--per-class" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_examples_that_parse(name, capsys):
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    examples = capsys.readouterr().out.split("examples:")[1].strip().splitlines()
    for example in examples:
        program, option, package, *arguments = shlex.split(example)
        assert [program, option, package] == ["python", "-m", "ssvae_core"]
        parsed = cli._parser().parse_args(arguments)
        assert parsed.run is COMMANDS[name].run


# progress


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


def test_a_parser_never_exits_with_usage():
    with pytest.raises(UserError, match=r"^The following arguments are required: COMMAND\. See"):
        cli._parser().parse_args([])
    assert issubclass(cli.Parser, argparse.ArgumentParser)
