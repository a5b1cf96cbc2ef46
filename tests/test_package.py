"""The wheel, installed in an environment of its own and used from another folder."""

import json
import os
import signal
import subprocess
import sys
import sysconfig
import urllib.error
import urllib.request
import venv
import zipfile
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks.app_process import free_port, wait_until
from tests.support.small_files import encoded, picture, write

ROOT = Path(__file__).resolve().parents[1]
APP = "ssvae_core/_app/"
LEFT_OUT = {"__pycache__", "node_modules", "screenshots"}
BUILT = ROOT / "pages" / "web" / "built" / "label.js"  # what a browser loads for the label page


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-build-isolation", "--wheel-dir", folder, ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def environment(wheel, tmp_path_factory):
    """A fresh environment with the wheel, which borrows the packages of ours."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=True)
    pip("--python", folder / "bin" / "python", "install", wheel)
    (packages,) = folder.glob("lib/python*/site-packages")
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder


@pytest.fixture
def lab(environment, tmp_path):
    """(the command, its environment variables, another folder to start it from)."""
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    variables["SSVAE_WORKSPACE"] = str(tmp_path / "workspace")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    return environment / "bin" / "ssvae-lab", variables, elsewhere


def pip(*arguments):
    offline = {"PIP_NO_DEPS": "1", "PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    command = [sys.executable, "-m", "pip", *map(str, arguments), "--quiet"]
    subprocess.run(command, env=os.environ | offline, check=True)


def run(lab, *arguments):
    command, variables, elsewhere = lab
    return subprocess.run(
        [command, *arguments],
        env=variables,
        cwd=elsewhere,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@contextmanager
def started(lab):
    """(the app's address, the file of what it says) while it runs."""
    command, variables, elsewhere = lab
    port = free_port()
    url, log = f"http://127.0.0.1:{port}", elsewhere / "app.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [command],
            env=variables | {"PORT": str(port)},
            cwd=elsewhere,
            stdout=output,
            stderr=output,
        )

    def answers():
        assert process.poll() is None, log.read_text()
        try:
            return read(f"{url}/_stcore/health") == b"ok"
        except (urllib.error.URLError, OSError):
            return False

    try:
        wait_until(answers, 60, "the app answers")
        yield url, log
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(15)


def read(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read()


def shipped():
    """Every file of the checkout that belongs in the wheel, and its name there."""
    for folder, place in [("ssvae_core", ""), ("pages", APP), ("assets", APP)]:
        for path in (ROOT / folder).rglob("*"):
            name = path.relative_to(ROOT)
            if path.is_file() and not LEFT_OUT & set(name.parts):
                yield path, place + str(name)
    yield ROOT / "app.py", APP + "app.py"
    for name in (".streamlit/config.toml", "docs/teaching.md"):
        yield ROOT / name, APP + name


def test_the_wheel_holds_every_file_and_no_other(wheel):
    with zipfile.ZipFile(wheel) as archive:
        inside = {name for name in archive.namelist() if ".dist-info/" not in name}
        expected = {name: path for path, name in shipped()}
        assert inside == expected.keys()
        for name, path in expected.items():
            assert archive.getinfo(name).file_size == path.stat().st_size, name


def test_it_needs_what_the_requirements_pin(wheel):
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
        metadata = archive.read(name).decode()
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    pinned = {line.lower() for line in lines if line and not line.startswith("#")}
    wanted = {line.split(": ")[1] for line in metadata.splitlines() if "Requires-Dist" in line}
    assert {line.lower() for line in wanted if "extra ==" not in line} == pinned
    for extra in ("onnx", "hf", "login"):
        assert f"Provides-Extra: {extra}" in metadata


def test_nothing_but_the_package_is_installed_at_the_top(environment):
    (packages,) = environment.glob("lib/python*/site-packages")
    names = {path.name for path in packages.iterdir()}
    assert {name for name in names if not name.endswith((".dist-info", ".pth"))} == {"ssvae_core"}


def test_with_a_command_it_is_the_command_line(lab):
    done = run(lab, "datasets")
    assert done.returncode == 0, done.stderr
    assert "mnist" in done.stdout
    assert "60,000" in done.stdout
    assert run(lab, "dataset").returncode == 2
    assert "usage: python -m ssvae_core" in run(lab, "--help").stdout


def test_paths_are_of_the_folder_it_is_started_from(lab):
    for number in range(8):
        write(lab[2] / "scans" / "ab"[number % 2] / f"{number}.png", encoded(picture(number)))
    done = run(lab, "import", "scans", "--name", "scans", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["examples"] == 8


def test_without_a_command_it_starts_the_app(lab):
    with started(lab) as (url, log):
        assert b"<title>" in read(f"{url}/review")
        assert read(f"{url}/web/{BUILT.name}") == BUILT.read_bytes()
        assert f"SSVAE Lab is at {url}" in log.read_text()


def test_its_label_page_shows_the_map_of_the_images_that_ship(lab, chromium):
    with started(lab) as (url, _):
        page = chromium.new_page()
        page.goto(url)
        page.get_by_test_id("tile-0").wait_for(timeout=60_000)
        assert page.get_by_test_id("map-canvas").is_visible()
        page.close()


def test_what_is_wrong_is_said_with_the_command_that_was_given(lab):
    command, variables, elsewhere = lab
    done = run((command, variables | {"PORT": "http"}, elsewhere))
    assert done.returncode == 1
    assert "For example: PORT=8502 ssvae-lab" in done.stderr
