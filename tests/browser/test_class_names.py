"""Names of ordinary length are read: on the chips, on the map, beside the images of an import."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

from ssvae_core.data import load_dataset
from tests.support.desk import LAB, SECONDS, Desk
from tests.support.few_digits import N
from tests.support.small_files import encoded, picture, write

CLOTHES = (
    *("dress", "hat", "longsleeve", "outwear", "pants", "shirt", "shoes", "shorts", "skirt"),
    "t-shirt",
)
ROCKS = (
    *("conglomerate", "granodiorite", "serpentinite", "anorthosites", "metamorphics"),
    *("radiolarites", "stromatolites", "phosphorites", "lamprophyres", "orthoquartzit"),
)
TREES = (
    *("alder", "ash", "aspen", "beech", "birch", "cedar", "cherry", "chestnut", "elm", "fir"),
    *("hawthorn", "hazel", "hornbeam", "juniper", "larch", "lime", "maple", "oak", "pine"),
    *("plane", "poplar", "rowan", "spruce", "willow", "yew"),
)
CHIPS = """() => {
  const desk = window.ssvaeLabel.element
  const [area] = desk.querySelectorAll(".chips-area")
  const box = area.getBoundingClientRect()
  const chips = [...desk.querySelectorAll(".chip:not([hidden])")]
  const isInside = (chip) => {
    const { left, right, top, bottom } = chip.getBoundingClientRect()
    return left >= box.left && right <= box.right && top >= box.top && bottom <= box.bottom
  }
  const names = chips.map((chip) => chip.querySelector(".name"))
  return {
    n: chips.length,
    cut: names.filter((name) => name.scrollWidth > name.clientWidth).length,
    least: Math.min(...names.map((name) => name.clientWidth)),
    inside: chips.every(isInside),
    rows: new Set(chips.map((chip) => Math.round(chip.getBoundingClientRect().top))).size,
    over: desk.scrollHeight - desk.clientHeight,
  }
}"""


@pytest.fixture
def open_desk(chromium, app, new_session):
    """Opens the label page on a new session with classes of these names."""
    opened = []

    def open_(names):
        opened.append(Desk(chromium, app, new_session(classes=names)))
        return opened[-1]

    yield open_
    for desk in opened:
        assert desk.errors == []
        desk.page.close()


def test_ten_names_are_all_shown_in_full_from_the_first_moment(open_desk):
    for names in (CLOTHES, ROCKS):
        desk = open_desk(names)
        seen = desk.js(CHIPS)
        assert seen["inside"]
        assert (seen["n"], seen["cut"], seen["over"]) == (10, 0, 0)
        assert seen["rows"] <= 2
        assert not desk.page.get_by_test_id("more-classes").is_visible()
        tiles = desk.page.get_by_test_id("queue").bounding_box()
        why = desk.page.get_by_test_id("why").bounding_box()
        assert tiles["y"] + tiles["height"] <= why["y"] + 1  # what a second row takes, tiles give


def test_of_many_names_most_are_shown_and_can_be_told_apart(open_desk):
    desk = open_desk(TREES)
    seen = desk.js(CHIPS)
    more = int(desk.page.get_by_test_id("more-classes").inner_text().split()[0])
    assert seen["n"] + more == len(TREES)
    assert seen["n"] >= 16
    assert seen["least"] > 10  # "fir"
    assert seen["inside"]
    desk.page.get_by_test_id("chip-w").drag_to(
        desk.page.get_by_test_id("chip-1"), target_position={"x": 4, "y": 10}
    )  # from the second row into the first
    desk.until(f"{LAB}.state.classes[1].name === 'hawthorn'")


def test_on_the_map_a_region_has_the_name_of_its_class(open_desk):
    desk, key = open_desk(CLOTHES), load_dataset("mnist").answer_key[:N]
    for cls in range(10):
        desk.app.label(desk.session, np.flatnonzero(key == cls)[:8].tolist(), cls)
    desk.guesses_for(80)
    desk.until("window.ssvaeLabel.map.overlay.named.length >= 6")  # where there is room, as here


def test_no_number_of_the_preview_is_cut_off(chromium, app):
    folder = app.root / "shells"
    for k in range(40):
        write(folder / ("cockle", "whelk")[k % 2] / f"{k}.png", encoded(picture(k)))
    app.post("data/imports", {"path": str(folder), "name": "shells"})
    page = chromium.new_page(viewport={"width": 1440, "height": 900})

    def larger(route):
        """The same report of a set of 50 000 images whose ten folders have long names."""
        report = route.fetch().json()
        rows = [dict(report["preview"][0], n=5000, **{"class": name}) for name in ROCKS]
        route.fulfill(body=json.dumps({**report, "preview": rows}), content_type="application/json")

    page.route(re.compile("/report$"), larger)
    page.goto(f"{app.url}/data")
    page.get_by_test_id("preview").locator(".preview-row").nth(9).wait_for(timeout=30 * SECONDS)
    app.post("data/learning/stop", {})
    for width in (1440, 1280, 1100):
        page.set_viewport_size({"width": width, "height": 900})
        for row in page.locator(".preview-row").all():
            box, number = row.bounding_box(), row.locator(".n")
            at = number.bounding_box()
            assert at["x"] + at["width"] <= box["x"] + box["width"] + 0.5
            assert number.evaluate(
                "(it) => it.scrollWidth <= it.clientWidth && it.clientHeight < 25"
            )
            tiles = row.locator(".seen-tiles").bounding_box()
            assert tiles["x"] + tiles["width"] <= at["x"]
    page.close()
