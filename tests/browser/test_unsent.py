"""Labels that nobody answered: they stay in the browser, the page says so, and they come back."""

from __future__ import annotations

import json
import re

import pytest

from tests.support.desk import LAB, SECONDS

EVENTS = re.compile(r"/api/sessions/[^/]+/events$")
NO_SESSION = {"error": "There is no session 'x' in this workspace. It may belong to another one."}
ANSWERS = {
    "another workspace": {"status": 404, "json": NO_SESSION},
    "another app": {"status": 200, "json": {"status": "ok"}},
}


@pytest.mark.parametrize("name", ANSWERS)
def test_four_keys_outlive_any_answer_that_is_no_result_and_a_reload(desk, name):
    desk.page.route(EVENTS, lambda route: route.fulfill(**ANSWERS[name]))
    desk.press("1", "2", "3", "4")
    unsent = desk.page.get_by_test_id("unsent")
    unsent.get_by_text("4 not saved").wait_for(timeout=30 * SECONDS)
    desk.open()
    assert desk.js(f"{LAB}.labelOverlay.labelled") == 4
    unsent.get_by_text("4 not saved").wait_for(timeout=30 * SECONDS)
    assert desk.stored() == {}
    desk.page.unroute(EVENTS)
    desk.settled()
    assert sorted(desk.stored().values()) == [1, 2, 3, 4]
    unsent.wait_for(state="hidden")


def test_they_can_be_downloaded_and_let_go_of_but_only_once_a_person_says_so(desk):
    desk.page.route(EVENTS, lambda route: route.fulfill(status=404, json=NO_SESSION))
    desk.press("1", "2")
    desk.page.get_by_test_id("unsent").click(timeout=30 * SECONDS)
    panel = desk.page.get_by_test_id("unsent-panel")
    assert "There is no session 'x' in this workspace" in panel.inner_text()
    with desk.page.expect_download() as downloading:
        panel.get_by_test_id("unsent-download").click()
    file = json.loads(downloading.value.path().read_text())
    assert [op["class_name"] for op in file["not_saved"]] == ["1", "2"]
    panel.get_by_test_id("unsent-discard").click()
    panel.get_by_text("Keep").click()
    assert desk.js(f"{LAB}.pendingCount") == 2
    panel.get_by_test_id("unsent-discard").click()
    panel.get_by_test_id("unsent-yes").click()
    panel.wait_for(state="detached")
    assert desk.js(f"[{LAB}.pendingCount, {LAB}.labelOverlay.labelled]") == [0, 0]
    desk.page.unroute(EVENTS)
    desk.open()
    desk.settled()
    assert desk.stored() == {}


def test_those_of_another_session_wait_for_it_and_are_told_of_on_every_page(desk, app, new_session):
    desk.page.route(EVENTS, lambda route: route.abort())
    desk.press("1", "2")
    desk.page.get_by_test_id("unsent").wait_for(timeout=30 * SECONDS)
    desk.js(
        "for (const name of Object.keys(localStorage).filter((n) => n.startsWith('ssvae.outbox.')))"
        " localStorage.setItem(name, JSON.stringify(JSON.parse(localStorage.getItem(name))"
        ".map((op) => ({ ...op, at: 1000 }))))"
    )
    other = new_session()
    desk.page.unroute(EVENTS)
    desk.page.goto(f"{app.url}/review?session={other}")
    desk.page.get_by_test_id("unsent").get_by_text("2 kept here").wait_for(timeout=60 * SECONDS)
    desk.page.get_by_test_id("unsent").click()
    desk.page.get_by_test_id("unsent-open").click()
    desk.page.get_by_test_id("unsent").wait_for(state="hidden", timeout=60 * SECONDS)
    desk.open()
    desk.settled()
    assert sorted(desk.stored().values()) == [1, 2]
    assert app.store.events(other) == []
