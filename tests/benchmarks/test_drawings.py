"""The measure of drawings: on drawings whose measure is known."""

import argparse

import numpy as np
import pytest

from benchmarks import drawings
from benchmarks.drawings_judge import ConvolutionalJudge, Judge, measured, recall
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
    judge = ConvolutionalJudge(digits.images, digits.answer_key, 3.0)
    assert judge.error(digits.images, digits.answer_key) < 20


def test_a_row_is_measured_kept_and_shown(tmp_path):
    options = {"labels": [30], "seeds": 1, "budget": 0.1, "judge_seconds": 0.5, "autoencoder": None}
    arguments = argparse.Namespace(**options, results=tmp_path)
    drawings.race(drawings.Task("digits", arguments, tmp_path), ["m1"], arguments)
    text = (tmp_path / "drawings.md").read_text()
    assert "| digits | `m1` | 30 |" in text
    for key in ("digits-m1-30", "digits-real-0"):
        assert f"drawings/{key}.png" in text
        assert (tmp_path / "drawings" / f"{key}.png").stat().st_size > 1000
    assert all(drawings.order(f"digits/{name}/100")[0] == 2 for name in MODELS)
