"""`fit --target`: labels of one set serve another, which is made alike first."""

import dataclasses

import numpy as np
import pytest

from ssvae_core.data import SOURCES
from tests.support.small_cli import QUICK, STEPS, laid_otherwise


@pytest.fixture
def target(data, monkeypatch):
    """The test part of the digits as another set, made otherwise, with a test part of its own."""
    images, key = laid_otherwise(data.test_images), data.test_answer_key
    other = dataclasses.replace(
        data,
        name="other",
        images=images[:60],
        answer_key=key[:60],
        test_images=images[60:],
        test_answer_key=key[60:],
        identity="",
    )
    monkeypatch.setitem(SOURCES, "other", lambda: other)
    return other


ON_SMALL = ("fit", *QUICK, "--model", "m2", "--labels", "200", *STEPS)


def test_it_says_the_error_on_the_target(call, fits, target, data):
    found = call(*ON_SMALL, "--target", "other")
    (fit,) = fits
    assert (found["target"], found["target_error_on"]) == ("other", "test")
    assert found["made_alike"].startswith("small made as other: 20 x 20 pixels, dark on light")
    assert found["target_error"] < 60  # of chance's 90
    assert len(fit.labels) == len(data) + 60
    assert np.count_nonzero(fit.labels >= 0) == 200
    assert (fit.labels[len(data) :] == -1).all()
    assert found["error"] < 45


def test_a_target_without_a_test_part_is_counted_whole(call, target, monkeypatch):
    without = dataclasses.replace(target, test_images=None, test_answer_key=None, identity="x")
    monkeypatch.setitem(SOURCES, "other", lambda: without)
    found = call(*ON_SMALL, "--target", "other")
    assert found["target_error_on"] == "all"
    assert 0 <= found["target_error"] < 60


def test_a_file_is_a_target_and_its_classes_are_found_by_name(call, target, tmp_path):
    np.savez(
        tmp_path / "others.npz",
        x_train=target.images[..., 0],
        y_train=9 - target.answer_key,
        x_test=target.test_images[..., 0],
        y_test=9 - target.test_answer_key,
    )
    found = call(*ON_SMALL, "--target", str(tmp_path / "others.npz"))
    assert found["target"] == "others"
    assert found["target_error"] > 60  # by these names most are others


def test_as_they_are_only_the_size_is_made_alike(call, target, fits):
    call(*ON_SMALL, "--target", "other", "--as-they-are")
    assert np.median(fits[0].values[0].numpy()) < 128  # the source's ground stays dark


def test_an_image_of_both_keeps_its_label(call, data, monkeypatch, fits):
    same = dataclasses.replace(data, name="same", identity=data.fingerprint)
    monkeypatch.setitem(SOURCES, "same", lambda: same)
    call(*ON_SMALL, "--target", "same")
    assert np.count_nonzero(fits[0].labels >= 0) == 200


def test_other_classes_are_refused(refused, target, monkeypatch):
    others = tuple("abcdefghij")
    monkeypatch.setitem(SOURCES, "other", lambda: dataclasses.replace(target, class_names=others))
    assert "has other classes (a, b, c, d, e)" in refused(*ON_SMALL, "--target", "other")


def test_vectors_are_no_target_of_images(refused, target, monkeypatch):
    rows = dataclasses.replace(
        target, images=np.zeros((9, 4), np.float32), answer_key=None, test_images=None
    )
    monkeypatch.setitem(SOURCES, "other", lambda: rows)
    assert "holds vectors of shape (4,)" in refused(*ON_SMALL, "--target", "other")


def test_what_is_not_there_is_said(refused):
    assert "Unknown data set 'nowhere'" in refused(*ON_SMALL, "--target", "nowhere")
