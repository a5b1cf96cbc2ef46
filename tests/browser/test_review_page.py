"""The review page in a real browser, on real images, with the real trainer."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.app_process import wait_until
from ssvae_core.data import load_dataset
from ssvae_core.labels.history import replay
from tests.support.desk import SECONDS
from tests.support.few_digits import N

REVIEW = "window.ssvaeReview"


@pytest.fixture(scope="module")
def reviewed(app, new_session):
    """A session with twelve labels of each class, two of them wrong."""
    key, session = load_dataset("mnist").answer_key[:N], new_session()
    rng = np.random.default_rng(0)
    for label in range(10):
        chosen = rng.choice(np.flatnonzero(key == label), 13, replace=False).tolist()
        app.label(session, chosen[:12], label)
        if label in (0, 6):
            app.label(session, [chosen[12]], 1)
    return session


@pytest.fixture
def page(app, chromium, reviewed):
    page = chromium.new_page(viewport={"width": 1440, "height": 900})
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{app.url}/review?session={reviewed}")
    page.wait_for_function(
        f"{REVIEW}?.client.guesses && {REVIEW}.findings.of('doubts')?.checked > 100",
        timeout=120 * SECONDS,
    )
    yield page
    page.close()
    assert errors == []


def history_of(app, session):
    return replay(app.store.events(session), app.store.session(session).classes)


def settled(page):
    page.wait_for_function(f"{REVIEW}.client.pendingCount === 0", timeout=30 * SECONDS)


def test_wrong_labels_come_first_and_one_key_repairs_or_keeps_them(page, app, reviewed):
    before = history_of(app, reviewed).labels
    first = page.locator(".doubt.f")
    example = int(first.get_attribute("data-example"))
    fits = page.evaluate(f"{REVIEW}.findings.of('doubts').items[0].fits")
    assert fits == load_dataset("mnist").answer_key[example] != before[example]
    page.keyboard.press("Enter")
    settled(page)
    assert history_of(app, reviewed).labels[example] == fits
    kept = int(page.locator(".doubt.f").get_attribute("data-example"))
    assert kept != example
    page.keyboard.press("k")
    settled(page)
    assert history_of(app, reviewed).is_kept(kept)
    page.keyboard.press("z")
    page.keyboard.press("z")
    settled(page)
    assert history_of(app, reviewed).labels == before


def test_where_people_differ_is_a_list_and_a_class_key_settles_it(page, app, reviewed):
    example = min(history_of(app, reviewed).labels)
    for who, label in (("Ana", 3), ("Bo", 8)):
        app.label(reviewed, [example], label, who)
    page.get_by_test_id("tab-disagreements").click()
    row = page.locator(f".doubt.f[data-example='{example}']")
    row.wait_for(timeout=20 * SECONDS)
    wait_until(lambda: {"Ana", "Bo"} <= set(row.inner_text().split()), 20, "both votes are shown")
    page.keyboard.press("3")
    settled(page)
    last = app.store.events(reviewed)[-1]
    assert (last.kind, last.example, last.label) == ("settle", example, 3)
    assert history_of(app, reviewed).labels[example] == 3
    page.get_by_test_id("nothing").get_by_text("Nobody disagrees").wait_for()


def test_a_cell_opens_its_images_and_a_class_key_labels_the_chosen_ones(page, app, reviewed):
    page.locator("[data-testid^=cell-]:not(.same)").first.click()
    tile = page.locator("[data-testid=cell-images] button").first
    tile.wait_for(timeout=20 * SECONDS)
    example = int(tile.get_attribute("data-example"))
    tile.click()
    page.get_by_test_id("label-chosen").click()
    settled(page)
    row = page.evaluate(f"{REVIEW}.client.labels[{example}]")
    assert history_of(app, reviewed).labels[example] == row
    page.keyboard.press("z")
    settled(page)
    assert example not in history_of(app, reviewed).labels


def test_an_audit_asks_without_showing_the_guess_and_gives_an_interval(page, app, reviewed):
    key = load_dataset("mnist").answer_key
    assert page.get_by_test_id("audit-value").inner_text() == "No figure yet"
    page.get_by_test_id("check-more").click()
    dialog = page.get_by_test_id("questions")
    assert "%" not in dialog.inner_text()
    for _ in range(20):
        example = page.evaluate(f"{REVIEW}.questions.example")
        page.keyboard.press(str(key[example]))
    dialog.wait_for(state="hidden", timeout=10 * SECONDS)
    settled(page)
    assert len(history_of(app, reviewed).held) == 20
    page.get_by_test_id("audit-interval").get_by_text("95% confidence").wait_for()
    assert page.get_by_test_id("audit-value").inner_text().endswith("%")
    source = page.get_by_test_id("audit-source").get_by_text("of 20 random images")
    source.wait_for(timeout=30 * SECONDS)


def test_a_group_of_skipped_images_becomes_a_class_with_a_name(page, app, reviewed):
    page.get_by_test_id("tab-groups").click()
    page.get_by_test_id("nothing").get_by_text("Skip images").wait_for(timeout=20 * SECONDS)
    labels = history_of(app, reviewed).labels
    key = load_dataset("mnist").answer_key
    sevens = [example for example, label in labels.items() if key[example] == label == 7]
    app.post(
        f"sessions/{reviewed}/events",
        {"ops": [
            {"op_id": "gone", "kind": "class-delete", "class": 7},
            {"op_id": "clear", "kind": "clear", "examples": sevens},
            {"op_id": "skip", "kind": "skip", "examples": sevens},
        ]},
    )  # fmt: skip
    name = page.get_by_test_id("group-name").first
    name.wait_for(timeout=30 * SECONDS)
    name.fill("seven")
    name.press("Enter")
    page.wait_for_function(
        f"{REVIEW}.client.classes.some((cls) => cls.name === 'seven' && cls.count > 5)"
    )
    settled(page)
    history = history_of(app, reviewed)
    made = next(known.id for known in history.classes.active if known.name == "seven")
    given = [example for example, label in history.labels.items() if label == made]
    assert len(given) > 5
    assert (key[given] == 7).mean() > 0.8
