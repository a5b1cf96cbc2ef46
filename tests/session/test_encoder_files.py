"""An encoder whose file is replaced: the person is told, and what it saw is worked out anew."""

import dataclasses

import numpy as np
import pytest

from ssvae_core.atlas.first_map import first_atlas
from ssvae_core.atlas.graphs import NamedGraph
from ssvae_core.atlas.starter_folders import is_prepared, prepared, starter_of
from ssvae_core.encoders.own_files import content_of
from ssvae_core.pretraining.encoded_features import EncodedFeatures
from ssvae_core.pretraining.starter import Starter, new_m1
from ssvae_core.session.encoder_files import encoder_notes, forget_encoder, forget_others
from ssvae_core.storage.paths import ENCODED, M1, OWN_STARTER, session_folder
from tests.support.small_encoders import photo_set
from tests.support.small_onnx import onnx_file


@pytest.fixture
def data(tmp_path):
    """Photographs that an ONNX file saw."""
    choice = f"onnx:{onnx_file(tmp_path / 'a.onnx', side=16)}"
    data = dataclasses.replace(photo_set(4), encoder=choice)
    encoded = EncodedFeatures(choice, "key", np.eye(4, dtype=np.float32), content_of(choice))
    encoded.save(starter_of(data, tmp_path) / ENCODED, data.fingerprint)
    encoded.save(session_folder(tmp_path, "s") / OWN_STARTER / ENCODED, data.fingerprint)
    return data


def test_a_session_says_that_the_file_has_changed_or_is_gone(data, tmp_path):
    assert encoder_notes(data, tmp_path) == []
    onnx_file(tmp_path / "a.onnx", side=8)
    (note,) = encoder_notes(data, tmp_path)
    assert "has changed" in note
    assert encoder_notes(data, tmp_path, session_folder(tmp_path, "s")) == [note]
    (tmp_path / "a.onnx").unlink()
    (note,) = encoder_notes(data, tmp_path)
    assert "There is no file" in note


def drawn_by(starter, data, graph, *others):
    """A starter whose map is of this graph, with others beside it and an M1."""
    *_, atlas = first_atlas(data.images)
    near = atlas.neighbours, atlas.distances
    graphs = [NamedGraph(name, *near) for name in (graph, *others)]
    made = Starter(new_m1(data.shape), atlas, leading=graph, graphs=graphs)
    made.save(starter, {"fingerprint": data.fingerprint})


def test_without_an_encoder_its_map_goes_and_the_m1_that_was_learned_beside_it(tmp_path):
    data = dataclasses.replace(photo_set(12), encoder="efficientnet-lite0")
    shared, own = starter_of(data, tmp_path), session_folder(tmp_path, "s") / OWN_STARTER
    for starter in (shared, own):
        drawn_by(starter, data, "efficientnet-lite0", "pixels", "m1")
    forget_encoder(data, tmp_path, ["s", "none"])
    assert not own.exists()
    assert not is_prepared(data, tmp_path)
    assert not (shared / M1).exists()
    list(prepared(data, tmp_path))
    assert Starter.open(shared, data.shape).leading == "pixels"


def test_a_map_that_is_by_no_encoder_stays(tmp_path):
    data = dataclasses.replace(photo_set(12), encoder="contrastive")
    drawn_by(starter_of(data, tmp_path), data, "contrastive", "pixels")
    forget_encoder(dataclasses.replace(data, encoder="efficientnet-lite0"), tmp_path, [])
    assert is_prepared(data, tmp_path)
    forget_encoder(data, tmp_path, [])
    assert is_prepared(data, tmp_path)


def test_what_another_encoder_saw_is_no_matter_of_this_file(data, tmp_path):
    onnx_file(tmp_path / "a.onnx", side=8)
    assert encoder_notes(dataclasses.replace(data, encoder="contrastive"), tmp_path) == []


def test_features_are_kept_while_the_encoder_is_the_same_and_forgotten_with_another(data, tmp_path):
    kept = starter_of(data, tmp_path) / ENCODED
    own = session_folder(tmp_path, "s") / OWN_STARTER / ENCODED
    forget_others(data, tmp_path, ["s"], "key")
    assert kept.is_dir()
    assert own.is_dir()
    forget_others(data, tmp_path, ["s", "none"], "another")
    assert not kept.exists()
    assert not own.exists()
