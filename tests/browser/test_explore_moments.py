"""Explore's time machine, drawing by hand and class samples, in a real browser."""

from __future__ import annotations

import base64
import io
import re
from urllib.parse import urlsplit

import numpy as np
import pytest
from PIL import Image

from benchmarks.app_process import wait_until
from ssvae_core.data import load_dataset
from tests.support.few_digits import N

SECONDS = 1000
KEY = load_dataset("mnist").answer_key[:N]
VIEW = "window.ssvaeExplore?.tabs.view"
CLASSES = [0, 1, 2, 3]


@pytest.fixture(scope="module")
def labelled(app, new_session):
    """A session with twelve labels of four classes, one after the other; its moments are kept."""
    session = new_session("m1")
    app.get(f"sessions/{session}/state")
    examples = [int(i) for k in range(3) for i in [np.flatnonzero(c == KEY)[k] for c in CLASSES]]
    for n, example in enumerate(examples, 1):
        app.label(session, [example], int(KEY[example]))
        wait_until(lambda n=n: seen(app, session) == n, 60, f"{n} labels are seen")
    return session


def seen(app, session):
    """How many labels the snapshot on screen knows."""
    return (app.get(f"sessions/{session}/state")["snapshot"] or {}).get("n_labels")


class Explore:
    """The page, with what it asked and where it went wrong."""

    def __init__(self, chromium, app, session, query="", **how):
        self.app, self.session = app, session
        self.errors, self.hosts = [], set()
        self.page = chromium.new_page(viewport={"width": 1440, "height": 900}, **how)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))
        self.page.goto(f"{app.url}/explore?session={session}{query}")
        self.until("window.ssvaeExplore?.map.drawn > 0 && window.ssvaeExplore.client.guesses")

    def until(self, expression, seconds=60):
        self.page.wait_for_function(expression, timeout=seconds * SECONDS)

    def js(self, expression):
        return self.page.evaluate(expression)

    def see(self, view):
        self.page.get_by_test_id(f"view-{view}").first.click()

    def text(self, testid):
        return self.page.get_by_test_id(testid).inner_text()

    def end(self):
        assert self.errors == []
        assert self.hosts <= {urlsplit(self.app.url).netloc, ""}, "the page asked another host"
        self.page.close()


@pytest.fixture
def explore(chromium, app, labelled):
    explore = Explore(chromium, app, labelled)
    yield explore
    explore.end()


@pytest.fixture
def time(explore):
    explore.see("time")
    explore.until(f"{VIEW}?.shownStep >= 0")
    return explore


def step(explore, number):
    explore.js(f"{VIEW}.go({number})")
    explore.until(f"{VIEW}.shownStep === {number}")


# The time machine


def test_the_slider_goes_through_every_label_and_the_map_shows_its_guesses(time):
    counts = time.js(f"{VIEW}.steps.map((step) => step.n_labels)")
    assert counts[:12] == list(range(1, 13))
    assert time.js(f"{VIEW}.steps.at(-1).id") == "now"
    step(time, 0)
    assert time.text("time-labels").startswith("1")
    kinds = "new Set(window.ssvaeExplore.map.said.past.guesses.best).size"
    assert time.js(kinds) == 1  # one label: all are taken for its class
    assert time.js("window.ssvaeExplore.map.said.marked.length") == 1
    assert time.text("map-facts").endswith("1 labelled then")
    step(time, 11)
    assert time.js(kinds) >= 4
    assert time.js("window.ssvaeExplore.map.said.marked.length") == 12
    step(time, 12)
    assert time.js("window.ssvaeExplore.map.said.past") is None
    assert time.text("map-facts").endswith("12 labelled")


def test_what_changed_since_the_step_before_is_counted_and_ringed(time):
    step(time, 0)
    step(time, 1)
    changed = time.js(f"{VIEW}.changed.length")
    assert changed > 100
    assert time.text("time-changed").replace("\u00a0", "").startswith(str(changed))


def test_errors_and_accuracy_are_those_of_the_moment(time, app, labelled):
    moments = app.get(f"sessions/{labelled}/moments")["moments"]
    for number in (3, 11):
        found = app.get(f"sessions/{labelled}/moments/{moments[number]['id']}/confusion")
        step(time, number)
        right = f"{100 * found['right'] / found['n']:.1f}%"
        time.page.get_by_test_id("time-right").get_by_text(right).wait_for()
        assert time.page.get_by_test_id("time-confusion").locator(".confused").count() == 100


def test_it_is_played_as_a_film_by_a_key_and_its_speed_is_chosen(time):
    step(time, 9)
    time.page.keyboard.press("]")
    time.page.keyboard.press("]")
    assert time.text("time-speed") == "4×"
    time.page.keyboard.press("k")
    time.until(f"{VIEW}.isPlaying")
    time.until(f"{VIEW}.shownStep === {VIEW}.steps.length - 1 && !{VIEW}.isPlaying")
    time.page.keyboard.press("ArrowLeft")
    time.until(f"{VIEW}.shownStep === 11")
    time.page.keyboard.press("Home")
    time.until(f"{VIEW}.shownStep === 0")


def test_the_link_opens_the_same_moment(chromium, app, labelled, time):
    step(time, 4)
    query = urlsplit(time.js("location.href")).query
    assert "view=time" in query
    other = Explore(chromium, app, labelled, "&" + query.split("&", 1)[1])
    other.until(f"{VIEW}?.shownStep === 4")
    other.end()


def test_another_view_shows_the_map_of_now_again(time):
    step(time, 2)
    assert time.js("window.ssvaeExplore.map.said.past !== null")
    time.see("draw")
    assert time.js("window.ssvaeExplore.map.said.past") is None


def test_undone_labels_are_hidden_and_come_back_with_redo(chromium, app, new_session):
    session = new_session("m1")
    for n, example in enumerate([1, 2, 3], 1):
        app.label(session, [example], int(KEY[example]))
        wait_until(lambda n=n: seen(app, session) == n, 60, "it is seen")
    explore = Explore(chromium, app, session, "&view=time")
    explore.until(f"{VIEW}?.steps.length === 4")
    for key, kept in (("z", 2), ("Shift+Z", 3)):
        explore.page.keyboard.press(key)
        wait_until(
            lambda kept=kept: (
                len(app.get(f"sessions/{session}/moments")["moments"]) == kept
                and seen(app, session) == kept
            ),
            60,
            "the moments follow",
        )
        explore.until(f"{VIEW}.steps.length === {kept + 1}")
        said = explore.text("time-missing") if kept == 2 else ""
        assert kept == 3 or "1 moment of labels that were undone is hidden" in said
    explore.end()


def test_without_labels_it_says_what_to_do(chromium, app, new_session):
    session = new_session("m1")
    page = chromium.new_page(viewport={"width": 1440, "height": 900})
    page.goto(f"{app.url}/explore?session={session}&view=time")
    page.get_by_test_id("time-none").get_by_text("Label an image").wait_for(timeout=60 * SECONDS)
    page.close()


# Draw


def stroke(explore, *points):
    """Draw a line by mouse, of points as shares of the paper."""
    box = explore.page.get_by_test_id("paper").bounding_box()
    mouse = explore.page.mouse
    at = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
    mouse.move(*at[0])
    mouse.down()
    for place in at[1:]:
        mouse.move(*place, steps=5)
    mouse.up()


def drawn(explore):
    explore.until(f"{VIEW}?.found !== null")
    return explore.js(f"{VIEW}.found")


def test_a_drawn_one_is_taken_for_a_one_and_lies_among_them(explore):
    explore.see("draw")
    stroke(explore, (0.52, 0.2), (0.5, 0.5), (0.48, 0.8))
    found = drawn(explore)
    assert found["guesses"][0]["class"] == 1
    assert (KEY[[each["example"] for each in found["nearest"]]] == 1).mean() > 0.7
    image = np.frombuffer(base64.b64decode(found["image"]), np.uint8).reshape(28, 28)
    rows = np.flatnonzero((image > 40).any(1))
    assert rows[-1] - rows[0] + 1 == 20  # as MNIST's lie
    assert len(base64.b64decode(found["redrawn"])) == 784
    assert len(found["code"]) == len(found["variance"]) > 1
    assert "centred by its mass" in explore.text("draw-done")
    panel = explore.page.get_by_test_id("draw-found")  # the plane comes once all codes are there
    panel.get_by_text("1 and 2 standard deviations").wait_for(timeout=30 * SECONDS)


def test_guesses_that_come_meanwhile_do_not_put_the_answer_off(explore):
    explore.see("draw")
    storm = "setInterval(() => window.ssvaeExplore.client.emit('guesses', undefined), 20)"
    explore.js(f"void (window.storm = {storm})")
    stroke(explore, (0.52, 0.2), (0.5, 0.5), (0.48, 0.8))
    assert drawn(explore)["guesses"][0]["class"] == 1
    explore.js("clearInterval(window.storm)")


def test_a_stroke_is_taken_back_and_the_link_draws_again(chromium, app, labelled, explore):
    explore.see("draw")
    stroke(explore, (0.3, 0.3), (0.7, 0.3))
    stroke(explore, (0.7, 0.3), (0.45, 0.8))
    drawn(explore)
    assert explore.js(f"{VIEW}.paper.strokes.list.length") == 2
    explore.page.keyboard.press("u")
    assert explore.js(f"{VIEW}.paper.strokes.list.length") == 1
    query = urlsplit(explore.js("location.href")).query
    other = Explore(chromium, app, labelled, "&" + query.split("&", 1)[1])
    assert drawn(other)["guesses"]
    assert other.js(f"{VIEW}.paper.strokes.list.length") == 1
    other.end()
    explore.page.keyboard.press("x")
    explore.page.get_by_test_id("draw-none").get_by_text("Draw something").wait_for()


def png(pixels):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def test_an_image_that_is_opened_dropped_or_pasted_is_placed(explore):
    explore.see("draw")
    digit = load_dataset("mnist").images[int(np.flatnonzero(KEY == 0)[5]), ..., 0]
    content = png(np.asarray(Image.fromarray(255 - digit).resize((90, 90))))
    file = {"name": "zero.png", "mimeType": "image/png", "buffer": content}
    explore.page.get_by_test_id("draw-file").set_input_files(file)
    assert drawn(explore)["guesses"][0]["class"] == 0
    for kind, target in (("drop", "DragEvent"), ("paste", "ClipboardEvent")):
        explore.page.get_by_test_id("stroke-clear").click()
        explore.until(f"{VIEW}.found === null")
        given = "dataTransfer" if kind == "drop" else "clipboardData"
        explore.js(
            f"""(async () => {{
              const bytes = Uint8Array.from(atob("{base64.b64encode(content).decode()}"),
                (letter) => letter.charCodeAt(0));
              const data = new DataTransfer();
              data.items.add(new File([bytes], "zero.png", {{ type: "image/png" }}));
              window.dispatchEvent(new {target}("{kind}", {{ {given}: data }}));
            }})()"""
        )
        assert drawn(explore)["guesses"][0]["class"] == 0


def test_a_file_that_is_no_image_is_a_sentence(explore):
    explore.see("draw")
    file = {"name": "no.png", "mimeType": "image/png", "buffer": b"no image" * 20}
    explore.page.get_by_test_id("draw-file").set_input_files(file)
    explore.page.get_by_text("'no.png' was not taken: cannot be read as an image").wait_for()


# Class samples


def rows(explore):
    return explore.page.get_by_test_id("sample-rows").locator(".drawn-row")


def pixels(explore):
    return explore.js(f"Array.from({VIEW}.drawn.images)")


@pytest.fixture
def samples(explore):
    explore.see("sampling")
    explore.until(f"{VIEW}?.drawn !== null")
    return explore


def asked_anew(explore, act):
    explore.js(f"window.before = {VIEW}.drawn, 0")
    act()
    explore.until(f"{VIEW}.drawn !== null && {VIEW}.drawn !== window.before")


def test_many_are_drawn_at_once_and_the_seed_decides(samples):
    assert rows(samples).count() == 10
    assert rows(samples).nth(1).locator("canvas").count() == 10
    first = pixels(samples)
    asked_anew(samples, lambda: samples.page.keyboard.press("n"))
    assert pixels(samples) != first
    assert f"seed={samples.js('window.ssvaeExplore.link.seed')}" in samples.js("location.search")
    samples.page.get_by_test_id("samples-20").click()
    samples.until(f"{VIEW}.drawn.n === 20")


def test_temperature_and_mean_change_what_is_drawn(samples):
    def spread():
        images = np.array(pixels(samples), float).reshape(-1, 10, 784)
        return images[1].std(0).mean()  # of the class 1

    slider = samples.page.get_by_test_id("samples-temperature")
    asked_anew(samples, lambda: slider.fill("0"))
    cold = spread()
    asked_anew(samples, lambda: slider.fill("2"))
    assert spread() > cold
    assert samples.text("samples-warmth") == "2.00"
    before = pixels(samples)
    asked_anew(samples, lambda: samples.page.get_by_test_id("samples-mean").click())
    assert pixels(samples) != before


def test_one_class_alone_is_drawn(samples):
    samples.page.get_by_test_id("samples-class").select_option("2")
    samples.until(f"{VIEW}.drawn?.classes.length === 1")
    assert rows(samples).count() == 1
    assert len(pixels(samples)) == 10 * 784


def test_the_nearest_real_images_come_on_a_key(samples):
    samples.page.keyboard.press("Shift+R")
    samples.until(f"{VIEW}.nearest?.length === 100")
    real = samples.page.get_by_test_id("sample-rows").locator("button[data-example]")
    assert real.count() >= 40
    near = np.array(samples.js(f"{VIEW}.nearest"))[:40]  # of the four classes with labels
    drawn_ones = np.array(pixels(samples), float).reshape(-1, 784)[:40]
    images = load_dataset("mnist").images[near].reshape(40, 784)
    apart = np.abs(drawn_ones - images).mean()
    assert apart < 0.8 * np.abs(drawn_ones - np.roll(images, 10, 0)).mean()


def test_what_is_drawn_is_saved_as_png_and_svg(samples):
    with samples.page.expect_download() as told:
        samples.page.get_by_test_id("samples-png").click()
    with Image.open(told.value.path()) as picture:
        assert picture.format == "PNG"
        assert picture.width > 10 * 84
    with samples.page.expect_download() as told:
        samples.page.get_by_test_id("samples-svg").click()
    text = told.value.path().read_text()
    assert text.startswith(("<svg", "<?xml"))
    assert len(re.findall("<image", text)) == 100


def test_the_link_brings_back_class_count_temperature_and_seed(chromium, app, labelled, samples):
    samples.page.get_by_test_id("samples-5").click()
    samples.page.get_by_test_id("samples-class").select_option("1")
    samples.page.get_by_test_id("samples-temperature").fill("0.5")
    samples.page.keyboard.press("n")
    samples.until(f"{VIEW}.drawn?.classes.length === 1 && {VIEW}.drawn.n === 5")
    query = urlsplit(samples.js("location.href")).query
    seed = samples.js("window.ssvaeExplore.link.seed")
    other = Explore(chromium, app, labelled, "&" + query.split("&", 1)[1])
    other.until(f"{VIEW}?.drawn?.classes.length === 1 && {VIEW}.drawn.n === 5")
    assert other.js(f"{VIEW}.temperature") == 0.5
    assert other.js("window.ssvaeExplore.link.seed") == seed
    other.end()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_view_is_legible_light_and_dark(chromium, app, labelled, scheme):
    explore = Explore(chromium, app, labelled, color_scheme=scheme)
    for view in ("time", "sampling", "draw"):
        explore.see(view)
        explore.until(f"{VIEW} && window.ssvaeExplore.tabs.current === '{view}'")
        panel = explore.page.locator(f".view.{view} .panel").first
        ground = panel.evaluate("element => getComputedStyle(element).backgroundColor")
        ink = panel.evaluate("element => getComputedStyle(element).color")
        dark, light = sorted(sum(map(int, re.findall(r"\d+", each)[:3])) for each in (ground, ink))
        assert light - dark > 350
    explore.end()
