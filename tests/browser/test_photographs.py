"""Colour photographs come in, are labelled while they are encoded, and mapped by the encoder."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from benchmarks.app_process import wait_until
from ssvae_core.data import load_dataset
from ssvae_core.storage.paths import data_root
from tests.support.desk import LAB

KINDS = ("ball", "brick", "leaf")
EACH, SIDE = 40, 96  # so many that they are not encoded before three labels are answered
PRETRAINED = "efficientnet-lite0"


@pytest.fixture(scope="module")
def things(tmp_path_factory):
    """A folder of JPEG files of three kinds of drawn things, each before a ground of its own."""
    folder = tmp_path_factory.mktemp("photographs") / "things"
    rng = np.random.default_rng(0)
    for kind in KINDS:
        (folder / kind).mkdir(parents=True)
        for k in range(EACH):
            drawn(kind, rng).save(folder / kind / f"{k}.jpg", quality=85)
    return folder


def drawn(kind, rng):
    """One thing, at a place and of a size of its own."""
    ground = rng.integers(60, 200, (6, 6, 3), dtype=np.uint8)
    image = Image.fromarray(ground).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    draw, size = ImageDraw.Draw(image), int(rng.integers(22, 34))
    x, y = (int(rng.integers(size, SIDE - size)) for _ in range(2))
    left, top, right, bottom = x - size, y - size, x + size, y + size
    if kind == "ball":
        draw.ellipse((left, top, right, bottom), fill=(220, 60, 30))
    elif kind == "brick":
        draw.rectangle((left, y - size // 2, right, y + size // 2), fill=(70, 70, 160))
        draw.line((left, y, right, y), fill=(230, 230, 230), width=3)
    else:
        draw.polygon([(x, top), (right, y), (x, bottom), (left, y)], fill=(40, 150, 50))
    return image.filter(ImageFilter.GaussianBlur(1))


def test_photographs_are_labelled_while_they_are_encoded_and_mapped_by_the_encoder(own, things):
    own.drop(things)
    own.read("things")
    own.click("open-map")
    own.page.wait_for_url("**/?session=*", timeout=60_000)
    session = own.page.url.split("session=")[1]

    # Labelled before its trainer has begun: the map of their pixels answers.
    data = load_dataset(own.app.store.session(session).data, data_root(own.app.root))
    for label, kind in enumerate(KINDS):
        own.app.label(session, [data.class_names.index(kind) * EACH], label)

    def answered():
        state = own.app.get(f"sessions/{session}/state")
        return (state["snapshot"] or {}).get("n_labels") == len(KINDS) and state

    state = wait_until(answered, 60, "three labels are answered")
    assert state["trainer"]["state"] == "pretraining", state["trainer"]["message"]
    assert state["snapshot"]["graph"] == "pixels"

    own.to_label_page()
    own.until(f"{LAB}?.state.snapshot?.graph === '{PRETRAINED}'", 240)
    assert own.js(f"{LAB}.state.map.version") > state["map"]["version"]
    assert own.js(f"{LAB}.state.snapshot.n_labels") == len(KINDS)
