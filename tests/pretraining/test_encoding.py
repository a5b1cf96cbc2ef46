"""A data set on its way through an encoder: what comes of it, the map meanwhile, failures."""

import dataclasses

import numpy as np
import pytest

from ssvae_core.atlas.atlas import nearest_neighbours
from ssvae_core.encoders import ENCODERS, EncoderKind, FeatureStore, features_for_graph
from ssvae_core.encoders.own_files import content_of
from ssvae_core.errors import Conflict, UserError
from ssvae_core.pretraining import encoding
from ssvae_core.pretraining.encoded_features import EncodedFeatures
from ssvae_core.pretraining.encoding import DatasetEncoding, EncodedSet
from ssvae_core.pretraining.progress import PretrainingProgress
from tests.support.small_encoders import MeanColour, photo_set
from tests.support.small_onnx import onnx_file

N = 60


@pytest.fixture
def encoder(monkeypatch):
    """One that costs nothing, by the name "mean"."""
    encoder = MeanColour()
    kind = EncoderKind("Mean", "the mean colour", opens=lambda *_: encoder)
    monkeypatch.setitem(ENCODERS, "mean", kind)
    return encoder


@pytest.fixture
def data():
    return photo_set(N)


@pytest.fixture
def begin(data, tmp_path):
    """An encoding of these photographs, from a map drawn at random."""
    xy = np.random.default_rng(0).random((N, 2)).astype(np.float32)
    return lambda encoder="mean", **more: DatasetEncoding(
        more.pop("data", data), encoder, FeatureStore(tmp_path / "all"), xy, 0, **more
    )


def test_it_ends_with_the_features_who_is_near_whom_by_them_and_a_map(begin, data, encoder):
    *progress, found = begin()
    assert all(isinstance(event, PretrainingProgress) for event in progress)
    assert isinstance(found, EncodedSet)
    means = data.images.mean((1, 2))
    np.testing.assert_allclose(found.features.values, means, rtol=1e-3)
    assert (found.features.encoder, found.features.key) == ("mean", "mean-colour")
    expected = nearest_neighbours(features_for_graph(found.features.values))
    assert np.array_equal(found.graph.neighbours, expected[0])
    assert found.graph.name == "mean"
    assert np.array_equal(found.atlas.neighbours, expected[0])
    assert found.atlas.xy.shape == (N, 2)
    told = [event.message for event in progress]
    assert f"encoding the images, {N} of {N}" in told
    assert told[-1] == "drawing the map of all images"


def test_a_file_that_is_replaced_under_its_name_is_another_encoder(begin, data, tmp_path):
    path, found = tmp_path / "a.onnx", []
    for outputs in (("features",), ("pooler_output",)):
        onnx_file(path, side=8, outputs=outputs)
        *_, last = begin(f"onnx:{path}")
        found.append(last.features)
    np.testing.assert_allclose(2 * found[0].values, found[1].values, rtol=1e-2, atol=1e-2)
    assert found[0].key != found[1].key
    assert found[0].content != found[1].content == content_of(f"onnx:{path}")
    found[1].save(tmp_path / "kept", "f")
    again = EncodedFeatures.load(tmp_path / "kept", "f", f"onnx:{path}", N)
    assert again.content == found[1].content


def test_the_map_glides_to_what_is_known_and_the_others_stay(begin, encoder, monkeypatch):
    monkeypatch.setattr(encoding, "LEAST_ON_MAP", 5)
    maps, before = [], begin().map.xy
    for event in begin():
        if not isinstance(event, PretrainingProgress):
            break
        if event.xy is not None and event.message.startswith("encoding"):
            maps.append((event.message, event.xy))
    assert len(maps) >= 2
    for message, xy in maps:
        done = int(message.split()[3])
        assert 0 < done < N
        assert (xy != before).any(1).sum() <= done
        assert xy.min() >= 0
        assert xy.max() <= 1


def test_who_is_cut_off_goes_on_where_it_was(begin, encoder):
    work = iter(begin())
    for event in work:
        if "encoding the images" in event.message and encoder.n_seen >= N // 2:
            break
    seen = encoder.n_seen
    del work  # nobody iterates it any further
    *_, found = begin()
    assert encoder.n_seen - seen <= N - seen + 1  # and those that were on their way
    assert isinstance(found, EncodedSet)
    assert encoder.n_seen < 2 * N


def test_features_that_are_known_are_not_made_again(begin, encoder, data):
    known = EncodedFeatures("mean", "mean-colour", data.images.mean((1, 2)))
    *progress, found = begin(features=known)
    assert encoder.n_seen == 0
    assert found.features is known
    assert not any("encoding" in event.message for event in progress)


def test_a_matrix_that_came_with_the_data_is_taken_as_it_is(begin, data):
    matrix = np.random.default_rng(0).normal(size=(N, 4)).astype(np.float32)
    with_matrix = dataclasses.replace(data, features=matrix)
    *_, found = begin("features", data=with_matrix)
    assert np.array_equal(found.features.values, matrix)
    assert found.features.key.startswith("features-")
    with pytest.raises(Conflict, match="has no features of its own"):
        list(begin("features"))


def test_an_encoder_that_fails_on_an_image_says_so_and_what_to_do(begin, encoder, monkeypatch):
    def fails(images):
        raise RuntimeError("Non-zero status code returned\nwhile running Conv")

    monkeypatch.setattr(encoder, "encode", fails)
    with pytest.raises(Conflict, match=r"mean failed: Non-zero status.*Choose another"):
        list(begin())


def test_no_memory_left_is_not_taken_for_a_failure_of_the_encoder(begin, encoder, monkeypatch):
    def fails(images):
        raise MemoryError

    monkeypatch.setattr(encoder, "encode", fails)
    with pytest.raises(MemoryError):
        list(begin())


def test_an_unknown_encoder_is_a_sentence(begin):
    with pytest.raises(UserError, match="Unknown encoder 'mean'"):
        list(begin())


def test_a_disk_that_is_full_is_told_and_nothing_is_lost(begin, encoder, tmp_path):
    (tmp_path / "all").write_text("where the folder should be")
    *progress, found = begin()
    assert isinstance(found, EncodedSet)
    assert any("could not be saved" in event.message for event in progress)
