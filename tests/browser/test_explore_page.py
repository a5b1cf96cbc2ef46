"""The page that explores, in a real browser with the real trainer on real images."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from ssvae_core.data import load_dataset
from tests.support.accessible import complaints
from tests.support.desk import SECONDS
from tests.support.few_digits import N

EXPLORE = "window.ssvaeExplore"
HAS_CODES = f"{EXPLORE}?.map.drawn > 0 && {EXPLORE}.decoder.ready && {EXPLORE}.codes.has('code')"
HAS_STYLES = f"{HAS_CODES} && {EXPLORE}.codes.has('style') && {EXPLORE}.client.guesses"
PATIENCE = 300 * SECONDS
N_LABELS = 8  # of each class
AS_IT_BEGINS = """() => {
  const { tabs, client, hand, pointer } = window.ssvaeExplore;
  tabs.choose("style");
  client.setSelection([]);
  hand.use("draw");
  pointer.forget();
  if (pointer.sheet.isOn) pointer.turnSheet(false);
}"""


@pytest.fixture(scope="module")
def truth():
    return load_dataset("mnist").answer_key[:N]


@pytest.fixture(scope="module")
def explored(app, new_session, truth):
    """A session with some labels of each class."""
    session = new_session()
    for label in range(10):
        app.label(session, np.flatnonzero(truth == label)[:N_LABELS].tolist(), label)
    return session


@pytest.fixture(scope="module")
def pages():
    """The page of each session, opened once; those of links; and what went wrong on them."""
    return {}, [], []


@pytest.fixture
def open_page(app, chromium, pages):
    """The page of a session as it begins, or another one by a link; it may raise no error."""
    kept, linked, errors = pages

    def new_page(address, color_scheme):
        page = chromium.new_page(viewport={"width": 1440, "height": 900}, color_scheme=color_scheme)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(address)
        return page

    def open_page(session, until, address="", color_scheme="light"):
        if address:
            page = new_page(address, color_scheme)
            linked.append(page)
        elif session not in kept:
            page = new_page(f"{app.url}/explore?session={session}", color_scheme)
            kept[session] = page
        else:
            page = kept[session]
            page.emulate_media(color_scheme=color_scheme)
            page.evaluate(AS_IT_BEGINS)
        page.wait_for_function(until, timeout=PATIENCE)
        return page

    yield open_page
    for page in linked:
        page.close()
    linked.clear()
    assert errors == []


def at(page, example):
    """Where a dot is on screen."""
    place = page.evaluate(f"{EXPLORE}.map.positionOf({example})")
    return place["x"], place["y"]


def two_dots(page):
    """Two that lie far apart, and under no card."""
    return page.evaluate(
        f"""(() => {{
          const {{ map, codes }} = {EXPLORE};
          const all = Array.from({{ length: codes.n }}, (_, i) => i)
            .filter((i) => map.pixelOf(i)[1] < map.camera.height / 2)
            .sort((a, b) => map.pixelOf(a)[0] - map.pixelOf(b)[0]);
          return [all[0], all.at(-1)];
        }})()"""
    )


def draw_at(page, example):
    """Move the hand to a dot and wait for what is drawn there."""
    before = page.evaluate(f"{EXPLORE}.pointer.drawn")
    x, y = at(page, example)
    page.mouse.move(x - 2, y - 2)
    page.mouse.move(x, y)
    page.wait_for_function(f"{EXPLORE}.pointer.drawn > {before}", timeout=30 * SECONDS)


def test_before_labels_the_hand_draws_already_and_the_rest_says_what_it_waits_for(
    open_page, new_session
):
    page = open_page(new_session(), HAS_CODES)
    dot = two_dots(page)[0]
    draw_at(page, dot)
    assert page.get_by_test_id("under-pointer").is_visible()
    page.get_by_test_id("no-styles").get_by_text("Label a few images").wait_for()
    page.wait_for_function(f"{EXPLORE}.tabs.view.knobs.drawn > 0")
    assert page.evaluate(f"{EXPLORE}.tabs.view.knobs.space") == "code"  # M1's latents
    page.mouse.click(*at(page, dot))
    page.get_by_test_id("terms").get_by_text("bound").wait_for(timeout=30 * SECONDS)


def test_where_no_image_lives_nothing_is_drawn(open_page, explored):
    page = open_page(explored, HAS_CODES)
    box = page.get_by_test_id("map-canvas").bounding_box()
    page.mouse.move(box["x"] + box["width"] - 60, box["y"] + box["height"] - 80)
    page.get_by_test_id("pointer-words").get_by_text("No image lives here").wait_for()


def test_a_click_keeps_what_is_drawn_and_the_link_brings_it_back(open_page, explored, app):
    page = open_page(explored, HAS_STYLES)
    for dot in two_dots(page):
        page.mouse.click(*at(page, dot))
    page.wait_for_function(f"{EXPLORE}.pointer.kept.filter(({{ tile }}) => tile).length === 2")
    page.get_by_test_id("terms").get_by_text("bound").wait_for(timeout=30 * SECONDS)
    page.get_by_test_id("pointer-class").select_option("3")
    page.get_by_test_id("new-styles").click()
    page.get_by_test_id("cell-2-4").click()
    there = page.evaluate("location.href")
    again = open_page(explored, HAS_STYLES, there)
    again.wait_for_function(f"{EXPLORE}.tabs.view.grid.rows.length === 9", timeout=PATIENCE)
    for what in ("pointer.kept.length", "pointer.cls", "link.seed", "tabs.view.grid.framed.join()"):
        assert page.evaluate(f"{EXPLORE}.{what}") == again.evaluate(f"{EXPLORE}.{what}")
    assert again.evaluate(f"{EXPLORE}.tabs.view.grid.framed.join()") == "2,4"
    of = f"{EXPLORE}.tabs.view.grid.rows.map(({{ example }}) => example).join()"
    assert page.evaluate(of) == again.evaluate(of)
    page.get_by_test_id("clear-kept").click()
    assert page.evaluate(f"{EXPLORE}.pointer.kept.length") == 0


def test_the_posterior_of_a_clicked_image_is_an_ellipse_on_the_map(open_page, explored):
    page = open_page(explored, HAS_CODES)
    one = f"{EXPLORE}.tabs.view.one"
    page.evaluate(f"window.one = {one}, 0")
    page.evaluate(f"{EXPLORE}.client.setFocus(17)")
    page.wait_for_function(f"{one}.onMap.isShown", timeout=60 * SECONDS)
    found = page.evaluate(f"({{places: {one}.onMap.places, ellipse: {one}.onMap.ellipse}})")
    places, ellipse = np.array(found["places"]), found["ellipse"]
    assert len(places) == 96
    assert ellipse["major"] >= ellipse["minor"] >= 0
    dot = page.evaluate(f"[0, 1].map((k) => {EXPLORE}.map.shown[2 * 17 + k])")
    assert np.hypot(*(np.array(ellipse["centre"]) - dot)) < 0.1  # of the map
    assert np.hypot(*(np.median(places, 0) - ellipse["centre"])) < 0.05
    page.get_by_test_id("view-sampling").click()
    assert not page.evaluate("window.one.onMap.isShown")
    page.get_by_test_id("view-style").click()
    page.wait_for_function(f"{one}.onMap.isShown", timeout=60 * SECONDS)


def test_the_page_around_may_run_again_and_the_address_stays(open_page, explored, app):
    """What Streamlit does at a rerun: it writes an address of its own."""
    page = open_page(explored, HAS_STYLES)
    page.get_by_test_id("new-styles").click()
    page.evaluate(f"{EXPLORE}.client.setFocus(21)")
    page.wait_for_function("location.search.includes('seed=')")
    there = page.evaluate("location.search")
    page.evaluate(f"history.pushState({{}}, '', '/explore?session={explored}')")
    page.wait_for_function("location.search.includes('seed=')")
    assert page.evaluate("location.search") == there


def test_every_style_is_drawn_as_every_class_and_real_images_like_it_are_found(
    open_page, explored, truth
):
    page = open_page(explored, HAS_STYLES)
    page.wait_for_function(
        f"{EXPLORE}.tabs.view.grid.rows.length === 9 && {EXPLORE}.tabs.view.grid.rows"
        ".every(({ tiles }) => tiles.every(({ canvas }) => canvas.width === 28))",
        timeout=PATIENCE,
    )
    page.get_by_test_id("cell-1-6").click()
    assert "a 6 in the style of" in page.get_by_test_id("framed").inner_text()
    page.keyboard.press("Enter")
    found = page.evaluate(f"[...{EXPLORE}.client.selection]")
    assert len(found) == 12
    taken = page.evaluate(f"{found}.map((example) => {EXPLORE}.codes.classOf(example))")
    assert set(taken) == {6}
    page.keyboard.press("Escape")
    page.get_by_test_id("style-rows").focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate(f"{EXPLORE}.tabs.view.grid.framed.join()") == "1,7"


def test_a_slider_turns_one_number_and_is_in_the_link(open_page, explored):
    page = open_page(explored, HAS_STYLES)
    knobs = f"{EXPLORE}.tabs.view.knobs"
    page.evaluate(f"{knobs}.choose('style')")
    page.wait_for_function(f"{knobs}.drawn > 0 && {knobs}.space === 'style'", timeout=PATIENCE)
    information = page.evaluate(f"Array.from({EXPLORE}.codes.information('style'))")
    first = page.evaluate(f"{knobs}.knobs[0].dim")
    assert information[first] == max(information)
    slider = page.get_by_test_id("knob-0")
    slider.focus()
    for _ in range(5):
        slider.press("ArrowRight")
    turned = page.evaluate(f"{knobs}.z[{first}] - {knobs}.base[{first}]")
    assert turned == pytest.approx(0.25, abs=0.06)
    assert "turned" in page.evaluate("decodeURIComponent(location.search)")
    page.get_by_test_id("reset-knobs").click()
    assert page.evaluate(f"{knobs}.z[{first}] === {knobs}.base[{first}]")


def test_what_is_drawn_at_a_dot_is_of_the_dot_s_class(open_page, explored, truth):
    """From a dot to its spot, to what is drawn there, to the real image that is nearest to that."""
    page = open_page(explored, HAS_CODES)
    dots = np.random.default_rng(0).choice(N, 120, replace=False)
    drawn = page.evaluate(
        """(dots) => {
          const { codes, decoder, map } = window.ssvaeExplore;
          return dots.map((dot) => {
            const { code, cls } = codes.at(map.shown[2 * dot], map.shown[2 * dot + 1], map.shown);
            return Array.from(decoder.decodeNow("code", code, Int32Array.of(cls)));
          });
        }""",
        dots.tolist(),
    )
    images = load_dataset("mnist").images[:N].reshape(N, -1).astype(np.float32)
    found = np.array(drawn, np.float32)
    squares = (images**2).sum(1)[None] - 2 * found @ images.T
    assert (truth[squares.argmin(1)] == truth[dots]).mean() > 0.85


def test_class_keys_label_what_is_selected_and_undo_takes_it_back(open_page, explored, app):
    page = open_page(explored, HAS_STYLES)
    page.evaluate(f"{EXPLORE}.client.setSelection([2001, 2002])")
    page.keyboard.press("3")
    page.wait_for_function(f"{EXPLORE}.client.pendingCount === 0", timeout=30 * SECONDS)
    assert (
        page.evaluate(f"[2001, 2002].map((one) => {EXPLORE}.client.labelOf(one)).join()") == "3,3"
    )
    page.keyboard.press("z")
    page.wait_for_function(f"{EXPLORE}.client.labelOf(2001) === null", timeout=30 * SECONDS)


def test_it_can_be_used_in_the_dark_and_by_keyboard(open_page, explored):
    page = open_page(explored, HAS_STYLES, color_scheme="dark")
    page.get_by_test_id("view-style").focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate(f"{EXPLORE}.tabs.current") != "style"
    page.keyboard.press("y")
    assert page.evaluate(f"{EXPLORE}.tabs.current") == "style"
    for letter, name in (("l", "select"), ("v", "move"), ("h", "draw")):
        page.keyboard.press(letter)
        assert page.evaluate(f"{EXPLORE}.hand.current") == name


def test_a_sheet_lies_over_the_map_and_is_in_the_link(open_page, explored):
    page = open_page(explored, HAS_CODES)
    page.keyboard.press("o")
    page.wait_for_function(f"{EXPLORE}.pointer.sheet.count > 10", timeout=PATIENCE)
    there = page.evaluate("location.href")
    again = open_page(explored, HAS_CODES, there)
    again.wait_for_function(f"{EXPLORE}.pointer.sheet.count > 10", timeout=PATIENCE)
    page.get_by_test_id("sheet").click()
    assert not page.evaluate(f"{EXPLORE}.pointer.sheet.isOn")


def test_styles_of_two_numbers_have_a_sheet_and_others_say_why_not(open_page, explored, app):
    page = open_page(explored, HAS_STYLES)
    button = page.get_by_test_id("to-sheet")
    page.wait_for_function(f"{EXPLORE}.tabs.view.grid.rows.length === 9", timeout=PATIENCE)
    assert "two numbers, this model's has 16" in button.get_attribute("title")
    with_two = app.store.create_session(
        "Two",
        data=app.store.session(explored).data,
        model="m1m2",
        config={"latent_dim": 2},
        n_examples=N,
        classes=tuple("0123456789"),
    ).id
    truth = load_dataset("mnist").answer_key[:N]
    for label in range(10):
        app.label(with_two, np.flatnonzero(truth == label)[:N_LABELS].tolist(), label)
    page = open_page(with_two, HAS_STYLES)
    page.wait_for_function(f"{EXPLORE}.tabs.view.grid.rows.length === 9", timeout=PATIENCE)
    page.get_by_test_id("to-sheet").click()
    page.wait_for_function(f"{EXPLORE}.tabs.view.grid.sheet.drawn.length === 11", timeout=PATIENCE)
    with page.expect_download() as saved:
        page.get_by_test_id("style-grid").get_by_test_id("save-png").click()
    with Image.open(saved.value.path()) as image:
        assert image.width == image.height
        assert image.width >= 11 * 28


def test_while_another_session_trains_it_says_so_and_goes_on_when_this_one_does(
    open_page, explored, app
):
    page = open_page(explored, HAS_STYLES)
    page.wait_for_function(f"{EXPLORE}.client.state.trainer.state === 'paused'", timeout=PATIENCE)
    page.mouse.click(*at(page, two_dots(page)[0]))
    page.get_by_text("Another session is training.").first.wait_for(timeout=30 * SECONDS)
    app.post(f"sessions/{explored}/trainer", {"command": "resume"})
    page.get_by_test_id("terms").get_by_text("bound").wait_for(timeout=PATIENCE)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nobody_is_kept_out(open_page, explored, scheme):
    page = open_page(explored, HAS_STYLES, color_scheme=scheme)
    page.wait_for_function(f"{EXPLORE}.tabs.view.knobs.drawn > 0", timeout=PATIENCE)
    page.mouse.click(*at(page, two_dots(page)[0]))
    page.get_by_test_id("terms").get_by_text("bound").wait_for(timeout=30 * SECONDS)
    assert complaints(page) == []


def test_the_app_s_copy_draws_what_the_browser_draws(open_page, explored):
    page = open_page(explored, HAS_CODES)
    away = page.evaluate(
        """async () => {
          const { client, codes, decoder } = window.ssvaeExplore;
          const z = codes.of("code", 5);
          const here = decoder.decodeNow("code", z, Int32Array.of(3));
          const wish = { space: "code", z: [Array.from(z)], classes: [3] };
          const there = new Uint8Array(await client.api.postForBytes("explore/decode", wish));
          const differences = Array.from(here, (value, k) => Math.abs(value - there[k]));
          return [here.length, there.length, Math.max(...differences)];
        }"""
    )
    assert away[0] == away[1] == 28 * 28
    assert away[2] <= 1  # of 255
