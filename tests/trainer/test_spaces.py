"""The spaces in which examples are compared are told by name, and read as they are."""

import dataclasses

import numpy as np
import pytest

from ssvae_core.atlas.graphs import M1_LATENTS, PIXELS
from ssvae_core.errors import UserError
from ssvae_core.protocol.queries_of_spaces import OF_MODEL, ReadSpace
from ssvae_core.trainer import spaces
from tests.support.small_core import ask, learned_core, make_core


@pytest.fixture(scope="module")
def core(digits, starter, tmp_path_factory):
    return learned_core(digits, starter, tmp_path_factory.mktemp("spaces"), n_each=3)


def read(core, space=""):
    return ask(core, ReadSpace, space=space)


def test_every_space_that_is_named_can_be_read(core):
    names = list(read(core).spaces)
    assert {PIXELS, OF_MODEL} <= set(names)
    for name in names:
        found = read(core, name)
        assert found.space == name
        assert len(found.values) == len(core.state.data)
        assert np.isfinite(found.values).all()


def test_the_first_is_that_of_the_graph_to_trust(core):
    known = [graph.name for graph in core.state.starter.graphs]
    assert read(core).space == next(name for name in known if name in read(core).spaces)


def test_pixels_are_the_images_in_as_many_components_as_are_sent(core, monkeypatch):
    images = core.state.data.images
    whole = read(core, PIXELS).values
    assert np.allclose(whole, images.reshape(len(images), -1) / 255, atol=1e-3)
    monkeypatch.setattr(spaces, "N_SENT", 5)
    few = read(core, PIXELS).values.astype(np.float64)
    centred = images.reshape(len(images), -1) / 255
    centred = centred - centred.mean(0)
    kept = np.linalg.svd(centred, compute_uv=False)[:5] ** 2
    assert few.shape[1] == 5
    assert (few.var(0) * len(few)).sum() == pytest.approx(kept.sum(), rel=0.01)


def test_neighbours_in_a_space_are_those_of_its_graph(core):
    graphs = {graph.name: graph for graph in core.state.starter.graphs}
    if M1_LATENTS in graphs and M1_LATENTS in read(core).spaces:
        values = read(core, M1_LATENTS).values.astype(np.float32)
        apart = np.linalg.norm(values - values[7], axis=1)
        near = set(np.argsort(apart)[1:6].tolist())
        assert len(near & set(graphs[M1_LATENTS].neighbours[7].tolist())) >= 4


def test_a_space_that_is_not_there_is_refused_with_those_that_are(core):
    with pytest.raises(UserError, match=r"Choose one of: .*pixels"):
        read(core, "nowhere")


def test_before_labels_the_model_has_no_space(digits, starter, tmp_path):
    core = make_core("m1m2", dataclasses.replace(digits), starter, tmp_path)
    assert OF_MODEL not in read(core).spaces
