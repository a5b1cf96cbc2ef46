"""Encoders on the data page: weights are fetched when a person says so; a replaced file is told."""

from __future__ import annotations

import pytest

from benchmarks.app_process import App, wait_until
from ssvae_core.encoders.hub import CHUNK
from tests.support.own_page import DATA, OwnPage
from tests.support.small_encoders import photographs
from tests.support.small_files import encoded, write
from tests.support.small_hub import Hub, longer
from tests.support.small_models_of_libraries import transformers_folder
from tests.support.small_onnx import onnx_file

NAME = "small/vit"
WANTED = "model.safetensors", "config.json", "preprocessor_config.json"


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    """A hub with one model, of some megabytes."""
    hub, folder = Hub(), tmp_path_factory.mktemp("hub") / "model"
    hub.first = 4 * CHUNK
    transformers_folder(folder)
    weights = folder / "model.safetensors"
    weights.write_bytes(longer(weights.read_bytes(), 3_000_000))
    hub.add(NAME, folder)
    yield hub
    hub.stop()


@pytest.fixture(scope="module")
def app(tmp_path_factory, hub):
    """The real app, for which that is the hub."""
    folder = tmp_path_factory.mktemp("workspace")
    app = App(folder, is_started=False)
    app.environment |= {"HF_ENDPOINT": hub.url, "HF_HOME": str(folder / "hub")}
    app.environment |= {"HF_HUB_CACHE": str(folder / "cache"), "SSVAE_DATA_ROOTS": str(folder)}
    app.start()
    yield app
    app.stop()


@pytest.fixture
def own(chromium, app, tmp_path):
    """The data page, with some photographs of its own."""
    own = OwnPage(chromium, app, app.new_session().id)
    for n, image in enumerate(photographs(30, 40, 50)):
        write(tmp_path / "photos" / f"{n}.png", encoded(image))
    own.drop(tmp_path / "photos")
    own.read("photos")
    yield own
    assert own.errors == []
    own.page.close()


def choose(own, kind, argument):
    own.click("encoder")
    own.click(f"encoder-{kind}")
    own.page.get_by_test_id("encoder-argument").fill(argument)
    own.click("encoder-use")


def test_weights_are_named_with_size_and_licence_and_fetched_by_the_button(own, hub):
    choose(own, "transformers", NAME)
    own.page.get_by_test_id("download-ask").wait_for(timeout=90_000)
    assert hub.asked == []
    assert f"{hub.url}/{NAME}" in own.text("encoder-download")
    own.click("download-ask")
    own.page.get_by_test_id("download-yes").wait_for(timeout=90_000)
    told = own.text("encoder-download")
    n_bytes = sum(len(hub.models[NAME][name]) for name in WANTED)
    assert f"{n_bytes / 1e6:.1f} MB" in told
    assert "apache-2.0" in told
    assert not any("resolve" in each for each in hub.asked)

    hub.gate.clear()
    own.click("download-yes")
    opening = own.page.get_by_test_id("encoder-opening")
    opening.get_by_text("downloading its weights, 1 of 3 MB").wait_for(timeout=90_000)
    own.click("encoder-cancel")
    own.until(f"{DATA}.encoderJob === null")
    assert own.js(f"{DATA}.report.encoder.choice") == "auto"
    assert list((own.app.root / "cache").rglob("*.incomplete")) == []

    hub.gate.set()
    choose(own, "transformers", NAME)
    own.page.get_by_test_id("download-ask").wait_for(timeout=90_000)
    own.click("download-ask")
    own.page.get_by_test_id("download-yes").wait_for(timeout=90_000)
    own.click("download-yes")
    own.until(f"{DATA}.report?.encoder.choice === 'transformers:{NAME}'", 90)
    assert NAME in own.text("encoder-about")


def test_a_file_that_was_replaced_is_told_and_its_images_are_encoded_anew(own):
    path = onnx_file(own.app.root / "mine.onnx", side=16)
    choose(own, "onnx", str(path))
    own.until(f"{DATA}.report?.encoder.choice === 'onnx:{path}'", 90)
    starters = own.app.root / "starters"
    wait_until(lambda: list(starters.glob("*/encoded/manifest.json")), 200, "they are encoded")
    onnx_file(path, side=8)
    own.page.reload()
    own.read("photos")
    changed = own.page.get_by_test_id("encoder-changed")
    changed.get_by_text("has changed since it saw these images").wait_for()
    own.click("encoder-again")
    changed.wait_for(state="hidden", timeout=90_000)
