"""Every task by keyboard alone, and what has the focus is seen to have it."""

from __future__ import annotations

import numpy as np
import pytest

from ssvae_core.data import load_dataset
from ssvae_core.labels.history import replay
from tests.support.desk import LAB, SECONDS, Desk
from tests.support.few_digits import N

REVIEW = "window.ssvaeReview"
FOCUSED = """
let it = document.activeElement
while (it?.shadowRoot?.activeElement) it = it.shadowRoot.activeElement
"""
# {name, isSeen}: its test id (or that of what it is in), and whether a ring is around it.
WHERE = f"""() => {{
  {FOCUSED}
  const ring = (element) => element && getComputedStyle(element).outlineStyle !== "none"
    && parseFloat(getComputedStyle(element).outlineWidth) >= 2
  return {{ name: it?.closest("[data-testid]")?.dataset.testid ?? "", tag: it?.tagName ?? "",
           isSeen: Boolean(ring(it) || ring(it?.closest(".pick, .sel"))) }}
}}"""


def focus(page):
    """The test id of what has the focus."""
    return page.evaluate(WHERE)["name"]


def tab_to(page, testid, key="Tab"):
    """Press Tab until this has the focus; its ring must be seen."""
    seen = []
    for _ in range(90):
        page.keyboard.press(key)
        here = page.evaluate(WHERE)
        seen.append(here["name"])
        if here["name"] == testid:
            assert here["isSeen"], f"no ring is around {testid}"
            return
    raise AssertionError(f"Tab does not reach {testid}, only {seen}")


@pytest.fixture(scope="module")
def session(app, new_session):
    """Some labels of each class, two of them wrong; it learns only when it is told."""
    key, session = load_dataset("mnist").answer_key[:N], new_session()
    app.get(f"sessions/{session}/state?wait=0")
    when = {"mode": "asked", "labels": 10, "seconds": 10}
    app.post(f"sessions/{session}/trainer", {"when": when})
    for k in range(10):
        app.label(session, np.flatnonzero(key == k)[:5].tolist(), k)
    app.label(session, np.flatnonzero(key == 0)[9:10].tolist(), 1)
    app.label(session, np.flatnonzero(key == 6)[9:10].tolist(), 1)
    return session


@pytest.fixture(scope="module")
def desk(chromium, app, session):
    desk = Desk(chromium, app, session)
    desk.guesses_for(52)
    desk.until(f"{LAB}.focus !== null && window.ssvaeLabel.queue.answer")
    yield desk
    assert desk.errors == []
    desk.page.close()


@pytest.fixture
def page(desk):
    return desk.page


def history_of(app, session):
    return replay(app.store.events(session), app.store.session(session).classes)


def test_an_order_is_chosen_and_class_keys_label_from_where_one_is(desk, page):
    tab_to(page, "strategy")
    desk.press(
        "ArrowDown", "ArrowDown"
    )  # the list keeps the focus: the third order, not the second
    third = desk.js("window.ssvaeLabel.queue.answer.strategies[2].name")
    desk.until(f"window.ssvaeLabel.queue.order.strategy === '{third}'")
    assert focus(page) == "strategy"
    desk.until("window.ssvaeLabel.queue.answer.strategy !== 'auto'")
    before = desk.stored()
    desk.press("3")
    desk.settled()
    assert [cls for example, cls in desk.stored().items() if example not in before] == [3]
    desk.press("z")
    desk.settled()
    assert desk.stored() == before
    tab_to(page, "tune")
    desk.press("Enter")
    assert focus(page) == "mix"
    desk.press("Escape")
    assert focus(page) == "tune"


def test_a_class_is_made_renamed_and_its_menu_is_left_where_it_was_entered(desk, page):
    framed = desk.js(f"{LAB}.focus")
    desk.press("n")
    page.keyboard.type("seven with a bar")
    desk.press("Enter")
    desk.until(f"{LAB}.labels[{framed}] === 10")
    tab_to(page, "chip-5")
    desk.press("ArrowDown")
    assert focus(page) == "rename"
    for _ in range(30):  # round and round, never out of it
        desk.press("Tab")
        assert desk.js(f"(() => {{ {FOCUSED}; return Boolean(it.closest('.class-menu')) }})()")
    desk.press("Escape")
    assert focus(page) == "chip-5"
    desk.press("z")
    desk.press("z")
    desk.settled()


def test_several_images_are_selected_and_labelled_in_one_step(desk, page):
    tab_to(page, "select-menu")
    desk.press("Enter")
    assert focus(page) == "select-similar"
    desk.press("Enter")
    desk.until(f"{LAB}.selection.size > 10")
    chosen = set(desk.js(f"[...{LAB}.selection]"))
    desk.press("Escape")
    assert focus(page) == "select-menu"
    before = desk.stored()
    desk.press("5")
    desk.settled()
    assert desk.stored() == before | dict.fromkeys(chosen, 5)
    desk.press("z")
    desk.settled()
    assert desk.stored() == before
    desk.press("g")  # many at once: mark what is wrong, Enter takes the rest
    desk.until("window.ssvaeLabel.grid.page.length > 10")
    tab_to(page, "board")
    desk.press("ArrowRight", "Space", "ArrowDown", "Space")
    assert desk.js("window.ssvaeLabel.grid.marked.size") == 2
    desk.press("Escape", "Escape")
    desk.until("window.ssvaeLabel.layoutModes.view === 'grid'")


def test_the_training_panel_is_opened_set_and_left(desk, page):
    tab_to(page, "trainer", "Shift+Tab")
    desk.press("Enter")
    page.get_by_test_id("training").wait_for()
    tab_to(page, "when-asked")
    desk.press("ArrowUp")
    desk.until(f"{LAB}.state.trainer.when.mode === 'quiet'")
    desk.press("ArrowDown")
    desk.until(f"{LAB}.state.trainer.when.mode === 'asked'")
    desk.press("Escape")
    assert focus(page) == "trainer"
    desk.press("?")
    page.get_by_test_id("key-sheet").wait_for()
    desk.press("Enter")  # its Close has the focus
    page.get_by_test_id("key-sheet").wait_for(state="hidden")


def test_doubts_an_audit_and_a_cell_of_the_matrix(desk, page, app, session):
    labels = history_of(app, session).labels
    wrong = [example for example, cls in labels.items() if cls == 1][-2:]
    found = [
        {
            "example": example,
            "label": 1,
            "fits": 0,
            "gap": 4.2,
            "by_bound": True,
            "who": "",
            "at": 1.7e9,
        }
        for example in wrong
    ]  # made up here: to find them takes longer than all else together
    answer = {"items": found, "checked": len(labels)}
    page.route("**/review/doubts", lambda route: route.fulfill(json=answer))
    page.goto(f"{app.url}/review?session={session}")
    page.wait_for_function(
        f"['audit', 'matrix', 'doubts'].every((name) => {REVIEW}?.findings.of(name))"
        f" && {REVIEW}.findings.of('matrix').n && {REVIEW}.client.labels",
        timeout=60 * SECONDS,
    )
    settled = f"{REVIEW}.client.pendingCount === 0"

    example = int(page.locator(".doubt.f").get_attribute("data-example"))
    page.keyboard.press("Enter")
    page.wait_for_function(settled)
    assert history_of(app, session).labels[example] == 0

    tab_to(page, "check-more")
    page.keyboard.press("Enter")
    page.get_by_test_id("questions").wait_for()
    page.keyboard.press("4")
    page.keyboard.press("u")
    tab_to(page, "answer-2")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.wait_for_function(settled)
    assert len(history_of(app, session).held) == 2
    assert focus(page) == "check-more"

    for _ in range(20):  # the matrix is one stop, arrows go through it
        page.keyboard.press("Tab")
        if focus(page).startswith("cell-"):
            break
    first = focus(page)
    page.keyboard.press("ArrowRight")
    cell = focus(page)
    assert cell.startswith("cell-")
    assert cell != first
    page.keyboard.press("Enter")
    tile = page.locator("[data-testid=cell-images] button").first
    tile.wait_for(timeout=20 * SECONDS)
    tab_to(page, "cell-images")
    page.keyboard.press("Space")
    assert focus(page) == "cell-images"  # on the tile that was drawn anew
    chosen = int(tile.get_attribute("data-example"))
    assert tile.get_attribute("aria-pressed") == "true"
    tab_to(page, "label-chosen")
    page.keyboard.press("Enter")
    page.wait_for_function(settled)
    assert chosen in history_of(app, session).labels
    page.keyboard.press("Escape")
    assert focus(page) == cell


def test_a_format_is_chosen_and_written(desk, page, app, session):
    page.goto(f"{app.url}/export?session={session}")
    page.wait_for_function("window.ssvaeExport?.exports.counted && window.ssvaeExport.exports.all")
    tab_to(page, "format-csv")
    page.keyboard.press("ArrowRight")
    assert focus(page) == "format-jsonl"
    assert page.get_by_test_id("format-jsonl").get_attribute("aria-checked") == "true"
    tab_to(page, "what-labels")
    page.keyboard.press("Space")
    tab_to(page, "export")
    page.keyboard.press("Enter")
    page.get_by_test_id("download").wait_for(timeout=30 * SECONDS)
    [written] = app.get(f"sessions/{session}/exports")["exports"]
    assert written["format"] == "jsonl"
