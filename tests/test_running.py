"""The real app as those who run it see it: its log, its figures, copies of it, its end."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from benchmarks.app_process import App, wait_until
from ssvae_core.labels.recovery import check_at_start
from ssvae_core.storage.paths import CHECKPOINTS
from tests.support.small_store import n_labels

ROOT = Path(__file__).resolve().parents[1]
LONGEST_END = 10.0  # seconds


def command(app, *wish):
    return subprocess.run(
        [sys.executable, "-m", "ssvae_core", *wish],
        cwd=ROOT,
        env=os.environ | app.environment,
        capture_output=True,
        text=True,
        check=False,
    )


def read(app, path):
    with urllib.request.urlopen(f"{app.url}{path}", timeout=30) as answer:
        return answer.read().decode()


@pytest.fixture(scope="module")
def stopped(tmp_path_factory):
    """(the app after SIGTERM while it trained, what was seen meanwhile, how long the end took)."""
    root = tmp_path_factory.mktemp("lab")
    app = App(root, is_started=False)
    app.environment |= {"SSVAE_LOG": "json", "SSVAE_THREADS": "1"}
    app.start()
    seen = {"health": json.loads(read(app, "/health"))}
    session = app.new_session("m2", "digits", 1797).id
    for k in range(10):
        app.label(session, [k], k)
    state = f"sessions/{session}/state"
    wait_until(lambda: app.get(state)["trainer"]["step"] > 20, 120, "the trainer takes steps")
    seen["metrics"] = read(app, "/metrics")
    seen["backup"] = command(app, "backup", str(root.parent / f"{root.name}.zip"))
    seen["doctor"] = command(app, "doctor", "--json")
    seen["workers"] = app.worker_pids()
    app.label(session, [20], 3)
    begin, seen["ended_at"] = time.monotonic(), time.time()
    app.process.send_signal(signal.SIGTERM)
    app.process.wait(60)
    seconds = time.monotonic() - begin
    yield app, session, seen, seconds
    app.store.close()


def test_it_answers_that_it_is_well_and_how_busy(stopped):
    _, session, seen, _ = stopped
    assert seen["health"] == {"status": "ok"}
    lines = seen["metrics"].splitlines()
    assert f'ssvae_labels_total{{session="{session}"}} 10.0' in lines
    steps = [line for line in lines if line.startswith(f'ssvae_steps_total{{session="{session}"}}')]
    assert float(steps[0].split()[-1]) > 20


def test_a_copy_made_meanwhile_is_whole_and_doctor_sees_the_app(stopped, tmp_path, monkeypatch):
    app, _, seen, _ = stopped
    assert seen["backup"].returncode == 0, seen["backup"].stderr
    assert "10 labels in 2 sessions" in seen["backup"].stdout
    checks = {each["name"]: each for each in json.loads(seen["doctor"].stdout)["checks"]}
    assert app.url in checks["workspace"]["found"]
    assert "10 labels" in checks["labels"]["found"]
    elsewhere = {"SSVAE_WORKSPACE": str(tmp_path / "lab")}
    monkeypatch.setattr(app, "environment", elsewhere)
    done = command(app, "restore", str(app.root.parent / f"{app.root.name}.zip"))
    assert done.returncode == 0, done.stderr
    check_at_start(tmp_path / "lab" / "labels.db")
    assert n_labels(tmp_path / "lab" / "labels.db") == 10


def test_it_ends_within_seconds_with_a_checkpoint_and_every_label(stopped):
    app, session, seen, seconds = stopped
    assert seconds < LONGEST_END
    assert n_labels(app.root / "labels.db") == 11
    check_at_start(app.root / "labels.db")
    manifests = [*app.root.glob(f"sessions/{session}/{CHECKPOINTS}/manifest.json")]
    assert max(each.stat().st_mtime for each in manifests) > seen["ended_at"]
    assert seen["workers"]
    assert not any(Path(f"/proc/{pid}").exists() for pid in seen["workers"])


def test_its_log_is_lines_of_json(stopped):
    app, *_ = stopped
    lines = [json.loads(line) for line in (app.root / "app.log").read_text().splitlines()[1:]]
    events = [line.get("event") for line in lines]
    assert {"up", "request", "closed"} <= {*events}
    posts = [line for line in lines if line.get("event") == "request"]
    assert {line["status"] for line in posts} == {200}
    assert len(posts) == 11
