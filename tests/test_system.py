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


ELSEWHERE = """
import os, signal, socket, sys

for name in ("fcntl", "resource", "pwd", "grp", "termios"):
    sys.modules[name] = None
names = ("O_CLOEXEC", "O_NOFOLLOW", "pread", "pwrite", "fork", "getuid", "geteuid", "nice")
for owner, missing in ((os, names), (socket, ("AF_UNIX",)), (signal, ("SIGKILL", "SIGHUP"))):
    for name in missing:
        delattr(owner, name)

import importlib, pkgutil
import numpy as np
import ssvae_core

for module in pkgutil.walk_packages(ssvae_core.__path__, "ssvae_core."):
    if "__main__" not in module.name:
        importlib.import_module(module.name)

x = np.random.default_rng(0).random((60, 16), np.float32)
y = np.where(np.arange(60) < 20, np.arange(60) % 2, -1)
learned = ssvae_core.SSVAEClassifier("m2", max_iter=2).fit(x, y)
learned.save(sys.argv[1])
again = ssvae_core.SSVAEClassifier.load(sys.argv[1])
assert (again.predict(x) == learned.predict(x)).all()
from ssvae_core.system import unsupported
print(unsupported())
"""


def test_without_what_only_unix_has_arrays_are_learned_and_the_app_says_where_it_runs(tmp_path):
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", ELSEWHERE, str(tmp_path / "model")],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
    )
    assert "inside WSL" in done.stdout, done.stderr


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
