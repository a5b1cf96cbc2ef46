"""Graphs of neighbours by name, kept in a starter's folder."""

import numpy as np
import pytest

from ssvae_core.atlas.atlas import nearest_neighbours
from ssvae_core.atlas.graphs import NamedGraph, load_graphs, save_graphs
from ssvae_core.storage.bundles import ARRAYS
from ssvae_core.storage.paths import GRAPHS

N, OF_THESE = 30, {"fingerprint": "these"}
NAMES = ["pixels", "onnx:/a folder/éncoder.onnx", "m1"]


@pytest.fixture
def graphs():
    seeded = np.random.default_rng(0)
    return [
        NamedGraph(name, *nearest_neighbours(seeded.normal(size=(N, 4)).astype(np.float32), 5))
        for name in NAMES
    ]


def test_graphs_of_any_name_are_read_in_the_order_in_which_they_were_written(tmp_path, graphs):
    save_graphs(tmp_path, graphs, OF_THESE)
    found = load_graphs(tmp_path, "these", N)
    assert [graph.name for graph in found] == NAMES
    for mine, its in zip(graphs, found, strict=True):
        assert np.array_equal(mine.neighbours, its.neighbours)
        assert np.array_equal(mine.distances, its.distances)


def test_those_written_before_are_gone(tmp_path, graphs):
    save_graphs(tmp_path, graphs, OF_THESE)
    save_graphs(tmp_path, graphs[2:], OF_THESE)
    assert [graph.name for graph in load_graphs(tmp_path, "these", N)] == ["m1"]


def test_those_of_other_images_and_damaged_ones_are_left_out(tmp_path, graphs, caplog):
    assert load_graphs(tmp_path, "these", N) == []
    save_graphs(tmp_path, graphs, OF_THESE)
    assert load_graphs(tmp_path, "others", N) == []
    assert load_graphs(tmp_path, "these", N + 1) == []
    (tmp_path / GRAPHS / "pixels" / ARRAYS).write_bytes(b"noise")
    assert [graph.name for graph in load_graphs(tmp_path, "these", N)] == NAMES[1:]
    assert "is damaged" in caplog.text


def test_one_that_names_examples_that_there_are_not_is_left_out(tmp_path, graphs):
    graphs[0].neighbours[3, 2] = N
    save_graphs(tmp_path, graphs, OF_THESE)
    assert [graph.name for graph in load_graphs(tmp_path, "these", N)] == NAMES[1:]
