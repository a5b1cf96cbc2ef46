import numpy as np
import pytest

from ssvae_core.data import Dataset
from ssvae_core.encoders import encoding
from ssvae_core.encoders.encoding import encode_all, encoded
from ssvae_core.encoders.feature_store import FeatureStore
from ssvae_core.errors import NotWritten, UserError
from tests.support.small_encoders import MeanColour, photo_set, photographs


@pytest.fixture
def store(tmp_path):
    return FeatureStore(tmp_path / "features")


@pytest.fixture(autouse=True)
def _one_at_a_time(monkeypatch):
    monkeypatch.setattr(encoding, "MOST_AT_ONCE", 2)


def means(data):
    return data.images.mean((1, 2), dtype=np.float32)


def test_the_features_of_all_come_last_and_before_them_how_far_it_is():
    data = photo_set(7)
    *progress, features = encoded(data, MeanColour())
    np.testing.assert_allclose(features, means(data), rtol=1e-3)
    done = [event.done for event in progress]
    assert done == sorted(done)
    assert (done[0], done[-1]) == (0, 7)
    assert len(done) >= 4
    assert all(event.of == 7 for event in progress)
    assert progress[-1].seconds_left == 0
    assert progress[-2].seconds_left > 0


def test_what_is_known_so_far_is_some_of_all_images():
    data = photo_set(40)
    for event in encoded(data, MeanColour()):
        if event.done >= 8:
            break
    known = np.flatnonzero(event.is_known)
    assert len(known) == event.done < 40
    np.testing.assert_allclose(event.features[known], means(data)[known], rtol=1e-3)
    assert known.max() > 20


def test_the_encoder_sees_the_originals():
    original = photographs(1, 30)[0]
    features = encode_all(photo_set(3, originals={1: original}), MeanColour())
    np.testing.assert_allclose(features[1], original.mean((0, 1)), rtol=1e-3)


def test_what_was_seen_before_is_not_encoded_again_in_another_data_set_either(store):
    encoder = MeanColour()
    first = encode_all(photo_set(7), encoder, store)
    assert encoder.n_seen == 7
    more = photo_set(7, seed=1)
    both = Dataset("both", "both", np.concatenate([more.images, photo_set(7).images]), ())
    features = encode_all(both, encoder, store)
    assert encoder.n_seen == 14
    np.testing.assert_array_equal(features[7:], first)
    np.testing.assert_allclose(features, means(both), rtol=1e-3)
    progress, last = encoded(both, encoder, store)
    assert (progress.done, progress.of) == (14, 14)
    np.testing.assert_array_equal(last, features)
    assert encoder.n_seen == 14


def test_what_is_in_a_data_set_twice_is_encoded_once():
    images = photo_set(3).images
    data = Dataset("twice", "twice", np.concatenate([images, images[::-1]]), ())
    encoder = MeanColour()
    np.testing.assert_allclose(encode_all(data, encoder), means(data), rtol=1e-3)
    assert encoder.n_seen == 3


def test_what_was_encoded_before_a_cancel_is_kept(store):
    encoder = MeanColour()
    work = encoded(photo_set(7), encoder, store)
    while next(work).done < 2:
        pass
    work.close()
    before = encoder.n_seen
    assert 2 <= before < 7
    encode_all(photo_set(7), encoder, store)
    assert encoder.n_seen == 7


def test_long_work_is_kept_on_the_way(store, monkeypatch):
    monkeypatch.setattr(encoding, "KEEP_EVERY", 2)
    work = encoded(photo_set(7), MeanColour(), store)
    while next(work).done < 5:
        pass
    assert FeatureStore(store.root).find("mean-colour", [], 3)[0].shape == (0, 3)
    assert len(list((store.root / "mean-colour").iterdir())) >= 2
    work.close()


def test_a_full_disk_costs_no_features_and_is_said(store, monkeypatch):
    def full(*_):
        raise NotWritten("The disk is full.")

    monkeypatch.setattr(encoding, "KEEP_EVERY", 2)
    monkeypatch.setattr(FeatureStore, "add", full)
    data = photo_set(7)
    *progress, features = encoded(data, MeanColour(), store)
    assert progress[-1].note == "The disk is full."
    np.testing.assert_allclose(features, means(data), rtol=1e-3)


def test_features_that_are_no_numbers_are_refused(store):
    encoder = MeanColour()
    encoder.encode = lambda images: np.full((len(images), 3), np.nan, np.float32)
    with pytest.raises(UserError, match="no numbers"):
        encode_all(photo_set(3), encoder, store)
    assert not (store.root / "mean-colour").exists()


def test_features_beyond_half_precision_stay_precise():
    encoder = MeanColour()
    encoder.encode = lambda images: np.full((len(images), 3), 1e6, np.float32)
    assert (encode_all(photo_set(3), encoder) == 1e6).all()
