"""A page on a session, and what a person does with it."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page

from benchmarks.app_process import App
from ssvae_core.labels.history import replay

SECONDS = 1000  # Playwright counts in milliseconds
LAB = "window.ssvaeLabel?.client"


class Desk:
    """A page on a session, and what a person does with it."""

    def __init__(self, chromium: Browser, app: App, session: str):
        self.app, self.session = app, session
        self.errors: list[str] = []
        self.hosts: set[str] = set()
        self.page: Page = chromium.new_page(viewport={"width": 1440, "height": 900})
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))
        self.open()

    def open(self):
        self.page.goto(f"{self.app.url}/?session={self.session}")
        self.until(f"window.ssvaeLabel?.map.drawn > 0 && {LAB}?.xy && {LAB}?.focus !== null")

    def until(self, expression: str, seconds: float = 60):
        self.page.wait_for_function(expression, timeout=seconds * SECONDS)

    def js(self, expression: str):
        return self.page.evaluate(expression)

    def press(self, *keys: str):
        for key in keys:
            self.page.keyboard.press(key)

    def settled(self):
        """Everything is acknowledged, and what others did has been read."""
        self.until(
            f"{LAB}?.pendingCount === 0 && {LAB}?.connection === 'ok'"
            f" && !{LAB}?.loader.isReading('labels')"
        )

    def guesses_for(self, n_labels: int, seconds: float = 90):
        """The snapshot on screen has seen so many labels."""
        self.until(
            f"{LAB}?.guesses && {LAB}?.state.snapshot?.n_labels === {n_labels}"
            f" && {LAB}?.guesses.rev === {LAB}?.state.snapshot.rev",
            seconds,
        )

    def count(self, key: str) -> str:
        return self.page.get_by_test_id(f"chip-{key}").inner_text()

    def stored(self) -> dict[int, int]:
        """What the store holds now."""
        events = self.app.store.events(self.session)
        return replay(events, self.app.store.session(self.session).classes).labels
