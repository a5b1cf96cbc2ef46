"""An image from elsewhere lies where its like are, and is taken for what they are."""

import dataclasses

import numpy as np
import pytest

from ssvae_core.atlas.graphs import CONTRASTIVE, M1_LATENTS, PIXELS
from ssvae_core.data import Dataset
from ssvae_core.errors import UserError
from ssvae_core.protocol.queries import Redraw
from ssvae_core.protocol.queries_from_elsewhere import PlaceImage
from ssvae_core.trainer import placing, spaces
from ssvae_core.training.drawing_guard import DrawingGuard
from tests.support.small_core import ask, label, learned_core, make_core, none_rejected


@pytest.fixture
def core(digits, starter, tmp_path, monkeypatch):
    monkeypatch.setattr(DrawingGuard, "rejects", none_rejected)
    return learned_core(digits, starter, tmp_path, n_each=8)


def placed(core, image, **beside):
    return ask(core, PlaceImage, image=image, **beside)


def test_an_image_of_the_data_set_is_found_where_it_lies(core):
    state = core.state
    for example in (3, 77, 200):
        found = placed(core, state.data.images[example])
        assert found.nearest[0] == example
        assert found.distances[0] == pytest.approx(0, abs=0.05)
        assert np.abs(found.xy[0] - state.atlas.xy[example]).max() < 0.2
        assert found.probabilities.sum() == pytest.approx(1, abs=1e-4)
        assert found.code.shape == found.variance.shape
        assert (found.variance > 0).all()
        redrawn = ask(core, Redraw, example=example).image
        if state.ensemble.propagated[example].argmax() == found.probabilities.argmax():
            assert np.abs(found.redrawn[0].astype(int) - redrawn).max() <= 1


def test_images_that_were_never_seen_are_mostly_taken_for_what_they_are(core, digits):
    key, rng, right = digits.answer_key, np.random.default_rng(0), 0
    chosen = rng.choice(np.flatnonzero(core.state.labels < 0), 60, replace=False)
    for example in chosen:
        noisy = digits.images[example].astype(float) + rng.normal(0, 12, (8, 8, 1))
        found = placed(core, noisy.clip(0, 255).astype(np.uint8))
        right += int(found.probabilities.argmax() == key[example])
    assert right > 45


def test_what_no_image_is_like_is_far_from_all(core):
    noise = np.random.default_rng(0).integers(0, 256, (8, 8, 1), np.uint8)
    near, far = placed(core, core.state.data.images[5]), placed(core, noise)
    assert near.distances[1] < 2 * near.usual_distance
    assert far.distances[0] > near.distances[1]


def test_before_any_label_it_has_a_place_and_no_guess(digits, starter, tmp_path):
    found = placed(make_core("m1m2", digits, starter, tmp_path), digits.images[4])
    assert not found.probabilities.any()
    assert found.nearest[0] == 4
    assert (found.xy >= 0).all()


def test_where_all_examples_lie_is_found_once(core, monkeypatch):
    image = core.state.data.images[3]
    first = placed(core, image)
    assert core.state.starter.places
    monkeypatch.setattr(spaces, "embed", None)
    calls, real = [], spaces.latent_means
    monkeypatch.setattr(spaces, "latent_means", lambda *of: calls.append(of) or real(*of))
    assert np.array_equal(placed(core, image).nearest, first.nearest)
    assert all(len(values) == 1 for _, values in calls)
    assert {M1_LATENTS, CONTRASTIVE, PIXELS} >= set(core.state.starter.places)


def test_another_size_and_vectors_are_refused(core, digits, starter, tmp_path):
    with pytest.raises(UserError, match="another size"):
        placed(core, np.zeros((9, 8, 1), np.uint8))
    rows = digits.images.reshape(len(digits), -1).astype(np.float32) / 16
    vectors = dataclasses.replace(digits, images=rows, name="rows")
    assert isinstance(vectors, Dataset)
    core.state.data = vectors
    with pytest.raises(UserError, match="vectors"):
        placed(core, digits.images[0])


def test_an_encoder_that_cannot_look_is_said_and_the_rest_answers(core, monkeypatch):
    from ssvae_core.atlas.graphs import NamedGraph
    from ssvae_core.pretraining.encoded_features import EncodedFeatures

    state, n = core.state, len(core.state.labels)
    values = np.random.default_rng(0).normal(size=(n, 6)).astype(np.float32)
    features = EncodedFeatures("onnx:gone.onnx", "another key", values)
    near = state.atlas.neighbours, state.atlas.distances
    starter = state.starter.with_beside(features, NamedGraph("onnx:gone.onnx", *near))
    state.go_on_beside(starter)
    core._take_labels()
    found = placed(core, state.data.images[5])
    assert found.unseen.startswith("The encoder 'onnx:gone.onnx' cannot look at this image.")
    assert found.nearest[0] == 5
    assert found.probabilities.sum() == pytest.approx(1, abs=1e-4)
    monkeypatch.setattr(placing, "open_encoder", lambda choice: Six())
    placing._opened.cache_clear()
    seen = placed(core, state.data.images[5], photo=np.zeros((30, 20, 1), np.uint8))
    placing._opened.cache_clear()
    assert seen.unseen == ""
    assert Six.sizes == [(30, 20, 1)]
    assert seen.probabilities.sum() == pytest.approx(1, abs=1e-4)
    label(core)


class Six:
    """An encoder of six features."""

    key, n_features, sizes = "another key", 6, []

    def encode(self, images):
        self.sizes.extend(image.shape for image in images)
        return np.ones((len(images), 6), np.float32)
