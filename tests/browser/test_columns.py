"""Rows of numbers on the label page: a table, and cells whose genes are looked at."""

from urllib.parse import urlsplit

import numpy as np
from playwright.sync_api import expect

from ssvae_core.data.library import load_imported
from ssvae_core.importing.import_data import Choice, import_data, import_to_end
from ssvae_core.storage.paths import data_root
from tests.support.desk import LAB, Desk
from tests.support.small_cells import in_h5ad, small_cells

N = 90
HEADER = ["length", "width", "mass"]


def rows_of():
    random = np.random.default_rng(0)
    kind = np.arange(N) % 3
    return np.round(
        random.normal(size=(N, 3)) + np.array([[0, 0, 0], [6, 0, 3], [0, 6, 9]])[kind], 4
    )


ROWS = rows_of()


def opened(chromium, app, path, name, **reading):
    """The label page on a new session of what lies there."""
    choice = Choice(reading=reading)
    done = import_to_end(import_data(path, data_root(app.root), name=name, choice=choice))
    data = load_imported(done.folder)
    names = data.class_names or ("small", "large", "other")
    session = app.new_session(data=done.id, n_examples=len(data), classes=names).id
    return Desk(chromium, app, session), data


def closed(desk):
    assert desk.errors == []
    assert desk.hosts <= {urlsplit(desk.app.url).netloc, ""}, "the page asked another host"
    desk.page.close()


def at(desk, name):
    return desk.page.get_by_test_id(name)


def choose(desk, column):
    """In the menu of columns, which is open then."""
    if not at(desk, "columns-card").is_visible():
        at(desk, "columns-menu").click()
    at(desk, "column-name").fill(column)


def test_columns_of_a_table_are_shown_coloured_and_selected_by(chromium, app, tmp_path):
    lines = [",".join(HEADER)] + [",".join(map(str, row)) for row in ROWS]
    lines[5] = lines[5].replace(str(ROWS[4, 1]), "", 1)
    path = tmp_path / "table.csv"
    path.write_text("\n".join(lines))
    desk, _ = opened(chromium, app, path, "table")
    at(desk, "columns-menu").wait_for()

    desk.js(f"{LAB}.setFocus(4)")
    desk.press("Shift+G")
    row = at(desk, "card-columns")
    row.get_by_text("missing").wait_for()
    said = row.inner_text()
    assert said.split()[0] == "length"
    assert f"{ROWS[4, 2]:.4g}" in said.replace("−", "-")

    choose(desk, "length")
    expect(at(desk, "range-words")).to_contain_text("90 rows")
    at(desk, "range-from").fill("200")
    low, high = ROWS[:, 0].min(), ROWS[:, 0].max()
    expected = np.flatnonzero(ROWS[:, 0] >= low + (high - low) / 2).tolist()
    assert sorted(desk.js(f"[...{LAB}.selection]")) == expected
    at(desk, "colour-by-column").click()
    assert desk.js("window.ssvaeLabel.map.toolbar.mode") == "column"

    at(desk, "compare-rows").click()
    at(desk, "parallel-plot").locator("svg.main-svg").first.wait_for()
    assert f"{min(60, len(expected))} rows selected" in at(desk, "parallel-words").inner_text()
    at(desk, "parallel-close").click()
    closed(desk)


def test_cells_are_labelled_by_a_range_of_a_gene(chromium, app, tmp_path):
    cells = small_cells(90)
    desk, data = opened(
        chromium, app, in_h5ad(tmp_path / "x.h5ad", cells), "cells", use="X", label="none"
    )
    at(desk, "columns-menu").wait_for()
    choose(desk, "gene5")
    genes = data.columns.values[:, data.columns.names.index("GENE5")]
    expect(at(desk, "range-words")).to_contain_text(f"{genes.max():.4g}: 90 rows")
    at(desk, "range-from").fill("200")
    expected = np.flatnonzero(genes >= genes.min() + (genes.max() - genes.min()) / 2)
    assert sorted(desk.js(f"[...{LAB}.selection]")) == expected.tolist()
    at(desk, "columns-menu").click()
    desk.press("1")
    desk.settled()
    assert sorted(desk.stored()) == expected.tolist()

    desk.page.get_by_test_id("map-canvas").hover()
    desk.js(f"{LAB}.setHover(3)")
    at(desk, "hover-columns").get_by_text("GENE").first.wait_for(state="attached")
    closed(desk)
