"""While a page waits for its first state it says so, and shows no control that means nothing yet."""

from __future__ import annotations

import re

import pytest
from desk import SECONDS
from playwright.sync_api import Page, Route

SESSION = re.compile(r"/api/sessions/[^/]+/state")
PAGES = {  # path -> what its first answer is asked by, and what it says meanwhile
    "": (SESSION, "Opening the session"),
    "review": (SESSION, "Opening the session"),
    "export": (SESSION, "Opening the session"),
    "data": (re.compile(r"/api/data$"), "Opening your data sets"),
}
CONTROLS = """() => [...document.querySelectorAll("[data-testid=stBidiComponentIsolated]")]
  .flatMap(({ shadowRoot }) => [...shadowRoot?.querySelectorAll(".desk :is(button, input, select, a)") ?? []])
  .filter((control) => control.checkVisibility({ visibilityProperty: true })).length"""
LONG = 10_500  # ms
HINT = "waiting-long"


@pytest.fixture(scope="module")
def session(app):
    """One session for all of it."""
    return app.new_session().id


@pytest.fixture
def held(chromium, app, session):
    """Opens a page whose first question is not answered: (page, the held requests)."""
    opened = []

    def open_(path: str) -> tuple[Page, list[Route]]:
        page = chromium.new_page(viewport={"width": 1440, "height": 900})
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        opened.append((page, errors))
        routes: list[Route] = []
        page.route(PAGES[path][0], routes.append)
        page.clock.install()
        page.goto(f"{app.url}/{path}?session={session}")
        page.get_by_test_id("waiting").wait_for(timeout=30 * SECONDS)
        return page, routes

    yield open_
    for page, errors in opened:
        page.unroute_all(behavior="ignoreErrors")
        page.close()
        assert errors == []


@pytest.mark.parametrize("path", PAGES)
def test_it_says_what_it_waits_for_and_why_it_may_take_long_and_then_shows_the_page(held, path):
    page, routes = held(path)
    pattern, words = PAGES[path]
    waiting = page.get_by_test_id("waiting")
    assert waiting.get_by_text(words, exact=True).is_visible()
    assert page.evaluate(CONTROLS) == 0
    assert not page.get_by_test_id(HINT).is_visible()
    page.clock.run_for(LONG)
    assert "longer than usual" in page.get_by_test_id(HINT).inner_text()
    page.unroute(pattern)
    for route in routes:
        route.continue_()
    waiting.wait_for(state="detached", timeout=30 * SECONDS)
    assert page.evaluate(CONTROLS) > 3


def test_where_nothing_answers_it_says_that_the_app_may_not_run(held):
    page, routes = held("review")
    page.unroute(SESSION)
    page.route(SESSION, lambda route: route.abort())
    for route in routes:
        route.abort()
    page.clock.run_for(LONG)
    page.get_by_test_id(HINT).get_by_text("The server does not answer").wait_for()
    assert page.evaluate(CONTROLS) == 0


def test_where_the_server_refuses_its_words_stand_there(held):
    page, routes = held("export")
    routes[0].fulfill(status=404, json={"error": "There is no session 'x'."})
    page.get_by_test_id("waiting").get_by_text("There is no session 'x'.").wait_for()
    assert "cannot be opened" in page.get_by_test_id("waiting").inner_text()


def test_until_the_map_is_read_its_place_says_so_and_has_no_tools(chromium, app, session):
    page = chromium.new_page(viewport={"width": 1440, "height": 900})
    routes: list[Route] = []
    page.route(re.compile(r"/api/sessions/[^/]+/map"), routes.append)
    page.goto(f"{app.url}/?session={session}")
    page.get_by_test_id("map-wait").get_by_text("60 000 images").wait_for(timeout=30 * SECONDS)
    assert not page.get_by_test_id("tool-lasso").is_visible()
    for route in routes:
        route.continue_()
    page.get_by_test_id("map-wait").wait_for(state="hidden", timeout=30 * SECONDS)
    assert page.get_by_test_id("tool-lasso").is_visible()
    page.close()
