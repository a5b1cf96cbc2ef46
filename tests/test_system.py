"""Where the app's files are, and what a process of its own finds of them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ssvae_core import system
from ssvae_core.system import app_folder, environment, port_of, unsupported

ROOT = Path(__file__).resolve().parents[1]


def test_the_app_of_a_checkout_is_the_checkout():
    assert app_folder() == ROOT


def test_the_app_of_an_installed_package_is_in_the_package(tmp_path, monkeypatch):
    monkeypatch.setattr(system, "PACKAGE", tmp_path)
    (tmp_path / "_app").mkdir()
    assert app_folder() == tmp_path / "_app"


def test_it_runs_here():
    assert unsupported() is None


def test_a_process_imports_this_package_and_no_file_of_the_folder_it_is_started_in(
    tmp_path, monkeypatch
):
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "more"))
    for name in ("json", "ssvae_core"):
        (tmp_path / f"{name}.py").write_text("raise ValueError('somebody else')")
    code = "import json, ssvae_core; print(ssvae_core.__file__)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == str(ROOT / "ssvae_core" / "__init__.py"), done.stderr
    assert environment()["PYTHONPATH"] == os.pathsep.join([str(ROOT), str(tmp_path / "more")])


@pytest.mark.parametrize(
    ("named", "port"),
    [
        *(("8501", 8501), ("1", 1), ("65535", 65535), ("0", None), ("65536", None), ("-1", None)),
        *(("", None), (" 8501", None), ("8501\n", None), ("８５０１", None), ("\xb2", None)),
        *(("8_501", None), ("1e3", None), ("0x10", None), ("9" * 5000, None), ("http", None)),
    ],
)
def test_a_port_is_a_number_from_1_to_65535(named, port):
    assert port_of(named) == port
