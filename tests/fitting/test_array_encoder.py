"""A classifier on photographs: an encoder sees them as they are, the model in small."""

import pickle
import time

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning

from ssvae_core import SSVAEClassifier
from ssvae_core.encoders import open_encoder
from ssvae_core.errors import UserError
from ssvae_core.fitting import array_encoder
from ssvae_core.fitting.model_copies import model_copies
from tests.support.small_classifier import classifier
from tests.support.small_encoders import MeanColour


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """An encoder that costs nothing, in place of the one that ships."""
    encoder = MeanColour()
    monkeypatch.setattr(array_encoder, "open_encoder", lambda choice: encoder)
    return encoder


@pytest.fixture(scope="module")
def photographs():
    """Forty drawn ones of 80 x 70 pixels, of two kinds: those that are rather red, and blue."""
    rng, y = np.random.default_rng(0), np.arange(40) % 2
    colours = np.where(y[:, None], (150, 100, 90), (90, 100, 150))[:, None, None]
    X = colours + rng.normal(0, 20, (40, 1, 1, 3)) + rng.normal(0, 30, (40, 80, 70, 3))
    return X.clip(0, 255).astype(np.uint8), y


@pytest.fixture(scope="module")
def few(photographs):
    """Three labels of each kind."""
    _, y = photographs
    return np.where(np.arange(40) < 6, y, -1)


@pytest.fixture(scope="module")
def on_features(photographs, few):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(array_encoder, "open_encoder", lambda choice: MeanColour())
        return classifier(max_iter=2).fit(photographs[0], few)


@pytest.fixture
def refusing(monkeypatch):
    """No encoder can be opened."""

    def refuse(choice):
        raise AssertionError(f"{choice} was opened")

    monkeypatch.setattr(array_encoder, "open_encoder", refuse)


def test_photographs_are_told_apart_by_an_encoder(on_features, photographs):
    X, y = photographs
    assert on_features.encoder_ == "efficientnet-lite0"
    assert (on_features.image_shape_, on_features.n_features_in_) == ((80, 70, 3), 80 * 70 * 3)
    assert on_features.fit_.seen.features.shape == (40, 3)
    assert on_features.score(X, y) > 0.9
    assert on_features.score(X[:, :, ::-1] // 2 + 40, y) > 0.9  # that it has not seen


def test_the_model_sees_them_in_small_and_draws_in_that_size(on_features, photographs):
    assert on_features.fit_.shape == (64, 64, 3)
    assert on_features.sample(1, 2).shape == (2, 64, 64, 3)
    assert on_features.reconstruct(photographs[0][:2]).shape == (2, 64, 64, 3)


def test_what_it_learned_from_is_not_encoded_again(on_features, photographs, refusing):
    X, _ = photographs
    again = pickle.loads(pickle.dumps(on_features))
    assert_array_equal(again.predict_proba(X), on_features.predict_proba(X))
    with pytest.raises(AssertionError, match="was opened"):
        again.predict(255 - X[:1])


def test_it_says_the_same_when_it_is_loaded_and_of_new_images_too(
    on_features, photographs, tmp_path
):
    new = photographs[0][:3, ::-1].copy()
    on_features.save(tmp_path / "model")
    loaded = SSVAEClassifier.load(tmp_path / "model", device="cpu")
    assert (loaded.encoder_, loaded.image_shape_) == ("efficientnet-lite0", (80, 70, 3))
    assert_allclose(loaded.predict_proba(new), on_features.predict_proba(new), atol=1e-6)
    loaded = SSVAEClassifier.load(tmp_path / "model", device="cpu")
    loaded._encoder.key = "another"
    with pytest.raises(UserError, match="learned from features of the encoder another, and "):
        loaded.predict(new)


def test_floats_are_seen_as_the_bytes_they_stand_for(on_features, photographs, refusing):
    X, _ = photographs
    found = on_features.predict_proba((X[:4] / 255).astype(np.float32))
    assert_allclose(found, on_features.predict_proba(X[:4]), atol=1e-6)


def test_more_images_are_encoded_alone(photographs, few, quick):
    X, y = photographs
    learner = classifier(max_iter=1).partial_fit(X[:20], few[:20])
    learner.partial_fit(X[:22], y[:22])
    assert learner.fit_.seen.features.shape == (22, 3)
    assert learner.n_iter_ == 2
    learner.partial_fit(X[:22], y[:22])
    assert quick.n_seen == 22
    assert_array_equal(learner.fit_.labels, y[:22])


def test_where_the_budget_is_too_short_to_encode_all_the_labelled_are_there(photographs, few):
    """Some others too: those that were at work when it was over."""
    X, _ = photographs
    hasty = classifier(max_iter=1).set_params(budget=1e-6)
    with pytest.warns(ConvergenceWarning, match=r"of 40 images, all without a label, are left out"):
        hasty.fit(X, few)
    assert 6 <= len(hasty.fit_.labels) < 40
    assert (hasty.fit_.labels >= 0).sum() == 6


@pytest.mark.parametrize(
    ("choice", "shape", "expected"),
    [
        ("auto", (8, 8, 1), "efficientnet-lite0"),
        ("auto", (33, 8, 1), "efficientnet-lite0"),
        ("auto", (8, 8, 3), "efficientnet-lite0"),
        ("auto", (8, 8, 2), None),
        ("auto", (64,), None),
        ("contrastive", (80, 80, 3), None),
        ("efficientnet-lite0", (8, 8, 1), "efficientnet-lite0"),
    ],
)
def test_auto_takes_an_encoder_for_all_images_that_it_can_see(choice, shape, expected):
    found = array_encoder.ArrayEncoder.of(choice, shape)
    assert (None if found is None else found.choice) == expected
    is_small_grey = (choice, shape) == ("auto", (8, 8, 1))
    assert (found is not None and found.beside) == is_small_grey


def test_an_encoder_that_is_none_is_refused_in_a_sentence(photographs, few):
    with pytest.raises(UserError, match=r"Unknown encoder 'resnet'\. Choose one of: auto, "):
        classifier(encoder="resnet").fit(photographs[0], few)
    with pytest.raises(UserError, match="sees images, and the examples are vectors"):
        classifier(encoder="efficientnet-lite0").fit([[0.0], [1.0]], [0, 1])


def test_the_encoder_is_a_parameter_like_any_other():
    assert (
        clone(SSVAEClassifier(encoder="onnx:dino.onnx")).get_params()["encoder"] == "onnx:dino.onnx"
    )


def test_with_the_encoder_that_ships_kinds_that_mean_colours_do_not_tell_are_told(monkeypatch):
    """Stripes that stand, and stripes that lie."""
    monkeypatch.setattr(array_encoder, "open_encoder", open_encoder)
    rng, y = np.random.default_rng(0), np.arange(16) % 2
    waves = np.sin(np.arange(48) / rng.uniform(2, 4, (16, 1)) + rng.uniform(0, 6, (16, 1)))
    planes = np.where(y[:, None, None], waves[:, :, None], waves[:, None, :])
    X = (128 + 90 * planes).astype(np.uint8)
    learned = classifier(max_iter=1).fit(X, np.where(np.arange(16) < 4, y, -1))
    assert learned.fit_.seen.features.shape == (16, 1792)
    assert learned.score(X, y) == 1


def test_neighbours_by_features_and_by_pixels_and_a_probe_answer_together(on_features, photographs):
    fit, X = on_features.fit_, photographs[0]
    assert [graph.name for graph in fit.graphs] == ["features", "pixels"]
    assert fit.ensemble.mixture.names == ["features", "pixels", "linear probe"]
    features = fit.seen.features.numpy()
    found = fit.propagated(model_copies(X), features)  # as if they were new
    assert (found.argmax(1) == fit.ensemble.propagated.argmax(1)).mean() > 0.9
    assert_allclose(found.sum(1), 1, atol=1e-5)


def test_features_of_a_file_are_those_of_the_images_learned_from(photographs, few, tmp_path):
    X, y = photographs
    np.save(tmp_path / "mine.npy", np.eye(2, 5, dtype=np.float32)[y])
    encoder = f"features:{tmp_path / 'mine.npy'}"
    learned = classifier(encoder=encoder, max_iter=1).fit(X, few)
    assert learned.fit_.seen.features.shape == (40, 5)
    assert learned.score(X, y) == 1
    with pytest.raises(UserError, match=r"did not learn from, and mine\.npy has no features"):
        learned.predict(255 - X)
    with pytest.raises(UserError, match="40"):
        classifier(encoder=encoder, max_iter=1).fit(X[:7], few[:7])
    with pytest.raises(UserError, match="is for images, and X holds vectors"):
        classifier(encoder=encoder).fit([[0.0], [1.0]], [0, 1])


@pytest.fixture(scope="module")
def grey():
    """Forty small ones, dark and light, that no two pixels tell."""
    rng, y = np.random.default_rng(0), np.arange(40) % 2
    X = np.where(y[:, None, None], 150, 110) + rng.normal(0, 40, (40, 8, 8))
    return X.clip(0, 255).astype(np.uint8), y


@pytest.fixture
def beside(grey, few):
    return classifier("m2", max_iter=2, config={"latent_dim": 2}).fit(grey[0], few)


def test_small_grey_images_are_seen_beside_the_model(beside, grey, few, quick, tmp_path):
    X, y = grey
    assert (beside.encoder_, beside.fit_.learner.model.n_features) == ("efficientnet-lite0", 0)
    assert beside.fit_.ensemble.mixture.names == ["pixels", "features", "linear probe"]
    assert beside.score(X, y) > 0.9
    new = X[:6, ::-1].copy()
    said, seen = beside.predict_proba(new), quick.n_seen
    assert seen == 46
    assert (beside.predict(new) == y[:6]).mean() > 0.8
    beside.save(tmp_path / "model")
    loaded = SSVAEClassifier.load(tmp_path / "model", device="cpu")
    assert loaded.fit_.learner.model.n_features == 0
    assert_allclose(loaded.predict_proba(new), said, atol=1e-6)
    again = pickle.loads(pickle.dumps(beside))
    assert_allclose(again.predict_proba(new), said, atol=1e-6)
    assert again.transform(new).shape == (6, 2 + 2)
    again.partial_fit(new, y[:6])
    assert len(again.fit_.seen.features) == 46


def test_where_the_budget_is_too_short_grey_images_are_not_encoded(grey, few, quick, monkeypatch):
    class Slow(MeanColour):
        def encode(self, images):
            time.sleep(0.01 * len(images))
            return super().encode(images)

    slow = Slow()
    monkeypatch.setattr(array_encoder, "open_encoder", lambda choice: slow)
    monkeypatch.setattr(array_encoder, "PACE_SECONDS", 0.0)
    hasty = classifier("m2", max_iter=1).set_params(budget=0.2).fit(grey[0], few)
    assert 0 < slow.n_seen <= 20
    assert (hasty.encoder_, hasty.fit_.seen.features) == ("", None)
    assert len(hasty.fit_.labels) == 40  # all images are learned from
    seen = slow.n_seen
    hasty.predict(grey[0])
    assert slow.n_seen == seen
