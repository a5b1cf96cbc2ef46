"""The measure of drawings: on drawings whose measure is known."""

import argparse

import numpy as np
import pytest

from benchmarks import drawings
from benchmarks.drawings_judge import (
    ConvolutionalJudge,
    FeatureJudge,
    Judge,
    measured,
    recall,
)
from benchmarks.drawings_plan import ON_M1, PLAN
from ssvae_core.models import MODELS


class ByBrightness(Judge):
    """Reads class 1 where an image is bright."""

    def features(self, images):
        return images.reshape(len(images), -1)

    def read(self, features):
        return (features.mean(1) > 0.5).astype(int)


def images(n, seed, width=0.2):
    """Dark and bright ones of 3 x 3 pixels: 2 x (n, 3, 3, 1)."""
    rng = np.random.default_rng(seed)
    noise = width * rng.random((2, n, 3, 3, 1))
    return [(noise[0] + 0.1).astype(np.float32), (noise[1] + 0.7).astype(np.float32)]


def of(drawn):
    learned = [np.round(255 * part).astype(np.uint8) for part in images(300, 2)]
    return measured(ByBrightness(), drawn, images(100, 1), learned)


def test_other_real_images_are_read_and_as_varied_and_as_far_from_those_learned():
    found = of(images(100, 3))
    assert found["read"] == 100
    assert found["recall"] > 80
    assert found["spread"] == pytest.approx(1, abs=0.05)
    assert found["near"] == pytest.approx(1, abs=0.1)


def test_one_picture_a_class_is_read_and_not_varied():
    found = of(
        [part.mean(0, keepdims=True) + images(100, 3, 0.02)[0] - 0.1 for part in images(9, 3)]
    )
    assert found["read"] == 100
    assert found["recall"] < 5
    assert found["spread"] < 0.2


def test_images_learned_from_are_near_and_those_of_another_class_are_not_read():
    found = of([part[:100] for part in images(300, 2)])
    assert found["near"] < 0.05
    assert of(images(100, 3)[::-1])["read"] == 0


def test_recall_is_of_the_real_ones_within_a_third_nearest():
    drawn = np.array([[0.0], [1.0], [2.0], [3.0], [100.0]], np.float32)
    real = np.array([[-2.9], [5.9], [-3.1], [50.0], [250.0]], np.float32)
    assert recall(drawn[:4], real[:3]) == pytest.approx(1 / 3 + 1 / 3)
    assert recall(drawn, real[3:]) == pytest.approx(1 / 2)


def test_convolutions_learn_to_read(digits):
    judge = ConvolutionalJudge(digits.images, digits.answer_key, 400)
    assert judge.error(digits.images, digits.answer_key) < 20


def test_a_row_is_measured_kept_and_shown_once(tmp_path, monkeypatch):
    arguments = argparse.Namespace(judge_steps=50, results=tmp_path)
    task = drawings.Task("digits", arguments, tmp_path)
    rows = drawings.Rows(("m1",), (30,), 1, 0.1)
    drawings.race_real(task, tmp_path)
    drawings.race(task, rows, arguments)
    text = (tmp_path / "drawings.md").read_text()
    assert "| digits | `m1` | 30 |" in text
    for key in ("digits-m1-30", "digits-real-0"):
        assert f"drawings/{key}.png" in text
        assert (tmp_path / "drawings" / f"{key}.png").stat().st_size > 1000
    monkeypatch.delattr(drawings.Task, "fit")  # what is kept is not run again
    drawings.race(task, rows, arguments)
    with pytest.raises(AttributeError):
        drawings.race(task, rows._replace(draws=2), arguments)


def test_the_plan_has_every_model_on_every_set_at_all_labels():
    planned = {(name, one.models[0], one.labels[0]) for name, rows in PLAN for one in rows.each()}
    assert {name for name, _, _ in planned} == set(drawings.SETS)
    for name in drawings.SETS:
        models = ON_M1 if "+" in name else MODELS
        assert {row[1:] for row in planned if row[0] == name} == {
            (model, labels) for model in models for labels in (10, 30, 100)
        }
    assert all(drawings.order(f"{name}/{model}/{n}") for name, model, n in planned)
    for row in planned:
        plans = [one for name, rows in PLAN for one in rows.each() if name == row[0]]
        assert max(one.draws for one in plans if (one.models[0], one.labels[0]) == row[1:]) == 3


class Averages:
    """An encoder: the mean of each channel in every quarter of an image."""

    key, n_features = "averages", 12

    def __init__(self):
        self.n_seen = 0

    def encode(self, images):
        self.n_seen += len(images)
        parts = [np.split(half, 2, 1) for image in images for half in np.split(image / 255, 2)]
        return np.array(parts).mean((2, 3)).reshape(len(images), -1).astype(np.float32)


def test_the_judge_of_photographs_sees_them_as_large_as_drawings_and_each_once():
    rng = np.random.default_rng(0)
    key = np.arange(120) % 2
    photos = rng.integers(0, 180, (120, 8, 8, 3), np.uint8)
    photos[key == 1, :4] += 70
    encoder = Averages()
    judge = FeatureJudge(photos[:80], key[:80], encoder)
    assert encoder.n_seen == 80
    judge.remember(photos[80:])
    assert judge.error(photos[80:], key[80:]) < 10
    assert encoder.n_seen == 120
    drawn = np.clip(photos[80:] / 255 + 0.05, 0, 1).astype(np.float32)
    assert (judge.read(judge.features(drawn)) == key[80:]).mean() > 0.9
    assert encoder.n_seen == 160
