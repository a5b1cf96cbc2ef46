"""Two data sets become two domains of one map: joined on the Data page, seen, selected, judged."""

from __future__ import annotations

import numpy as np
import pytest

from ssvae_core.data import load_dataset
from tests.support.desk import LAB, SECONDS
from tests.support.own_page import DATA
from tests.support.small_files import encoded, write

N, N_OTHER = 60, 40
REVIEW = "window.ssvaeReview"


@pytest.fixture(scope="module")
def scanners(tmp_path_factory):
    """Sixty small digits, and forty others black on white and larger, in folders of their class."""
    digits = load_dataset("digits")
    folder = tmp_path_factory.mktemp("scanners")
    for k in range(N + N_OTHER):
        image = np.pad(digits.images[k, ..., 0], 2)
        if k >= N:
            image = 255 - image.repeat(2, 0).repeat(2, 1)
        name = "first" if k < N else "second"
        write(folder / name / str(digits.answer_key[k]) / f"{k:03d}.png", encoded(image))
    return folder


def read(own, folder):
    own.drop(folder)
    own.read(folder.name)
    own.until(f"{DATA}.map === null")


def test_two_sets_join_and_are_seen_selected_and_judged_by_domain(own, scanners):
    read(own, scanners / "first")
    read(own, scanners / "second")
    own.page.locator("[data-set]", has_text="second").locator("button[data-testid^=more]").click()
    own.click("join-set")
    own.page.get_by_test_id("join-of").select_option(label="first")
    own.page.locator("[data-row=after] canvas").nth(5).wait_for()
    assert "dark on light" in own.text("join-words")
    own.click("join-stretched")
    own.page.locator("[data-testid=join-stretched][aria-checked=true]").wait_for()
    own.click("join-made")
    own.page.locator("[data-testid=join-made][aria-checked=true]").wait_for()
    own.until(f"!{DATA}.whyBusy")
    own.page.locator("[data-testid=join]:not(.off)").click()
    own.until(f"{DATA}.report?.name === 'first and second'", 60)
    own.click("open-map")
    own.to_label_page()
    domains = own.js(f"{LAB}.state.data.domains")
    assert domains == [{"name": "first", "n": N}, {"name": "second", "n": N_OTHER}]

    own.press("Shift+D")
    own.page.get_by_test_id("domain-1").wait_for()
    own.click("domain-1")
    own.until(f"{LAB}.selection.size === {N_OTHER}")
    assert own.js(f"Math.min(...{LAB}.selection)") == N
    own.press("Escape", "s")
    own.click("select-domain-0")
    own.until(f"{LAB}.selection.size === {N}")
    own.press("Escape", "Escape", "Shift+D", "1", "2", "3")
    own.settled()

    own.page.goto(f"{own.app.url}/review?session={own.js(f'{LAB}.session')}")
    own.page.get_by_test_id("audit-domain-1").wait_for(timeout=60 * SECONDS)
    assert f"{N_OTHER} images" in own.text("audit-domain-1")
    own.click("audit-domain-1")
    own.until(f"{REVIEW}.findings.of('audit')?.domain === 1")
    asked = own.js(f"{REVIEW}.findings.of('audit').next")
    assert asked
    assert min(asked) >= N
