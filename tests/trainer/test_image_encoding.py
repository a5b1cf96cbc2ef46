"""The images of a session are encoded while labels are taken; then the encoder's graph leads."""

import dataclasses
import gc
import weakref
from functools import partial

import numpy as np
import pytest

from ssvae_core.atlas.atlas import Atlas, medoids, nearest_neighbours
from ssvae_core.atlas.first_map import first_atlas
from ssvae_core.atlas.graphs import PIXELS, NamedGraph
from ssvae_core.atlas.layout import FollowingMap
from ssvae_core.data import SOURCES, load_dataset
from ssvae_core.encoders import ENCODERS, EncoderKind, FeatureStore, original_image
from ssvae_core.encoders.efficientnet_lite0 import EfficientNetEncoder
from ssvae_core.importing.import_data import Choice, add_later, import_data, import_to_end
from ssvae_core.importing.pixel_policy import Policy
from ssvae_core.pretraining import m1 as m1_pretraining
from ssvae_core.pretraining.progress import PretrainingProgress
from ssvae_core.pretraining.starter import Starter, new_m1
from ssvae_core.protocol.queries import Explain
from ssvae_core.session.workspace import Workspace
from ssvae_core.storage.paths import ATLAS, ENCODED, FEATURES, M1, OWN_STARTER, data_root
from ssvae_core.trainer import m1_training
from ssvae_core.trainer.image_encoding import ImageEncoding
from ssvae_core.trainer.m1_training import M1Training
from ssvae_core.trainer.open import open_core
from ssvae_core.training.chunks import run_to_end
from tests.support.small_core import ask, label_these, make_core, step_until
from tests.support.small_encoders import MeanColour, photo_set, photographs
from tests.support.small_files import encoded, write

N = 60


@pytest.fixture
def encoder(monkeypatch):
    """One that costs nothing, by the name "mean", a few images at a time."""
    encoder = MeanColour()
    kind = EncoderKind("Mean", "the mean colour", opens=lambda *_: encoder)
    monkeypatch.setitem(ENCODERS, "mean", kind)
    monkeypatch.setattr("ssvae_core.encoders.encoding.MOST_AT_ONCE", 8)
    return encoder


class QuickPretraining:
    """An M1 that is there after two pieces of work, as new."""

    def __init__(self, pixels, shape, xy, seed, options, is_led):
        self.shape, self.map = shape, FollowingMap(xy)
        self.near = nearest_neighbours(pixels.numpy().astype(np.float32))

    def __iter__(self):
        yield PretrainingProgress("pass 1 of 1", 1.0)
        atlas = Atlas(self.map.xy, *self.near, medoids(self.map.xy))
        yield Starter(new_m1(self.shape), atlas, graphs=[NamedGraph("m1", *self.near)])

    def go_on_from(self, folder, fingerprint):
        return False

    def save(self, folder, fingerprint):
        """Nothing."""


@pytest.fixture
def quick_m1(monkeypatch):
    monkeypatch.setattr(m1_training, "Pretraining", QuickPretraining)


@pytest.fixture
def data(monkeypatch):
    """Photographs of two kinds, dark and light, to be seen by that encoder."""
    photos = photo_set(N)
    key = (photos.images.mean((1, 2, 3)) > np.median(photos.images.mean((1, 2, 3)))).astype(int)
    data = dataclasses.replace(photos, answer_key=key.astype(np.int64), encoder="mean")
    monkeypatch.setitem(SOURCES, "photos", lambda: data)
    return data


@pytest.fixture
def starter(data):
    """The first map, and an M1 that is as new."""
    *_, atlas = first_atlas(data.images)
    return Starter(new_m1(data.shape), atlas, is_trained=False)


@pytest.fixture
def core(data, starter, tmp_path, encoder):
    return make_core("m2", data, starter, tmp_path / "session", n_classes=2)


@pytest.fixture
def encoding(core, tmp_path):
    """The job, for the core."""
    home, store = tmp_path / "shared", FeatureStore(tmp_path / "all")
    return partial(ImageEncoding, core.state, "mean", store, home)


@pytest.fixture
def opening(data, starter, tmp_path, monkeypatch):
    """What a trainer of a session on these photographs is opened with."""
    monkeypatch.setenv("SSVAE_THREADS", "1")
    starter.save_map(tmp_path / "shared", {"fingerprint": data.fingerprint})
    return {
        **{"data": "photos", "model": "m2", "config": {"latent_dim": 2, "hidden_dim": 16}},
        **{"n_classes": 2, "seed": 0, "device": "cpu", "generation": 0},
        **{"starter": tmp_path / "shared", "folder": tmp_path / "session"},
        "features": tmp_path / FEATURES,
    }


def test_the_graph_of_the_features_leads_and_labels_given_meanwhile_stay(
    core, encoding, data, encoder
):
    before = core.snapshot().xy
    core.pretrain(encoding)
    assert core.is_pretraining
    step_until(core, lambda core: encoder.n_seen >= 8)
    assert core.status().message.startswith("encoding the images, ")
    assert core.status().message.endswith(" of 60")
    label_these(core, [0, 1, 2])
    assert core.snapshot().n_labels == 3  # answered on the map there is
    step_until(core)
    state = core.state
    assert state.starter.leading == "mean"
    assert [graph.name for graph in state.starter.graphs] == ["mean", PIXELS]
    np.testing.assert_allclose(state.starter.features.values, data.images.mean((1, 2)), rtol=1e-3)
    assert (state.labels >= 0).sum() == 3
    same = data.answer_key[state.atlas.neighbours] == data.answer_key[:, None]
    assert same.mean() > 0.7  # by brightness; chance is 0.5
    shown = core.snapshot()
    assert np.array_equal(shown.xy, state.atlas.xy)
    assert not np.array_equal(shown.xy, before)
    assert shown.n_labels == 3
    assert core.message == ""


def test_of_photographs_the_encoder_that_auto_means_leads_whatever_lies_in_clusters(core):
    state = core.state
    state.data = dataclasses.replace(state.data, encoder="auto")
    near = state.atlas.neighbours, state.atlas.distances
    graphs = [NamedGraph(PIXELS, *near, 9.0), NamedGraph("efficientnet-lite0", *near, 2.0)]
    ordered = run_to_end(state.in_order(dataclasses.replace(state.starter, graphs=graphs)))
    assert [graph.name for graph in ordered.graphs] == ["efficientnet-lite0", PIXELS]


def test_cancelling_leaves_the_first_map_and_keeps_what_was_encoded(core, encoding, encoder):
    core.pretrain(encoding, partial(M1Training, core.state))
    step_until(core, lambda core: encoder.n_seen >= N // 2)
    work = weakref.ref(core.pretraining.job)
    core.command("cancel")
    assert not core.is_pretraining
    assert core.message == (
        "Cancelled. The images are not encoded, and the map from before is back."
    )
    assert np.array_equal(core.snapshot().xy, core.state.atlas.xy)
    assert core.state.starter.features is None
    gc.collect()
    assert work() is None
    seen = encoder.n_seen
    core.pretrain(encoding)
    step_until(core)
    assert encoder.n_seen - seen <= N - N // 2 + 8


def test_an_encoder_that_is_not_there_is_told_and_the_m1_is_learned(
    core, encoding, quick_m1, monkeypatch
):
    monkeypatch.delitem(ENCODERS, "mean")
    core.pretrain(encoding, partial(M1Training, core.state))
    step_until(core, lambda core: isinstance(core.pretraining.job, M1Training))
    assert core.message.startswith("M1 learns to redraw the images. Unknown encoder 'mean'.")
    label_these(core, [0, 1])
    step_until(core)
    assert core.state.starter.is_trained
    assert core.message.startswith("Unknown encoder 'mean'.")
    assert "the map from before is back" in core.message


def test_beside_features_an_m1_moves_no_map_and_gives_way_to_the_model(core, encoding, monkeypatch):
    monkeypatch.setattr(m1_pretraining, "BATCH_SIZE", 30)
    monkeypatch.setattr(m1_pretraining, "MOST_EPOCHS", 200)
    core.pretrain(encoding, partial(M1Training, core.state))
    step_until(core, lambda core: core.state.starter.features is not None and core.pretraining.job)
    xy, steps = core.snapshot().xy, core.state.step_count
    label_these(core, [0, 1])
    assert not core.is_pretraining
    assert (core.status().state, core.status().message) == ("training", "")
    core.step()
    assert core.state.step_count == steps + 1
    core.command("cancel")  # the run of the model, not the M1 that waits
    step_until(core)
    state = core.state
    assert state.starter.is_trained
    assert state.starter.leading == state.starter.graphs[0].name == "mean"  # which was chosen
    assert {graph.name for graph in state.starter.graphs} == {"mean", PIXELS, "m1"}
    assert np.array_equal(state.atlas.xy, xy)
    assert core.snapshot().xy is None


def test_the_next_session_begins_with_the_features_and_the_m1(opening, tmp_path, encoder, quick_m1):
    first = open_core(**opening)
    step_until(first)
    assert (tmp_path / "shared" / ENCODED).is_dir()
    assert (tmp_path / "shared" / M1).is_dir()
    seen = encoder.n_seen
    for folder in ("session", "another"):  # its own map, and that of all sessions
        again = open_core(**{**opening, "folder": tmp_path / folder})
        assert again.pretraining.job is None
        assert again.state.starter.features is not None
        assert again.state.starter.leading == "mean"
        assert [graph.name for graph in again.state.starter.graphs] == ["mean", PIXELS, "m1"]
        assert np.array_equal(again.state.atlas.xy, first.state.atlas.xy)
    assert encoder.n_seen == seen


def test_one_that_ended_before_its_m1_was_learned_learns_only_that(
    opening, tmp_path, encoder, quick_m1
):
    step_until(first := open_core(**opening), lambda core: core.state.starter.features is not None)
    step_until(first, lambda core: core.is_pretraining and "pass" in core.message)
    assert not (tmp_path / "session" / OWN_STARTER).exists()
    again = open_core(**opening)
    assert isinstance(again.pretraining.job, M1Training)
    assert again.state.starter.leading == "mean"
    assert not again.state.starter.is_trained


def test_another_encoder_is_taken_up_when_the_session_opens_again(
    opening, data, encoder, quick_m1, monkeypatch
):
    step_until(open_core(**opening))

    class Brightness(MeanColour):
        key, n_features = "brightness", 1

        def encode(self, images):
            return super().encode(images).mean(1, keepdims=True)

    monkeypatch.setitem(ENCODERS, "light", EncoderKind("L", "light", opens=lambda *_: Brightness()))
    monkeypatch.setitem(SOURCES, "photos", lambda: dataclasses.replace(data, encoder="light"))
    again = open_core(**opening)
    assert again.state.starter.features is None
    step_until(again)
    assert again.state.starter.features.key == "brightness"
    assert [graph.name for graph in again.state.starter.graphs] == ["light", PIXELS, "m1"]


def test_without_a_folder_for_features_nothing_is_encoded(opening, encoder):
    core = open_core(**{**opening, "features": None})
    assert isinstance(core.pretraining.job, M1Training)


def test_a_map_of_its_own_is_changed_with_that_of_all_sessions(core, encoding, data, tmp_path):
    own = core.state.folder / OWN_STARTER
    core.state.starter.save_map(own, {"fingerprint": data.fingerprint})
    core.pretrain(encoding)
    step_until(core)
    for folder in (own, tmp_path / "shared"):
        read = Starter.open(folder, data.shape)
        assert read.leading == "mean"
        assert np.array_equal(read.atlas.xy, core.state.atlas.xy)
    assert not (own / ENCODED).exists()  # once is enough


def test_a_disk_that_takes_no_features_is_told_and_the_session_goes_on_with_them(
    core, encoding, tmp_path
):
    (tmp_path / "shared").write_text("where the folder should be")
    core.pretrain(encoding)
    step_until(core)
    assert core.state.starter.leading == "mean"
    assert "could not be saved" in core.message
    (tmp_path / "shared").unlink()
    core.save()
    assert (tmp_path / "shared" / ENCODED).is_dir()
    assert (tmp_path / "shared" / ATLAS).is_dir()
    assert core.state.unsaved == []


def test_the_nearest_labelled_are_those_by_the_features(core, encoding, data):
    core.pretrain(encoding)
    step_until(core)
    label_these(core, list(range(1, 20)))
    found = ask(core, Explain, example=0, n_nearest=3)
    places = core.state.starter.features.for_graph.astype(np.float32)
    apart = np.linalg.norm(places - places[0], axis=1)
    assert list(found.nearest) == sorted(range(1, 20), key=lambda k: apart[k])[:3]
    np.testing.assert_allclose(found.distances, apart[found.nearest], rtol=1e-3)


def test_of_images_that_are_added_only_the_new_ones_are_encoded(
    opening, starter, tmp_path, monkeypatch, quick_m1
):
    """By the network that ships, and from the larger originals."""
    monkeypatch.setenv("SSVAE_WORKSPACE", str(tmp_path))
    seen, of_network = [], EfficientNetEncoder.encode

    def encode(self, images):
        seen.extend(images)
        return of_network(self, images)

    monkeypatch.setattr(EfficientNetEncoder, "encode", encode)
    pictures = photographs(30, 80, 70)
    for n, image in enumerate(pictures):
        write(tmp_path / ("old" if n < 20 else "new") / f"{n:02}.png", encoded(image))
    choice = Choice(policy=Policy(side=16))
    first = import_to_end(
        import_data(tmp_path / "old", data_root(tmp_path), name="old", choice=choice)
    )
    workspace = Workspace(tmp_path)
    session = workspace.session(workspace.create("S", first.id).id)

    def run_session(session):
        there = {"starter": session._starter, "folder": session.folder, "n_classes": 1}
        step_until(core := open_core(**{**opening, **there, "data": session._open().data}))
        core.save()
        return core.state.starter.features

    before = run_session(session)
    assert len(seen) == 20
    assert {image.shape[:2] for image in seen} == {(80, 70), (70, 80)}
    more = import_to_end(add_later(tmp_path / "new", data_root(tmp_path), to=first.id))
    monkeypatch.setattr(Workspace, "attend", Workspace.session)
    after = run_session(workspace.add_images(session.row.id, more.id))
    assert len(seen) == 30
    assert np.array_equal(after.values[:20], before.values)
    alone = EfficientNetEncoder().encode([original_image(load_dataset(more.id), 29)])
    np.testing.assert_allclose(after.values[29:], alone, atol=2e-2 * np.abs(alone).max())
    workspace.close()


def test_photographs_are_encoded_by_the_network_that_ships(opening, data, quick_m1, monkeypatch):
    some = dataclasses.replace(data, images=data.images[:12], answer_key=None, encoder="auto")
    monkeypatch.setitem(SOURCES, "photos", lambda: some)
    *_, atlas = first_atlas(some.images)
    first = Starter(new_m1(some.shape), atlas, is_trained=False)
    first.save_map(opening["starter"], {"fingerprint": some.fingerprint})
    step_until(core := open_core(**opening))
    assert core.state.starter.leading == "efficientnet-lite0"
    assert core.state.starter.features.values.shape[0] == 12
    assert np.isfinite(core.state.starter.features.values).all()
