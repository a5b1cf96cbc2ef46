"""Between and Arithmetic of the Explore page in a real browser: films, walks, files, links."""

from __future__ import annotations

import io
import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image, ImageSequence

from ssvae_core.data import load_dataset
from tests.support.accessible import complaints
from tests.support.desk import SECONDS
from tests.support.few_digits import N

EXPLORE = "window.ssvaeExplore"
VIEW = f"{EXPLORE}?.tabs.view"
INK = 255  # paper is white in what is saved


@pytest.fixture(scope="module")
def explored(app, new_session):
    """A session with ten labels of each class."""
    key, session = load_dataset("mnist").answer_key[:N], new_session()
    rng = np.random.default_rng(0)
    for label in range(10):
        chosen = rng.choice(np.flatnonzero(key == label), 10, replace=False)
        app.label(session, chosen.tolist(), label)
    return session


@pytest.fixture
def page(app, chromium, explored):
    page = chromium.new_page(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    page.close()
    assert errors == []


@pytest.fixture
def between(app, page, explored):
    """The view Between, its first film drawn."""
    page.goto(f"{app.url}/explore?session={explored}&view=between")
    page.wait_for_function(f"{EXPLORE}?.client.guesses && {VIEW}?.film", timeout=120 * SECONDS)
    return page


def saved(page, kind: str, folder: Path) -> Path:
    with page.expect_download() as download:
        page.get_by_test_id(f"save-{kind}").click()
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    return file


def pick(page, first: int, second: int):
    """Two images, by the map: the first slot is pressed, then both are clicked."""
    page.get_by_test_id("slot-From").click()
    for example in (first, second):
        page.evaluate(f"{EXPLORE}.client.setFocus({example})")
    page.wait_for_function(f"{VIEW}.maker.state().b === {second} && {VIEW}.film")


def examples_of(label: int):
    return np.flatnonzero(load_dataset("mnist").answer_key[:N] == label)


def middle_of(page, label: int):
    """Where the name of a class stands on the map, in pixels of the window."""
    x, y = page.evaluate(
        f"(() => {{ const {{map}} = {EXPLORE};"
        f" const {{x, y}} = map.names.list.find(({{cls}}) => cls.id === {label});"
        f" return map.camera.toPixel(x, y); }})()"
    )
    box = page.get_by_test_id("map-canvas").bounding_box()
    return {"x": x + box["x"], "y": y + box["y"]}


def test_a_film_begins_and_ends_at_the_picked_images_and_flips_between(between):
    four, nine = int(examples_of(4)[0]), int(examples_of(1)[0])
    pick(between, four, nine)
    between.wait_for_function(
        f"{VIEW}.film.neighbours[0][0] === {four} && {VIEW}.film.neighbours.at(-1)[0] === {nine}"
    )
    flips = between.evaluate(f"{VIEW}.film.flips.map(({{from, to}}) => [from, to])")
    assert flips[0][0] == 4
    assert flips[-1][1] == 1
    chart = between.get_by_test_id("film-chart").locator("svg").get_attribute("aria-label")
    assert "from 4 to 1" in chart
    assert between.get_by_test_id("film-strip").locator("button").count() == 11


def test_the_nearest_real_image_of_each_step_is_a_key_away(between):
    real = between.locator("[data-testid=step-5] .real")
    assert real.is_hidden()
    between.keyboard.press("n")
    real.wait_for(state="visible")
    nearest = int(between.get_by_test_id("step-5").get_attribute("data-nearest"))
    assert nearest == between.evaluate(f"{VIEW}.film.neighbours[20][0]")


def test_the_arc_is_another_film_than_the_line_with_the_same_ends(between):
    pick(between, int(examples_of(0)[3]), int(examples_of(1)[3]))
    line = between.evaluate(f"[...{VIEW}.film.steps]")
    between.get_by_test_id("choose-arc").click()
    between.wait_for_function(f"{VIEW}.film.steps[700] !== {line[700]!r}")
    arc = between.evaluate(f"[...{VIEW}.film.steps]")
    dim = len(line) // 41
    np.testing.assert_allclose(arc[:dim], line[:dim], atol=1e-4)
    np.testing.assert_allclose(arc[-dim:], line[-dim:], atol=1e-4)
    middle = slice(20 * dim, 21 * dim)
    assert np.linalg.norm(arc[middle]) > np.linalg.norm(line[middle])


def test_labelling_at_the_flip_selects_open_images_there_and_a_class_key_labels_them(
    between, app, explored
):
    between.get_by_test_id("label-flip").click()
    selected = between.evaluate(f"[...{EXPLORE}.client.selection]")
    assert 1 <= len(selected) <= 12
    before = len(app.store.events(explored))
    between.keyboard.press("4")
    between.wait_for_function(f"{EXPLORE}.client.pendingCount === 0")
    given = [event.example for event in app.store.events(explored)[before:]]
    assert sorted(given) == sorted(selected)
    between.keyboard.press("z")
    between.wait_for_function(f"{EXPLORE}.client.pendingCount === 0")


def test_a_line_drawn_on_the_map_becomes_a_film_along_it(between):
    between.keyboard.press("f")
    box = between.get_by_test_id("map-canvas").bounding_box()
    places = [middle_of(between, label) for label in (0, 1)]
    between.mouse.move(places[0]["x"], places[0]["y"])
    between.mouse.down()
    between.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=20)
    between.mouse.move(places[1]["x"], places[1]["y"], steps=20)
    between.mouse.up()
    between.wait_for_function(f"{VIEW}.mode === 'path' && {VIEW}.film?.places.length === 41")
    between.wait_for_function(f"{VIEW}.film.classAt(0) === 0 && {VIEW}.film.classAt(40) === 1")
    assert between.evaluate(f"{EXPLORE}.client.selection.size") == 0
    ends = between.evaluate(
        f"[0, 40].map((k) => {EXPLORE}.map.camera.toPixel(...{VIEW}.film.places[k]))"
    )
    for (x, y), place in zip(ends, places, strict=True):
        assert np.hypot(x + box["x"] - place["x"], y + box["y"] - place["y"]) < 5  # pixels


def test_k_plays_and_stops(between):
    between.keyboard.press("k")
    between.wait_for_function(f"{VIEW}.player.t > 0.05")
    between.keyboard.press("k")
    assert between.get_by_test_id("film-play").get_attribute("aria-pressed") == "false"


def test_walks_from_class_to_class_flip_in_the_middle_of_each_row(between):
    between.get_by_test_id("choose-classes").click()
    between.get_by_test_id("walk-from").select_option(label="3")
    between.get_by_test_id("walk-to").select_option(label="8")
    rows = between.get_by_test_id("walks").locator("button")
    between.wait_for_function(f"{VIEW}.maker.state().from === 3 && {VIEW}.maker.state().to === 8")
    rows.first.wait_for()
    assert 1 <= rows.count() <= 5
    for row in rows.all():
        assert row.locator(".walk-tile").count() == 9
        assert row.locator(".walk-tile.flip").count() == 1
        share = int(re.search(r"flips at (\d+)%", row.inner_text())[1])
        assert 0 < share < 100
    before = between.evaluate(f"{VIEW}.maker.state().pairs")
    between.keyboard.press("s")
    between.wait_for_function(
        f"String({VIEW}.maker.state().pairs) !== '{','.join(map(str, before))}'"
    )


def test_a_film_is_saved_as_a_gif_of_its_frames_to_and_fro(between, tmp_path):
    file = saved(between, "gif", tmp_path)
    with Image.open(file) as gif:
        frames = [np.asarray(frame.convert("L")) for frame in ImageSequence.Iterator(gif)]
        duration = gif.info["duration"]
    assert len(frames) == 41 + 39
    assert frames[0].shape == (224, 224)
    assert 3000 < duration * len(frames) < 5000
    drawn = drawing(between, 0)
    np.testing.assert_array_equal(frames[0][::8, ::8], INK - drawn)
    np.testing.assert_array_equal(frames[41], frames[39])


def drawing(page, step: int):
    """What the decoder draws at a step of the film, 28 x 28 of 0 to 255."""
    pixels = page.evaluate(
        f"(async () => {{ const {{film}} = {VIEW}; const {{decoder}} = {EXPLORE};"
        f" return [...await decoder.decode(film.space, film.step({step}).slice(),"
        f" Int32Array.of({EXPLORE}.codes.classOf(film.neighbours[{step}][0])))]; }})()"
    )
    return np.array(pixels, np.uint8).reshape(28, 28)


def test_the_steps_are_saved_side_by_side_as_png_and_as_svg(between, chromium, tmp_path):
    with Image.open(saved(between, "png", tmp_path)) as sheet:
        assert sheet.size == (4 + 11 * 116, 4 + 116)
        pixels = np.asarray(sheet.convert("L"))
    np.testing.assert_array_equal(pixels[4:116:4, 4:116:4], INK - drawing(between, 0))
    file = saved(between, "svg", tmp_path)
    reader = chromium.new_page()  # a browser is what opens SVG
    reader.goto(file.as_uri())
    with Image.open(io.BytesIO(reader.screenshot())) as seen:
        shown = np.asarray(seen.convert("L"))[4:116:4, 4:116:4]
    reader.close()
    assert np.abs(shown.astype(int) - (INK - drawing(between, 0))).mean() < 12  # of 255, smoothed
    root = ElementTree.parse(file).getroot()
    images = root.iter("{http://www.w3.org/2000/svg}image")
    assert [image.get("href")[:22] for image in images] == ["data:image/png;base64,"] * 11


def test_a_link_opens_the_same_film_at_the_same_step(between, chromium, app):
    pick(between, int(examples_of(2)[1]), int(examples_of(7)[1]))
    between.get_by_test_id("choose-arc").click()
    between.evaluate(f"{VIEW}.player.seek(0.25)")
    between.wait_for_function("location.search.includes('0.25')")
    other = chromium.new_page()
    other.goto(between.url)
    other.wait_for_function(f"{VIEW}?.film && {VIEW}.player.t === 0.25", timeout=120 * SECONDS)
    state = f"JSON.stringify({VIEW}.maker.state())"
    assert other.evaluate(state) == between.evaluate(state)
    other.close()


def test_arithmetic_says_how_far_its_pairs_agree_and_its_link_opens_the_same(
    page, app, explored, chromium
):
    page.goto(f"{app.url}/explore?session={explored}&view=arithmetic")
    page.wait_for_function(f"{EXPLORE}?.client.guesses && {VIEW}?.direction", timeout=120 * SECONDS)
    page.get_by_test_id("group-With").select_option(label="0")
    page.get_by_test_id("group-Without").select_option(label="1")
    page.wait_for_function(f"{VIEW}.plus.cls === 0 && {VIEW}.minus.cls === 1")
    cosine = float(page.get_by_test_id("pairs-cosine").inner_text().replace("−", "-"))
    assert -1 <= cosine <= 1
    assert "pairs" in page.get_by_test_id("pairs-agree").inner_text()
    assert page.get_by_test_id("pairs").locator(".pair").count() >= 5
    page.get_by_test_id("strength").fill("0")
    page.wait_for_function(f"{VIEW}.strength === 0")
    chosen = [int(example) for example in examples_of(8)[:6]]
    page.evaluate(f"{EXPLORE}.client.setSelection({chosen})")
    page.get_by_test_id("take-With").click()
    page.wait_for_function(f"{VIEW}.plus.examples.length === 6")
    page.wait_for_function("decodeURIComponent(location.search).includes('\"strength\":0')")
    page.wait_for_function(f"location.search.includes('{chosen[0]}')")
    other = chromium.new_page()
    other.goto(page.url)
    other.wait_for_function(f"{VIEW}?.direction && {VIEW}.strength === 0", timeout=120 * SECONDS)
    for what in ("plus.examples", "minus.cls", "example", "seed"):
        assert other.evaluate(f"{VIEW}.{what}") == page.evaluate(f"{VIEW}.{what}"), what
    agreement = f"{VIEW}.direction.cosine"  # the model learns on meanwhile
    assert other.evaluate(agreement) == pytest.approx(page.evaluate(agreement), abs=0.15)
    other.close()


@pytest.mark.parametrize("view", ["between", "arithmetic"])
def test_a_session_without_labels_says_what_to_do(page, app, new_session, view):
    page.goto(f"{app.url}/explore?session={new_session()}&view={view}")
    ready = f"{EXPLORE}?.decoder.ready && {EXPLORE}.codes.n && ({VIEW}?.film || {VIEW}?.shared)"
    page.wait_for_function(ready, timeout=120 * SECONDS)
    if view == "between":  # two images need no class
        page.wait_for_function(f"{VIEW}.film", timeout=60 * SECONDS)
        page.get_by_test_id("choose-classes").click()
        page.get_by_test_id("film-why").get_by_text("Choose two classes").wait_for()
    else:
        page.get_by_test_id("sum-why").get_by_text("Choose two groups and an image").wait_for()


def test_a_link_that_names_what_is_not_there_opens_the_view_as_it_begins(page, app, explored):
    state = '{"mode":"classes","from":77,"to":3,"pairs":[999999,2],"t":"x","a":-1,"row":9}'
    page.goto(f"{app.url}/explore?session={explored}&view=between&between={state}")
    page.wait_for_function(
        f"{EXPLORE}?.codes.n && {VIEW}?.mode === 'classes'", timeout=120 * SECONDS
    )
    page.get_by_test_id("film-why").get_by_text("Choose two classes").wait_for()
    page.get_by_test_id("choose-images").click()
    page.wait_for_function(f"{VIEW}.film")
    page.goto(
        f"{app.url}/explore?session={explored}&view=between"
        '&between={"mode":"images","a":999999,"b":1}'
    )
    page.wait_for_function(f"{VIEW}?.film", timeout=120 * SECONDS)
    assert page.evaluate(f"{VIEW}.maker.state().a") < N


def test_nobody_is_kept_from_the_views_light_or_dark(between):
    between.emulate_media(reduced_motion="reduce")
    between.keyboard.press("n")
    for theme in ("light", "dark"):
        between.emulate_media(color_scheme=theme)
        between.locator(f".desk[data-theme={theme}]").wait_for()
        between.get_by_test_id("view-between").click()
        for mode in ("images", "classes"):
            between.get_by_test_id(f"choose-{mode}").click()
            between.wait_for_function(f"{VIEW}.mode === '{mode}' && {VIEW}.film")
            assert complaints(between) == [], f"{mode}, {theme}"
        between.get_by_test_id("view-arithmetic").click()
        between.wait_for_function(f"{VIEW}.direction")
        assert complaints(between) == [], f"arithmetic, {theme}"


def test_a_film_is_made_shown_and_labelled_by_keyboard_alone(between):
    slot = between.get_by_test_id("slot-From")
    slot.focus()
    between.keyboard.press("Enter")
    assert slot.get_attribute("aria-pressed") == "true"
    pick_tile = between.get_by_test_id("pick-0")
    pick_tile.focus()
    first = int(pick_tile.get_attribute("data-example"))
    between.keyboard.press("Enter")
    between.keyboard.press("ArrowRight")
    between.keyboard.press("ArrowRight")
    between.keyboard.press("Enter")
    between.wait_for_function(f"{VIEW}.maker.state().a === {first}")
    second = int(between.get_by_test_id("pick-2").get_attribute("data-example"))
    assert between.evaluate(f"{VIEW}.maker.state().b") == second
    between.get_by_test_id("step-0").focus()
    between.keyboard.press("ArrowRight")
    between.keyboard.press("Enter")
    assert between.evaluate(f"Math.round(100 * {VIEW}.player.t)") == 10
    between.keyboard.press("x")
    between.wait_for_function(f"{VIEW}.maker.state().b === {first}")
