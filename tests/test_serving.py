"""Starting the app where it cannot or may not start."""

import json
import os
import re
import runpy
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import streamlit.config  # noqa: F401 before a test says that this is another system
import uvicorn  # noqa: F401

from benchmarks.app_process import App
from ssvae_core.__main__ import main, ssvae_lab
from ssvae_core.labels.backup import make_backup
from ssvae_core.storage.lock import WorkspaceLock
from tests.support.small_store import DAMAGES, new_store
from tests.support.whole_workspace import new_images

ROOT = Path(__file__).resolve().parents[1]


def start(tmp_path, **environment):
    """Run `python app.py` until it ends; what it says."""
    done = subprocess.run(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env=os.environ | {"SSVAE_WORKSPACE": str(tmp_path / "workspace")} | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5"])
def test_only_this_machine_is_served_where_nobody_logs_in_and_nobody_said_otherwise(tmp_path, host):
    says = start(tmp_path, HOST=host)
    assert f"HOST={host} is refused: without a login" in says
    assert "SSVAE_WITHOUT_LOGIN=yes" in says


def test_a_public_address_needs_a_login_too_and_a_network_an_address(tmp_path):
    says = start(tmp_path, SSVAE_URL="https://lab.example.org")
    assert "SSVAE_URL=https://lab.example.org is refused: without a login" in says
    says = start(tmp_path, HOST="0.0.0.0", SSVAE_WITHOUT_LOGIN="yes")
    assert "name the one that browsers will use, SSVAE_URL=http://" in says
    says = start(tmp_path, SSVAE_URL="lab.example.org")
    assert "SSVAE_URL must be an address such as https://lab.example.org" in says


def test_a_format_of_the_log_that_is_none_is_a_sentence(tmp_path):
    assert "SSVAE_LOG must be text or json, got 'xml'." in start(tmp_path, SSVAE_LOG="xml")


def test_a_taken_port_says_which_to_try_instead(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert f"make run PORT={port + 1}" in start(tmp_path, PORT=str(port))


def test_a_workspace_that_cannot_be_made_is_a_sentence(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    says = start(tmp_path, SSVAE_WORKSPACE=str(tmp_path / "file" / "workspace"))
    assert "cannot be used" in says
    assert "SSVAE_WORKSPACE" in says


@pytest.mark.parametrize("port", ["http", "70000", "0"])
def test_a_port_that_is_none_is_a_sentence(tmp_path, port):
    assert f"PORT must be a number from 1 to 65535, got '{port}'." in start(tmp_path, PORT=port)


def test_a_login_that_is_not_whole_ends_the_start(tmp_path):
    secrets = tmp_path / "home" / ".streamlit" / "secrets.toml"
    secrets.parent.mkdir(parents=True)
    secrets.write_text("[Auth]\nclient_id = 'lab'")
    says = start(tmp_path, HOME=str(tmp_path / "home"))
    assert "no [auth]" in says
    assert str(secrets) in says


@pytest.mark.parametrize("damage", ["header overwritten", "zero length", "gone", "a folder"])
def test_a_damaged_label_store_ends_the_start_with_the_way_back(tmp_path, damage):
    database = tmp_path / "workspace" / "labels.db"
    new_store(database)
    copy = make_backup(database)
    DAMAGES[damage](database)
    says = start(tmp_path)
    assert str(database) in says
    assert str(copy) in says
    assert "python -m ssvae_core restore" in says


def test_a_second_app_is_told_of_the_first_and_leaves_its_uploads_and_commands_go_on(tmp_path):
    root = tmp_path / "workspace"
    root.mkdir()
    app = App(root)
    upload = root / "uploads" / "0123456789abcdef" / "half.png"
    upload.parent.mkdir(parents=True)
    upload.write_bytes(b"half")
    link = tmp_path / "link"
    link.symlink_to(root)
    for path in (root, link):
        says = start(tmp_path, SSVAE_WORKSPACE=str(path), PORT="0")
        assert app.url in says
        assert f"process {app.process.pid}" in says
    assert upload.read_bytes() == b"half"
    new_images(tmp_path / "images")
    command = [sys.executable, "-m", "ssvae_core"]
    for wish, code in (
        (["import", str(tmp_path / "images"), "--name", "pets"], 0),
        (["restore"], 2),
        (["restore", "--list"], 0),
    ):
        done = subprocess.run(
            [*command, *wish],
            cwd=ROOT,
            env=os.environ | app.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stderr
    session = app.new_session().id
    app.label(session, [3], 1)
    app.kill()
    WorkspaceLock(root).release()  # at once
    app.store.close()


def test_its_settings_hold_wherever_it_is_started_from(tmp_path):
    """Streamlit alone would read the file in the folder that the app is started from."""
    code = (
        f"import json, sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "import app, streamlit.config\n"
        "print(json.dumps({name: streamlit.config.get_option(name) for name in sys.argv[1:]}))"
    )
    wanted = dict(settings(tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())))
    assert wanted["browser.gatherUsageStats"] is False
    assert wanted["theme.light.backgroundColor"] == "#F6F6F8"
    done = subprocess.run(
        [sys.executable, "-c", code, *wanted],
        cwd=tmp_path,
        env=os.environ | {"SSVAE_WORKSPACE": str(tmp_path / "workspace")},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert json.loads(done.stdout) == wanted


def settings(section, prefix=""):
    """As app.py, which cannot be imported without opening a workspace."""
    for name, value in section.items():
        if isinstance(value, dict):
            yield from settings(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


@pytest.fixture(params=["Windows", "no Unix sockets"])
def elsewhere(request, monkeypatch):
    """A system that it does not run on."""
    if request.param == "Windows":
        monkeypatch.setattr(sys, "platform", "win32")
    else:
        monkeypatch.delattr(socket, "AF_UNIX")


WSL = "SSVAE Lab runs on Linux and macOS; on Windows, install and start it inside WSL."


def test_on_another_system_the_app_says_where_it_runs(elsewhere):
    with pytest.raises(SystemExit, match=re.escape(WSL)):
        runpy.run_path(str(ROOT / "app.py"), run_name="__main__")


@pytest.mark.parametrize("arguments", [[], ["fit"], ["sample", "--session", "x"], ["--help"]])
@pytest.mark.parametrize("start", [main, ssvae_lab])
def test_on_another_system_every_command_says_where_it_runs(
    elsewhere, start, arguments, monkeypatch, capsys
):
    monkeypatch.setattr(sys, "argv", ["ssvae-lab", *arguments])
    assert start() == 2
    says = capsys.readouterr()
    assert says.err == WSL + "\n"
    assert says.out == ""
