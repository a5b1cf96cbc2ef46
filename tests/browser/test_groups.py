"""Groups of alike images on the label page: one key names a whole one, and undo takes it back."""

from __future__ import annotations

import numpy as np
import pytest

from ssvae_core.data import load_dataset
from ssvae_core.labels.history import replay
from tests.support.desk import LAB, Desk
from tests.support.few_digits import N

GROUPS = "window.ssvaeLabel.groups"


@pytest.fixture(scope="module")
def desk(chromium, app, new_session):
    """A page with proposed groups."""
    desk = Desk(chromium, app, new_session())
    desk.page.get_by_test_id("queue-to-groups").click()
    desk.until(f"{GROUPS}.all.length > 0", 90)
    yield desk
    assert desk.errors == []
    desk.page.close()


def history(desk):
    events = desk.app.store.events(desk.session)
    return replay(events, desk.app.store.session(desk.session).classes)


def test_keys_name_groups_split_one_and_undo_takes_one_back(desk):
    key = load_dataset("mnist").answer_key[:N]
    page = desk.page
    n_groups = desk.js(f"{GROUPS}.all.length")
    assert 20 <= n_groups <= 30
    assert (
        page.get_by_test_id("groups-progress").inner_text()
        == f"0 of {n_groups} named, 0% of images"
    )
    named = []
    for _ in range(3):
        members = desk.js(f"Array.from({LAB}.selection)")
        cls = int(np.bincount(key[members]).argmax())
        named.append((cls, members))
        desk.press(str(cls))
    desk.settled()
    assert page.get_by_test_id("groups-progress").inner_text().startswith(f"3 of {n_groups} named")
    assert history(desk).labels == {one: cls for cls, its in named for one in its}
    assert history(desk).by_group == {one for _, its in named for one in its}
    assert page.get_by_test_id(f"named-{named[0][0]}").is_visible()

    desk.press("z")
    desk.settled()
    assert history(desk).labels == {one: cls for cls, its in named[:2] for one in its}
    assert sorted(desk.js(f"Array.from({LAB}.selection)")) == sorted(
        named[2][1]
    )  # there one goes on

    desk.press("k")
    desk.until(f"{GROUPS}.all.length === {n_groups + 1}")
    assert page.get_by_test_id("group-join").is_visible()
    desk.press("Shift+K")
    desk.until(f"{GROUPS}.all.length === {n_groups}")

    desk.press("x")
    assert desk.js(f"{GROUPS}.open.at(-1).id") in desk.js(f"[...{GROUPS}.skipped]")

    page.get_by_test_id("groups-number").select_option("10")
    page.get_by_test_id("groups-propose").click()
    desk.until(f"{GROUPS}.all.length === 10", 90)
    assert history(desk).labels == {one: cls for cls, its in named[:2] for one in its}


def test_with_the_groups_closed_nothing_of_them_is_selected(desk):
    desk.page.get_by_test_id("groups-to-grid").click()
    desk.until(f"{LAB}.selection.size === 0")
    assert desk.page.get_by_test_id("groups-panel").is_hidden()
