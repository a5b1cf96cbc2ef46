"""`cluster`: groups without a label, and how pure they are where there is a key."""

import numpy as np
import pytest

from ssvae_core.atlas.atlas import nearest_neighbours
from ssvae_core.atlas.first_map import principal_components
from ssvae_core.atlas.graph_clusters import graph_embedding
from ssvae_core.atlas.groups import proposed
from ssvae_core.data import SOURCES


def test_it_says_what_a_script_relies_on(call, data):
    found = call("cluster", "--data", "small", "--groups", "20", "--seed", "1")
    assert (found["data"], found["groups"], found["seed"]) == ("small", 20, 1)
    near = nearest_neighbours(principal_components(data.images))
    groups = proposed(graph_embedding(*near), 20, 1)
    counts = [np.bincount(data.answer_key[groups.of == group], minlength=10) for group in range(20)]
    wrong = 100 * (1 - sum(its.max() for its in counts) / len(data))
    assert found["error"] == pytest.approx(wrong, abs=1)
    assert found["purity"] == pytest.approx(1 - found["error"] / 100, abs=1e-3)
    assert found["error"] < 10
    assert found["features"] == "graph of the pixels"


def test_more_groups_are_purer(call):
    few, many = (call("cluster", "--data", "small", "--groups", n) for n in ("3", "60"))
    assert many["error"] < few["error"]


def test_photographs_are_grouped_by_their_encoder(call, photos):
    found = call("cluster", "--data", "photos", "--groups", "2")
    assert (found["error"], found["features"]) == (0, "efficientnet-lite0")


def test_without_a_key_there_is_no_error(call):
    found = call("cluster", "--data", "nameless", "--groups", "5")
    assert found["groups"] == 5
    assert found["error"] is found["purity"] is None


def test_what_ships_for_these_images_groups_them(call, shipped, monkeypatch, data):
    asked = []
    monkeypatch.setattr(
        "ssvae_core.cli.cluster.proposed",
        lambda features, *on: asked.append(features.shape) or proposed(features, *on),
    )
    found = call("cluster", "--data", "small", "--groups", "5")
    assert found["features"] in ("graph of the pixels", "contrastive")
    assert asked[0][0] == len(data)


def test_vectors_are_grouped_by_their_standardised_values(call, monkeypatch, data):
    from ssvae_core.data import Dataset

    far = np.repeat([[0.0, 0.0], [1e6, 0.0], [0.0, 1.0]], 10, 0).astype(np.float32)
    vectors = Dataset("rows", "Rows", far, ("a", "b", "c"), np.repeat([0, 1, 2], 10))
    monkeypatch.setitem(SOURCES, "rows", lambda: vectors)
    assert call("cluster", "--data", "rows", "--groups", "3")["error"] == 0


def test_more_groups_than_examples_are_refused(refused):
    said = refused("cluster", "--data", "small", "--groups", "5000")
    assert said.startswith("From 1 to ")
    assert "not 5,000" in said
