"""People who press keys at a steady pace, whatever the app answers."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from benchmarks.app_process import App

NO_ANSWER = "no answer"
AT_ONCE = 64  # requests under way at most
PATIENCE = 60.0  # seconds until a request counts as not answered
TRIES = 20  # of a label that is sent again after the fault


class People:
    """Some people who label one image after another in one session."""

    def __init__(self, app: App, session: str, n: int = 1, rate: float = 20.0):
        """`rate`: labels a second of all of them together."""
        self.app, self.session, self.n, self.rate = app, session, n, rate
        self.pressed: dict[str, tuple[dict[str, Any], str]] = {}  # by op_id: an operation, by whom
        self.seconds: dict[str, float] = {}  # until each was acknowledged
        self.told: Counter[str] = Counter()  # what they were told instead
        self._lock, self._stopping = threading.Lock(), threading.Event()

    @contextmanager
    def pressing(self) -> Iterator[None]:
        """They press while the block runs; all requests are answered at its end, or given up."""
        self._stopping.clear()
        with ThreadPoolExecutor(AT_ONCE) as requests:
            hand = threading.Thread(target=self._press, args=(requests,))
            hand.start()
            try:
                yield
            finally:
                self._stopping.set()
                hand.join()

    def send_again(self) -> None:
        """What was not acknowledged goes once more, as a page does it, until it is."""
        for op_id, (op, who) in self.pressed.items():
            for _ in range(TRIES):
                if op_id in self.seconds:
                    break
                self._send(op, who)

    def lost(self) -> set[str]:
        """What they pressed that is not in the store."""
        return self.pressed.keys() - {event.op_id for event in self.app.store.events(self.session)}

    def _press(self, requests: ThreadPoolExecutor) -> None:
        start = time.monotonic()
        for k in range(1_000_000):
            if self._stopping.wait(max(start + k / self.rate - time.monotonic(), 0)):
                return
            op_id, example = str(uuid.uuid4()), (7919 * (k + 1)) % 60_000
            op = {"op_id": op_id, "kind": "label", "examples": [example], "class": k % 10}
            self.pressed[op_id] = op, f"person {k % self.n}"
            requests.submit(self._send, *self.pressed[op_id])

    def _send(self, op: dict[str, Any], who: str) -> None:
        began = time.monotonic()
        said = self._answer(op, who)
        with self._lock:
            if said:
                self.told[said] += 1
            else:
                self.seconds[op["op_id"]] = time.monotonic() - began

    def _answer(self, op: dict[str, Any], who: str) -> str:
        """Why it is not acknowledged; "" if it is."""
        headers = {"content-type": "application/json", "cookie": f"ssvae_person={who[-2:].strip()}"}
        url = f"{self.app.url}/api/sessions/{self.session}/events"
        request = urllib.request.Request(url, json.dumps({"ops": [op]}).encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                (result,) = json.load(answer)["results"]
                return str(result.get("error", ""))
        except urllib.error.HTTPError as error:
            try:
                return str(json.load(error)["error"])
            except (ValueError, KeyError):
                return f"status {error.code} without a sentence"
        except (OSError, ValueError):
            return NO_ANSWER
