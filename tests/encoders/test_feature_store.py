import errno
import shutil

import numpy as np
import pytest

from ssvae_core.encoders.feature_store import FeatureStore, as_kept
from ssvae_core.errors import NotWritten
from tests.support.whole_workspace import DAMAGES

KEYS = [bytes([value]) * 16 for value in range(6)]


@pytest.fixture
def store(tmp_path):
    return FeatureStore(tmp_path / "features")


def rows(n, seed=0):
    return np.random.default_rng(seed).normal(size=(n, 3)).astype(np.float32)


def test_features_are_found_by_what_was_seen_wherever_it_stands(store):
    features = rows(3)
    store.add("one", KEYS[:3], as_kept(features))
    found, is_kept = store.find("one", [KEYS[4], KEYS[2], KEYS[0], KEYS[2]], 3)
    assert is_kept.tolist() == [False, True, True, True]
    np.testing.assert_allclose(found[1:], features[[2, 0, 2]], atol=1e-3)
    assert found.dtype == np.float16
    assert (found[0] == 0).all()
    assert not store.find("another", KEYS, 3)[1].any()


def test_features_beyond_half_precision_are_kept_in_full(store):
    large, small = rows(2) * 1e6, rows(2) * 1e-6
    store.add("one", KEYS[:2], as_kept(large))
    store.add("one", KEYS[2:4], as_kept(small))
    store.add("one", KEYS[4:], as_kept(rows(2)))
    found, is_kept = store.find("one", KEYS, 3)
    assert is_kept.all()
    np.testing.assert_array_equal(found[:4], np.concatenate([large, small]))


@pytest.mark.parametrize("damage", sorted(set(DAMAGES) - {"unreadable"}))  # root reads it
@pytest.mark.parametrize("name", ["manifest.json", "arrays.safetensors"])
def test_a_damaged_part_costs_its_features_only(store, name, damage):
    store.add("one", KEYS[:2], rows(2))
    (part,) = (store.root / "one").iterdir()
    store.add("one", KEYS[2:4], rows(2))
    DAMAGES[damage](part / name)
    assert store.find("one", KEYS[:4], 3)[1].tolist() == [False, False, True, True]


def test_features_of_another_width_are_left_out(store):
    store.add("one", KEYS[:2], rows(2))
    assert not store.find("one", KEYS, 4)[1].any()


def test_a_write_that_was_cut_off_is_no_part(store):
    store.add("one", KEYS[:2], rows(2))
    (part,) = (store.root / "one").iterdir()
    shutil.copytree(part, part.with_name(".writing-abc"))
    shutil.rmtree(part)
    assert not store.find("one", KEYS, 3)[1].any()


def test_two_stores_on_one_folder_lose_nothing(store):
    other = FeatureStore(store.root)
    store.add("one", KEYS[:3], rows(3))
    other.add("one", KEYS[2:], rows(4, seed=1))
    assert store.find("one", KEYS, 3)[1].all()
    assert other.find("one", KEYS, 3)[1].all()


def test_a_full_disk_is_said_in_a_sentence(store, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("ssvae_core.storage.bundles.write_file", full)
    with pytest.raises(NotWritten, match="No space left"):
        store.add("one", KEYS[:2], rows(2))
    assert not store.find("one", KEYS, 3)[1].any()


@pytest.mark.parametrize("where", ["features", "features/one"])
def test_what_is_in_the_way_is_said_and_costs_what_would_be_kept(store, tmp_path, where):
    (tmp_path / where).parent.mkdir(exist_ok=True)
    (tmp_path / where).write_bytes(b"in the way")
    assert not store.find("one", KEYS, 3)[1].any()
    with pytest.raises(NotWritten):
        store.add("one", KEYS[:2], rows(2))
