"""A fit saved, pickled and loaded says and draws the same."""

import pickle
import pickletools

import pytest
from numpy.testing import assert_array_equal

from ssvae_core import SSVAEClassifier
from ssvae_core.errors import UserError
from ssvae_core.fitting.saved_fit import save_fit
from tests.support.small_classifier import classifier


@pytest.mark.parametrize("kind", ["fitted", "on_vectors"])
def test_saved_and_loaded_it_says_and_draws_the_same(kind, request, tmp_path, images, flowers):
    learned = request.getfixturevalue(kind)
    X = images if kind == "fitted" else flowers[0]
    learned.save(tmp_path / "model")
    loaded = SSVAEClassifier.load(tmp_path / "model", device="cpu")
    assert loaded.get_params() == learned.get_params()
    assert loaded.n_iter_ == learned.n_iter_
    assert loaded.fit_.predicted_by == learned.fit_.predicted_by
    assert_array_equal(loaded.classes_, learned.classes_)
    for method in ("predict", "predict_proba", "transform", "reconstruct"):
        assert_array_equal(getattr(loaded, method)(X), getattr(learned, method)(X))
    assert_array_equal(loaded.sample(1, 3), learned.sample(1, 3))


def test_a_loaded_one_goes_on_with_the_examples_it_had(images, few, tmp_path):
    classifier(max_iter=10).fit(images, few).save(tmp_path / "model")
    loaded = SSVAEClassifier.load(tmp_path / "model", device="cpu")
    loaded.partial_fit(images[:1], few[:1])
    assert loaded.n_iter_ == 20
    assert_array_equal(loaded.fit_.labels, few)


def test_what_the_command_line_saves_can_be_loaded(fitted, images, tmp_path):
    save_fit(tmp_path / "model", fitted.fit_, {"encoder": fitted._encoder.as_json()})
    loaded = SSVAEClassifier.load(tmp_path / "model", device="cpu")
    assert_array_equal(loaded.predict(images), fitted.predict(images))


def test_what_cannot_be_loaded_is_said_to_be_so(fitted, tmp_path):
    with pytest.raises(UserError, match="cannot be read"):
        SSVAEClassifier.load(tmp_path / "nothing")
    fitted.save(tmp_path / "model")
    manifest = tmp_path / "model" / "manifest.json"
    text = manifest.read_text()
    manifest.write_text(text.replace('"model": "guided"', '"model": "m9"'))
    with pytest.raises(UserError, match="a model named 'm9', which this version does not know"):
        SSVAEClassifier.load(tmp_path / "model")
    manifest.write_text(text.replace('"n_classes": 10', '"n_classes": 11'))
    with pytest.raises(UserError, match="another version of the app, or is damaged"):
        SSVAEClassifier.load(tmp_path / "model")
    manifest.write_text(text.replace('"kind": "fit"', '"kind": "atlas"'))
    with pytest.raises(UserError, match="something else than a fitted model"):
        SSVAEClassifier.load(tmp_path / "model")


def test_a_pickle_of_it_says_the_same_and_holds_no_tensor(fitted, images):
    pickled = pickle.dumps(fitted)
    words = [word for _, word, _ in pickletools.genops(pickled) if isinstance(word, str)]
    assert "ssvae_core.fitting.estimator" in words
    assert not [word for word in words if word.startswith("torch.")]
    assert_array_equal(pickle.loads(pickled).predict_proba(images), fitted.predict_proba(images))
