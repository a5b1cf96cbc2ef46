"""A page that waits for its first state says so, and shows no control that means nothing yet."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route

from tests.support.desk import SECONDS

SESSION = re.compile(r"/api/sessions/[^/]+/state")
PAGES = {  # path -> what its first answer is asked by, and what it says meanwhile
    "": (SESSION, "Opening the session"),
    "compare": (SESSION, "Opening the session"),
    "review": (SESSION, "Opening the session"),
    "export": (SESSION, "Opening the session"),
    "data": (re.compile(r"/api/data$"), "Opening your data sets"),
}
CONTROLS = """() => [...document.querySelectorAll("[data-testid=stBidiComponentIsolated]")]
  .flatMap(({ shadowRoot: root }) =>
    [...root?.querySelectorAll(".desk :is(button, input, select, a)") ?? []])
  .filter((control) => control.checkVisibility({ visibilityProperty: true })).length"""
LONG = 10_500  # ms
HINT = "waiting-long"


@pytest.fixture(scope="module")
def session(app):
    """One session for all of it."""
    return app.new_session().id


class Gate:
    """Holds the requests that a pattern names until it is told what to do with them."""

    def __init__(self, page: Page, pattern: re.Pattern[str]):
        self.held: list[Route] = []
        self.act = self.held.append
        page.route(pattern, lambda route: self.act(route))

    def then(self, act: Callable[[Route], None]) -> None:
        """Do this with those held, and with all that come."""
        self.act = act
        for route in self.held:
            act(route)


@pytest.fixture
def held(chromium, app, session):
    """Opens a page whose first question is not answered: (page, the gate that holds it)."""
    opened = []

    def open_(path: str) -> tuple[Page, Gate]:
        page = chromium.new_page(viewport={"width": 1440, "height": 900})
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        opened.append((page, errors))
        gate = Gate(page, PAGES[path][0])
        page.clock.install()
        page.goto(f"{app.url}/{path}?session={session}")
        page.get_by_test_id("waiting").wait_for(timeout=30 * SECONDS)
        return page, gate

    yield open_
    for page, errors in opened:
        page.close()
        assert errors == []


@pytest.mark.parametrize("path", PAGES)
def test_it_says_what_it_waits_for_and_why_it_may_take_long_and_then_shows_the_page(held, path):
    page, gate = held(path)
    words = PAGES[path][1]
    waiting = page.get_by_test_id("waiting")
    assert waiting.get_by_text(words, exact=True).is_visible()
    assert page.evaluate(CONTROLS) == 0
    assert not page.get_by_test_id(HINT).is_visible()
    page.clock.run_for(LONG)
    assert "longer than usual" in page.get_by_test_id(HINT).inner_text()
    gate.then(lambda route: route.continue_())
    waiting.wait_for(state="detached", timeout=30 * SECONDS)
    assert page.evaluate(CONTROLS) > 3


def test_where_nothing_answers_it_says_that_the_app_may_not_run(held):
    page, gate = held("review")
    gate.then(lambda route: route.abort())
    page.clock.run_for(LONG)
    page.get_by_test_id(HINT).get_by_text("The server does not answer").wait_for()
    assert page.evaluate(CONTROLS) == 0


def test_where_the_server_refuses_its_words_stand_there(held):
    page, gate = held("export")
    refusal = {"error": "There is no session 'x'."}
    gate.then(lambda route: route.fulfill(status=404, json=refusal))
    page.get_by_test_id("waiting").get_by_text("There is no session 'x'.").wait_for()
    assert "cannot be opened" in page.get_by_test_id("waiting").inner_text()


def test_until_the_map_is_read_its_place_says_so_and_has_no_tools(chromium, app, session):
    page = chromium.new_page(viewport={"width": 1440, "height": 900})
    gate = Gate(page, re.compile(r"/api/sessions/[^/]+/map"))
    page.goto(f"{app.url}/?session={session}")
    page.get_by_test_id("map-wait").get_by_text("60 000 images").wait_for(timeout=30 * SECONDS)
    assert not page.get_by_test_id("tool-lasso").is_visible()
    gate.then(lambda route: route.continue_())
    page.get_by_test_id("map-wait").wait_for(state="hidden", timeout=30 * SECONDS)
    assert page.get_by_test_id("tool-lasso").is_visible()
    page.close()
