"""Images from elsewhere over HTTP: drawn, dropped, or made by the model."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from ssvae_core.api import routes
from ssvae_core.data import SOURCES
from ssvae_core.protocol.queries_from_elsewhere import Placement, Sampled
from ssvae_core.session.model_queries import ModelQueries
from ssvae_core.session.trainer_client import Trainer
from ssvae_core.session.workspace import Workspace


@pytest.fixture
def session(tmp_path, digits, monkeypatch):
    monkeypatch.setattr(Trainer, "start", lambda self: None)
    monkeypatch.setattr(Workspace, "warm", lambda self, name: None)
    monkeypatch.setattr("ssvae_core.atlas.starter_folders.ASSETS", tmp_path)
    monkeypatch.setitem(SOURCES, "small", lambda: digits)
    workspace = Workspace(tmp_path / "workspace")
    session = workspace.session(workspace.create("Digits", "small", model="m2").id)
    client = TestClient(Starlette(routes=routes(workspace)), base_url="http://127.0.0.1:8501")
    session.ask = lambda path: client.get(f"/api/sessions/{session.row.id}/explore/{path}")
    session.post = lambda path, body: client.post(
        f"/api/sessions/{session.row.id}/explore/{path}", json=body
    )
    yield session
    workspace.close()


@pytest.fixture
def asked(monkeypatch):
    """What the trainer was asked, in place of which answers are known."""
    asked = []

    def place(self, image, photo=None):
        asked.append((image, photo))
        nothing = np.empty(0, np.float32)
        shares = np.zeros(10, np.float32)
        shares[[7, 1]] = 0.8, 0.2
        return Placement(
            **{"id": 0, "probabilities": shares, "nearest": np.array([4, 9], np.int32)},
            distances=np.array([1.0, 2.0], np.float32),
            usual_distance=0.5,
            xy=np.array([[0.25, 0.75]], np.float32),
            redrawn=np.full((1, 8, 8, 1), 3, np.uint8),
            code=np.ones(2, np.float32),
            variance=nothing,
            style=nothing,
        )

    def sample(self, classes, n, seed, temperature, mean):
        asked.append((classes.tolist(), n, seed, temperature, mean))
        shape = len(classes), n
        return Sampled(
            0,
            np.full((*shape, 8, 8, 1), 5, np.uint8),
            np.ones(shape, np.uint8),
            np.zeros((*shape, 0), np.float32),
        )

    def nearest_real(self, images):
        asked.append(images)
        return np.arange(len(images), dtype=np.int32)

    for method in (place, sample, nearest_real):
        monkeypatch.setattr(ModelQueries, method.__name__, method)
    return asked


def text(content):
    return base64.b64encode(content).decode()


def test_a_drawing_is_placed_with_its_guess_and_its_redrawing(session, asked):
    paper = np.full((32, 32, 1), 255, np.uint8)
    paper[8:24, 12:20] = 0
    answer = session.post("place", {"pixels": text(paper.tobytes()), "shape": [32, 32, 1]})
    assert answer.status_code == 200
    found = answer.json()
    image, photo = asked[0]
    assert image.shape == (8, 8, 1)
    assert photo.shape == (32, 32, 1)
    assert base64.b64decode(found["image"]) == image.tobytes()
    assert [each["class"] for each in found["guesses"]] == [7, 1]
    assert found["xy"] == [0.25, 0.75]
    assert found["nearest"][0] == {"example": 4, "distance": 1.0}
    assert found["is_far"] is True
    assert base64.b64decode(found["redrawn"]) == bytes([3] * 64)
    assert found["done"][0].startswith("Light and dark were swapped")


def test_a_dropped_file_is_decoded_as_an_import_does(session, asked):
    file = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 120, (20, 20), np.uint8)).save(file, "PNG")
    answer = session.post("place", {"name": "seven.png", "file": text(file.getvalue())})
    assert answer.status_code == 200
    assert asked[0][0].shape == (8, 8, 1)
    kept = answer.json()["kept"]
    assert session.ask(f"dropped/{kept}").content == file.getvalue()
    again = session.post("place", {"name": "seven.png", "kept": kept})
    assert again.json() == answer.json()
    for gone in ("0" * 32, "..%2F..%2Flabels.db", "none"):
        assert session.ask(f"dropped/{gone}").status_code == 404
    assert session.post("place", {"kept": "0" * 32}).status_code == 404
    refused = session.post("place", {"name": "seven.png", "file": text(b"no image" * 9)})
    assert refused.status_code == 400
    assert "'seven.png' was not taken" in refused.json()["error"]
    assert [path.name for path in session.dropped.folder.iterdir()] == [kept]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"pixels": "%%"},
        {"pixels": "AAAA"},
        {"pixels": "AAAA", "shape": [1, 1, 1]},
        {"pixels": "AAAA", "shape": [True, 3, 1]},
        {"pixels": "AAAA", "shape": [2, 2, 2]},
        {"file": 5},
    ],
)
def test_what_is_no_picture_is_refused(session, asked, body):
    assert session.post("place", body).status_code == 400
    assert asked == []


def test_samples_come_with_what_is_no_picture(session, asked):
    answer = session.ask("samples?classes=3,5&n=4&seed=7&temperature=0.5&mean=1")
    assert asked == [([3, 5], 4, 7, 0.5, True)]
    assert answer.content == bytes([5] * 512 + [1] * 8)
    session.ask("samples?classes=3")
    assert asked[1] == ([3], 10, 0, 1.0, False)


def test_the_real_images_nearest_to_drawings_are_named(session, asked):
    answer = session.post("nearest", {"images": text(bytes(3 * 64))})
    assert answer.json() == {"examples": [0, 1, 2]}
    assert asked[0].shape == (3, 8, 8, 1)
    for wrong in (bytes(65), b""):
        assert session.post("nearest", {"images": text(wrong)}).status_code == 400


def test_the_page_is_told_what_the_images_lie_on(session):
    assert session.ask("paper").json() == {"kind": "image", "is_dark": True, "box": None}
