"""Explore on photographs with a pretrained M1, and on vectors: what each view shows, or says."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from benchmarks.app_process import App
from ssvae_core.data.library import load_imported, set_encoder
from ssvae_core.encoders import CONTRASTIVE
from ssvae_core.storage.paths import data_root
from tests.support.desk import SECONDS
from tests.support.small_autoencoder import as_diffusers, colours
from tests.support.small_files import encoded, write
from tests.support.small_imports import take_in

EXPLORE = "window.ssvaeExplore"
VIEW = f"{EXPLORE}?.tabs.view"
PATIENCE = 300 * SECONDS
N = 80


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """A folder of a tiny autoencoder, that the environment names."""
    folder = as_diffusers(tmp_path_factory.mktemp("autoencoder") / "tiny")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSVAE_AUTOENCODER", str(folder))
        yield folder


@pytest.fixture(scope="module")
def app(tiny, tmp_path_factory):
    app = App(tmp_path_factory.mktemp("workspace"))
    yield app
    app.stop()


@pytest.fixture(scope="module")
def photographs(app, tmp_path_factory):
    """A session on colour images with four labels of each class."""
    folder, some = tmp_path_factory.mktemp("photographs") / "spots", colours(N)
    for k, (image, answer) in enumerate(zip(some.images, some.answer_key, strict=True)):
        write(folder / some.class_names[answer] / f"{k:02}.png", encoded(image))
    root = data_root(app.root)
    taken = take_in(folder, root, "spots").folder
    set_encoder(taken.name, CONTRASTIVE, root)  # no network is run beside
    data = load_imported(taken)
    session = app.new_session(data=taken.name, n_examples=N, classes=data.class_names).id
    for label in range(2):
        app.label(session, np.flatnonzero(data.answer_key == label)[:4].tolist(), label)
    return session


@pytest.fixture(scope="module")
def opened(app, chromium, photographs):
    """Explore on them, once the pretrained M1 draws styles."""
    page = chromium.new_page(viewport={"width": 1440, "height": 900})
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{app.url}/explore?session={photographs}")
    page.wait_for_function(
        f"{EXPLORE}?.map.drawn > 0 && {EXPLORE}.codes.has('style') && {EXPLORE}.client.guesses"
        f" && {EXPLORE}.decoder.about.drawn_by.includes('autoencoder')",
        timeout=PATIENCE,
    )
    yield page
    assert errors == []
    page.close()


def test_it_says_which_m1_draws_and_styles_and_latents_are_turned(opened):
    assert opened.get_by_test_id("drawn-by").inner_text() == (
        "Drawn by the pretrained autoencoder tiny"
    )
    opened.wait_for_function(f"{VIEW}.grid.rows.length === 9 && {VIEW}.knobs.drawn > 0")
    opened.evaluate(f"{VIEW}.knobs.choose('code')")
    opened.wait_for_function(f"{VIEW}.knobs.space === 'code'")
    opened.evaluate(f"{EXPLORE}.client.setFocus(3)")
    opened.wait_for_function(f"{VIEW}.one.found !== null", timeout=60 * SECONDS)


def test_a_decoder_that_the_browser_does_not_take_is_run_by_the_app(opened):
    """The same pictures, and the hand is followed."""
    both = """async () => {
      const { decoder, codes } = window.ssvaeExplore;
      const draw = () => decoder.decode("code", codes.of("code", 5), Int32Array.of(0), "test");
      const here = await draw();
      const isHere = decoder.isLocal;
      decoder.programs.code.cost = 1e12;
      const there = await draw();
      return [isHere, decoder.isLocal, Array.from(here), Array.from(there)];
    }"""
    was_here, is_here, here, there = opened.evaluate(both)
    assert was_here
    assert not is_here
    assert np.abs(np.array(here) - np.array(there)).max() <= 1  # of 255
    before = opened.evaluate(f"{EXPLORE}.pointer.drawn")
    place = opened.evaluate(f"{EXPLORE}.map.positionOf(5)")
    opened.mouse.move(place["x"] - 2, place["y"])
    opened.mouse.move(place["x"], place["y"])
    opened.wait_for_function(f"{EXPLORE}.pointer.drawn > {before}", timeout=30 * SECONDS)


@pytest.mark.parametrize(
    ("view", "is_there"),
    [
        ("between", f"{VIEW}?.film"),
        ("arithmetic", f"{VIEW}?.direction"),
        ("sampling", f"{VIEW}?.drawn?.classes.length === 2"),
        ("time", f"{VIEW}?.shownStep >= 0"),
    ],
)
def test_every_view_shows_what_it_has(opened, view, is_there):
    opened.evaluate(f"{EXPLORE}.tabs.choose('{view}')")
    opened.wait_for_function(is_there, timeout=120 * SECONDS)


def test_a_dropped_photograph_is_placed_and_a_link_brings_it_back(opened, chromium):
    opened.evaluate(f"{EXPLORE}.tabs.choose('draw')")
    file = io.BytesIO()
    Image.fromarray(colours(3).images[1]).resize((60, 60)).save(file, "PNG")
    given = {"name": "spot.png", "mimeType": "image/png", "buffer": file.getvalue()}
    opened.get_by_test_id("draw-file").set_input_files(given)
    opened.wait_for_function(f"{VIEW}.found?.kept", timeout=PATIENCE)
    opened.wait_for_function("location.search.includes('spot.png')")
    place = opened.evaluate(f"{VIEW}.found.xy")
    again = chromium.new_page()
    again.goto(opened.url)
    again.wait_for_function(f"{VIEW}?.found", timeout=PATIENCE)
    assert again.evaluate(f"{VIEW}.found.xy") == pytest.approx(place, abs=1e-3)
    again.get_by_test_id("draw-found").get_by_text("spot.png").wait_for()
    again.close()


def test_of_vectors_there_is_nothing_to_draw_and_the_time_machine_goes(app, chromium, tmp_path):
    random = np.random.default_rng(0)
    answers = np.arange(90) % 3
    values = (random.normal(size=(90, 6)) + 3 * answers[:, None]).astype(np.float32)
    np.savez(tmp_path / "rows.npz", x=values, y=answers)
    taken = take_in(tmp_path / "rows.npz", data_root(app.root), "rows").folder
    session = app.new_session("m2", taken.name, 90, classes="012").id
    for label in range(3):
        app.label(session, [label], label)
    page = chromium.new_page(viewport={"width": 1440, "height": 900})
    page.goto(f"{app.url}/explore?session={session}")
    page.wait_for_function(
        f"{EXPLORE}?.map.drawn > 0 && {EXPLORE}.client.guesses", timeout=PATIENCE
    )
    for view in ("style", "between", "arithmetic", "draw"):
        page.get_by_test_id(f"view-{view}").click()
        page.get_by_test_id("cannot").get_by_text("lists of numbers").wait_for()
        assert "nothing to draw" in page.get_by_test_id("cannot").inner_text()
    assert page.get_by_test_id("under-pointer").is_hidden()
    page.get_by_test_id("view-time").click()
    page.wait_for_function(f"{VIEW}?.shownStep >= 0", timeout=60 * SECONDS)
    page.close()
