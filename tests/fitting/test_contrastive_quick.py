"""An encoder that a classifier learns on its own images."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from ssvae_core import SSVAEClassifier
from ssvae_core.fitting.fit import Fit
from ssvae_core.pretraining import clusters
from tests.support.small_classifier import classifier


@pytest.fixture(scope="module")
def learned(images, few):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clusters, "CLUSTERED_RATIO", 0.0)  # a few steps make no clusters
        return classifier(encoder="contrastive", max_iter=30).fit(images, few)


def test_labels_propagate_by_it_and_the_model_begins_with_it(learned, images, digits):
    assert learned.encoder_ == "contrastive"
    assert learned.score(images, digits.answer_key) > 0.8
    trunk = learned.fit_.learner.model.m2.classifier_trunk
    assert trunk.is_as((8, 8, 1), learned.fit_.image_encoder.last.out_features)


def test_it_is_saved_with_the_classifier(learned, images, tmp_path):
    learned.save(tmp_path / "model")
    loaded = SSVAEClassifier.load(tmp_path / "model", device="cpu")
    assert loaded.encoder_ == "contrastive"
    assert_array_equal(loaded.predict_proba(images), learned.predict_proba(images))


def test_one_that_tells_no_kinds_apart_is_left(images, few, monkeypatch):
    monkeypatch.setattr(clusters, "CLUSTERED_RATIO", np.inf)
    found = classifier(encoder="contrastive", max_iter=3).fit(images, few)
    assert (found.encoder_, found.fit_.image_encoder) == ("", None)


def test_a_few_images_teach_it_nothing(images, few):
    fit = Fit(images[:20], few[:20], n_classes=10, contrastive=True)
    list(fit.run(max_steps=1))
    assert fit.image_encoder is None
