"""The command line: its help, what it lists, and how it reports."""

import argparse
import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from ssvae_core import cli
from ssvae_core.cli import main
from ssvae_core.errors import UserError
from tests.support.small_files import encoded, picture, write

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = {module.__name__.rsplit(".", 1)[1].rstrip("_"): module for module in cli.COMMANDS}


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


def test_a_parser_never_exits_with_usage():
    with pytest.raises(UserError, match=r"^The following arguments are required: COMMAND\. See"):
        cli._parser().parse_args([])
    assert issubclass(cli.Parser, argparse.ArgumentParser)


@pytest.mark.parametrize("name", ["\x1b[31mred\x1b]0;title\x07", "half\udcff", "a\rb"])
def test_the_terminal_obeys_no_name_of_a_file(name, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("SSVAE_WORKSPACE", str(tmp_path / "workspace"))
    assert main(["import", str(tmp_path / name), "--name", "x"]) == 2
    folder = tmp_path / "in" / name
    for k in range(3):
        write(folder / f"{name}{k}.png", encoded(picture(k)))
    write(folder / f"{name}.png", b"broken")
    assert main(["import", str(folder.parent), "--name", "x"]) == 0
    said = "".join(capsys.readouterr())
    assert not set("\x1b\x07\r\udcff") & set(said)


@pytest.mark.parametrize("arguments", [["\x1b[31m"], ["import", "--\x1b[31m"], ["fit", "\x07"]])
def test_nor_an_argument_that_is_none(arguments, capsys):
    assert main(arguments) == 2
    assert not set("\x1b\x07") & set("".join(capsys.readouterr()))
