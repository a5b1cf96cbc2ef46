"""The real app in a process of its own, for tests and benchmarks that drive it from outside."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ssvae_core.labels.store import LabelStore, SessionRow
from ssvae_core.options.catalogue import IN_SESSIONS
from ssvae_core.storage.paths import LABEL_DATABASE

ROOT = Path(__file__).resolve().parents[1]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class App:
    """`python app.py` on a workspace; its worker processes come and go with it."""

    def __init__(self, root: Path, is_started: bool = True):
        self.root, self.port = root, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {"PORT": str(self.port), "SSVAE_WORKSPACE": str(root)}
        if is_started:
            self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        with (self.root / "app.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "app.py"],
                cwd=ROOT,
                env=os.environ | self.environment,
                stdout=log,
                stderr=log,
            )
        wait_until(self._answers, 60, "the app answers")
        self.store = LabelStore(self.root / LABEL_DATABASE)

    def kill(self) -> None:
        """Kill -9."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """Ctrl-C."""
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.kill()
        self.store.close()

    def new_session(
        self,
        model: str = IN_SESSIONS,
        data: str = "mnist",
        n_examples: int = 60_000,
        classes: Sequence[str] = "0123456789",
    ) -> SessionRow:
        """A session, by default on MNIST and as a person would begin one."""
        return self.store.create_session(
            "Test", data=data, model=model, n_examples=n_examples, classes=tuple(classes)
        )

    def get(self, path: str) -> Any:
        """JSON of a GET."""
        with urllib.request.urlopen(f"{self.url}/api/{path}", timeout=30) as answer:
            return json.load(answer)

    def post(self, path: str, body: Any, who: str = "") -> Any:
        """JSON of a POST by this person."""
        headers = {"content-type": "application/json", "cookie": f"ssvae_person={who}"}
        request = urllib.request.Request(
            f"{self.url}/api/{path}", json.dumps(body).encode(), headers
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def label(self, session: str, examples: list[int], label: int, who: str = "") -> Any:
        """Label examples as the page does."""
        op = {"op_id": str(uuid.uuid4()), "kind": "label", "examples": examples, "class": label}
        return self.post(f"sessions/{session}/events", {"ops": [op]}, who)

    def labels(self, session: str) -> list[tuple[int, int]]:
        """(example, class) of every label event in the store, in order."""
        return [
            (event.example, event.label)
            for event in self.store.events(session)
            if event.kind == "label"
        ]

    def worker_pids(self) -> list[int]:
        """The app's worker processes."""
        found = subprocess.run(
            ["pgrep", "-P", str(self.process.pid), "-f", "ssvae_core.worker.worker"],
            capture_output=True,
            text=True,
            check=False,
        )
        return [int(pid) for pid in found.stdout.split()]

    def _answers(self) -> bool:
        if self.process.poll() is not None:
            log = (self.root / "app.log").read_text()[-2000:]
            raise AssertionError(f"the app ended with {self.process.returncode}:\n{log}")
        try:
            urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=5).close()
        except (urllib.error.URLError, OSError):
            return False
        return True


def wait_until(condition: Any, seconds: float, what: str) -> Any:
    """The first truthy answer of condition(); AssertionError if none comes in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if answer := condition():
            return answer
        time.sleep(0.1)
    raise AssertionError(f"Waited {seconds} s in vain until {what}.")
