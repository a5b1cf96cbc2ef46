"""The features of a data set in its starter's folder."""

import numpy as np
import pytest

from ssvae_core.encoders import features_for_graph
from ssvae_core.pretraining.encoded_features import EncodedFeatures
from ssvae_core.storage.bundles import ARRAYS, write_bundle


@pytest.fixture
def features():
    values = np.random.default_rng(0).random((20, 5)).astype(np.float16)
    return EncodedFeatures("mean", "mean-colour", values)


def test_what_was_saved_is_read_again(features, tmp_path):
    features.save(tmp_path / "encoded", "these")
    found = EncodedFeatures.load(tmp_path / "encoded", "these", "mean", 20)
    assert np.array_equal(found.values, features.values)
    assert (found.encoder, found.key) == ("mean", "mean-colour")
    np.testing.assert_allclose(
        found.for_graph, features_for_graph(features.values), rtol=1e-2, atol=1e-3
    )


def test_those_of_other_images_or_another_encoder_are_not_taken(features, tmp_path):
    at = tmp_path / "encoded"
    assert EncodedFeatures.load(at, "these", "mean", 20) is None
    features.save(at, "these")
    assert EncodedFeatures.load(at, "others", "mean", 20) is None
    assert EncodedFeatures.load(at, "these", "another", 20) is None
    assert EncodedFeatures.load(at, "these", "mean", 21) is None


def test_damaged_ones_are_left_out_with_a_warning(features, tmp_path, caplog):
    at = tmp_path / "encoded"
    features.save(at, "these")
    (at / ARRAYS).write_bytes(b"noise")
    assert EncodedFeatures.load(at, "these", "mean", 20) is None
    assert "encoded again" in caplog.text
    of_these = {"fingerprint": "these", "encoder": "mean", "key": "k"}
    write_bundle(at, {"features": np.full((20, 5), np.nan, np.float32)}, of_these)
    assert EncodedFeatures.load(at, "these", "mean", 20) is None
    assert "no numbers" in caplog.text
