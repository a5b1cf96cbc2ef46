"""Starting the app where it cannot or may not start."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

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
def test_only_this_machine_is_served(tmp_path, host):
    assert f"HOST={host} is refused" in start(tmp_path, HOST=host)


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


def test_a_port_that_is_no_number_is_a_sentence(tmp_path):
    assert "PORT must be a number" in start(tmp_path, PORT="http")
