"""axe-core finds nothing serious on any page, light or dark, and no text is too faint."""

from __future__ import annotations

import numpy as np
import pytest

from ssvae_core.data import load_dataset
from tests.support.accessible import complaints
from tests.support.desk import LAB, SECONDS, Desk
from tests.support.few_digits import N
from tests.support.small_files import encoded, picture, write

THEMES = ("light", "dark")
REVIEW = "window.ssvaeReview?.findings"


@pytest.fixture(scope="module")
def desk(chromium, app, new_session):
    """A session with a few labels of every class, some wrong; it learns only when it is told."""
    desk = Desk(chromium, app, new_session())
    desk.page.emulate_media(reduced_motion="reduce")  # nothing is judged while it fades in
    when = {"mode": "asked", "labels": 10, "seconds": 10}
    app.post(f"sessions/{desk.session}/trainer", {"when": when})
    key = load_dataset("mnist").answer_key[:N]
    for k in range(10):
        right, wrong = np.flatnonzero(key == k)[:3], np.flatnonzero(key == (k + 1) % 10)[9:10]
        app.label(desk.session, [*right.tolist(), *wrong.tolist()], k)
    desk.guesses_for(40)
    desk.open()  # and an image is framed that has no label
    yield desk
    assert desk.errors == []
    desk.page.close()


def check(page, where: str):
    """Both themes, without another load of the page."""
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        page.locator(f".desk[data-theme={theme}]").wait_for()
        assert complaints(page) == [], f"{where}, {theme}"


def test_the_label_page_before_the_first_label(chromium, app, new_session):
    desk = Desk(chromium, app, new_session())
    check(desk.page, "without labels")
    desk.page.close()


def test_the_label_page_and_its_ways_of_working(desk):
    check(desk.page, "labelled")
    desk.press("g")
    check(desk.page, "the board")
    desk.press("g")
    for where in ("the card", "groups", "the grid"):
        desk.press("Shift+G")
        if where == "groups":
            desk.page.get_by_test_id("groups-open").locator("button").first.wait_for()
        check(desk.page, where)
    desk.js(f"{LAB}.setSelection([1, 2, 3])")
    check(desk.page, "a selection")
    desk.press("Escape")


def test_what_opens_over_the_label_page(desk):
    """In one theme: its colours are those of the panels below, which are checked in both."""
    desk.page.emulate_media(color_scheme="light")
    for key in ("Shift+T", "n", "Shift+H", "s", "?"):
        desk.press(key)
        assert complaints(desk.page) == [], key
        desk.press("Escape")
    desk.page.get_by_test_id("chip-3").locator(".main").focus()
    desk.press("ArrowDown")
    assert complaints(desk.page) == [], "the menu of a class"
    desk.press("Escape")


def test_review(desk, app):
    """With a doubt made up here: to find one takes longer than all else together."""
    page, doubt = desk.page, {"label": 1, "fits": 2, "gap": 4.2, "by_bound": True, "who": "Ana"}
    items = [{**doubt, "example": example, "at": 1.7e9} for example in list(desk.stored())[:3]]
    found = {"items": items, "checked": 40}
    page.route("**/review/doubts", lambda route: route.fulfill(json=found))
    page.goto(f"{app.url}/review?session={desk.session}")
    page.wait_for_function(
        f"['audit', 'matrix', 'doubts'].every((name) => {REVIEW}?.of(name))", timeout=60 * SECONDS
    )
    page.locator("[data-testid^=cell-]:not(.same)").first.click()
    page.locator("[data-testid=cell-images] button").first.wait_for()
    check(page, "review")
    page.get_by_test_id("check-more").click()
    check(page, "an audit")
    page.keyboard.press("Escape")


def test_a_lesson_and_the_list_of_lessons(desk, app):
    page = desk.page
    page.goto(f"{app.url}/learn?session={desk.session}")
    page.wait_for_function("window.ssvaeLearn?.lessons.all", timeout=30 * SECONDS)
    check(page, "lessons")
    page.locator(".lesson-row").first.click()
    page.locator("[data-testid=kept] figure").first.wait_for()
    check(page, "a question")
    desk.press("s", "Enter")
    page.locator("[data-testid=now] figure").first.wait_for()
    desk.press("Enter", "Enter")
    check(page, "a lesson at its end")
    desk.press("f")
    check(page, "a formula")
    desk.press("Escape", "?")
    assert complaints(page) == [], "its keys"
    desk.press("Escape")


def test_data_with_a_report_and_export(desk, app):
    page, folder = desk.page, app.root / "shells"
    for k in range(40):
        write(folder / ("cockle", "whelk")[k % 2] / f"{k}.png", encoded(picture(k)))
    app.post("data/imports", {"path": str(folder), "name": "shells"})
    page.goto(f"{app.url}/data?session={desk.session}")
    page.wait_for_function("window.ssvaeData?.shelf.report", timeout=30 * SECONDS)
    check(page, "data")
    app.post("data/learning/stop", {})
    page.goto(f"{app.url}/export?session={desk.session}")
    page.wait_for_function("window.ssvaeExport?.exports.counted && window.ssvaeExport.exports.all")
    check(page, "export")
    page.get_by_test_id("person").click()
    check(page, "who sits here")
