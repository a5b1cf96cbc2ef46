"""A Chromium for tests and benchmarks: the one that is there, or one that is installed now."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str | None:
    """The path of a Chromium: SSVAE_CHROMIUM, one on the PATH, or Playwright's own."""
    if named := os.environ.get("SSVAE_CHROMIUM"):
        return named
    for name in NAMES:
        if path := shutil.which(name):
            return path
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def launch(playwright: Playwright) -> Browser:
    """A browser whose pages can be driven: what waits in a page is text that is evaluated there.

    The app's own policy does not let that be; with bypass_csp=False a page obeys it.
    """
    arguments = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
    browser = playwright.chromium.launch(executable_path=find(), args=arguments)
    for name in ("new_page", "new_context"):
        setattr(browser, name, partial(getattr(browser, name), bypass_csp=True))
    return browser


def install() -> None:
    """Install one: Playwright's, or where that cannot be fetched, the system's."""
    if subprocess.call([sys.executable, "-m", "playwright", "install", "chromium"]) == 0:
        return
    if shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.check_call(["apt-get", "update", "-qq"])
        subprocess.check_call(["apt-get", "install", "-y", "-qq", "chromium"])


if __name__ == "__main__":
    if find() is None:
        install()
    if find() is None:
        sys.exit(
            "The tests drive a real browser, and no Chromium was found or could be installed. "
            f"Install one of {', '.join(NAMES)}, or name it in SSVAE_CHROMIUM."
        )
