"""Texts in the browser: a table is dropped, its column chosen, texts are read and labelled."""

from __future__ import annotations

import csv

from tests.support.desk import LAB
from tests.support.own_page import DATA
from tests.support.small_texts import texts

ROWS = texts(14)


def chosen(own, option, value):
    """Choose how the file is read; it is read again."""
    own.page.get_by_test_id(f"read-{option}").select_option(value)
    its = f"{DATA}.report?.reading.find((each) => each.name === '{option}')?.value"
    own.until(f"{its} === '{value}' && !{DATA}.isBusy")


def test_a_table_of_texts_is_read_mapped_and_labelled_and_comes_out(own, tmp_path):
    path = tmp_path / "reports.csv"
    with path.open("w", newline="") as file:
        rows = [(f"A note of {k} words on it", *row) for k, row in enumerate(ROWS)]
        csv.writer(file).writerows([("note", "text", "topic"), *rows])
    own.drop(path)
    own.read("reports")
    assert own.text("figures").split("\n")[:2] == ["42", "texts"]
    assert "The harbour and the sailor" in own.text("preview")
    chosen(own, "text", "note")
    assert "A note of" in own.text("preview")
    chosen(own, "text", "text")
    chosen(own, "encoder", "tfidf")

    own.page.get_by_role("button", name="Open the map").click()
    own.to_label_page()
    words = own.page.get_by_test_id("tile-0").locator(".text-words")
    words.wait_for()
    for _ in range(6):
        framed = own.js(f"{LAB}.focus")
        topic = ROWS[framed][1]
        own.press(own.js(f"{LAB}.classes.find((cls) => cls.name === '{topic}').key"))
        own.until(f"{LAB}.focus !== {framed}")
    own.settled()

    framed = own.js(f"{LAB}.focus")
    spot = own.js(f"window.ssvaeLabel.map.positionOf({framed})")
    own.page.mouse.move(spot["x"] + 1, spot["y"])
    hover = own.page.get_by_test_id("hover-card")
    hover.wait_for()
    shown = own.js("window.ssvaeLabel.map.hoverCard?.example ?? null")
    said = hover.locator(".text-words")
    said.get_by_text("The").wait_for()
    assert said.inner_text() in {text for text, _ in ROWS}
    assert shown is None or said.inner_text() == ROWS[shown][0]

    own.guesses_for(6, 120)
    own.press("Shift+G")
    framed = own.js(f"{LAB}.focus")
    own.page.get_by_test_id("whole-text").get_by_text("The").first.wait_for()
    assert own.text("whole-text") == ROWS[framed][0]
    own.page.get_by_test_id("keywords").get_by_text("speak").wait_for()
    assert "Nearest texts that you labelled" in own.text("nearest")

    own.to_export_page()
    archive = own.exported("csv")
    (name,) = [each for each in archive.namelist() if each.endswith("labels.csv")]
    table = archive.read(name).decode()
    labelled = list(csv.DictReader(table.splitlines()))
    assert {row["text"] for row in labelled} == {text for text, _ in ROWS}
    assert sum(bool(row["label"]) for row in labelled) == 6
