"""Which encoder a session on a data set sees its images by."""

import dataclasses

import numpy as np
import pytest

from ssvae_core.data import Dataset
from ssvae_core.encoders import ENCODERS, EncoderKind
from ssvae_core.encoders.wanted import any_encoder, wanted_beside, wanted_encoder
from tests.support.small_encoders import photo_set


@pytest.fixture
def data():
    return photo_set(4)


def test_features_that_came_with_the_data_are_taken(data):
    matrix = np.zeros((4, 3), np.float32)
    assert wanted_encoder(dataclasses.replace(data, features=matrix)) == "features"


@pytest.mark.parametrize(
    ("chosen", "wanted"), [("contrastive", ""), ("mean", "mean"), ("unheard", "unheard")]
)
def test_which_encoder_is_wanted(data, monkeypatch, chosen, wanted):
    monkeypatch.setitem(ENCODERS, "mean", EncoderKind("Mean", "the mean colour"))
    assert wanted_encoder(dataclasses.replace(data, encoder=chosen)) == wanted


def test_small_grey_images_are_left_to_what_is_learned_on_them(data):
    grey = dataclasses.replace(data, images=data.images[..., :1])
    assert wanted_encoder(grey) == ""
    assert wanted_beside(grey) == any_encoder(grey) == "efficientnet-lite0"
    assert any_encoder(grey, has_starter=True) == wanted_beside(data) == ""
    assert wanted_encoder(dataclasses.replace(grey, encoder="efficientnet-lite0")) != ""
    assert wanted_encoder(data) == "efficientnet-lite0"


def test_vectors_want_none():
    vectors = Dataset("v", "V", np.eye(4, dtype=np.float32), ("a", "b"))
    assert wanted_encoder(vectors) == ""
