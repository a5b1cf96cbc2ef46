"""Walks on a graph against powers of its matrix, written out."""

import numpy as np
import pytest

from ssvae_core.atlas import affinity as walks
from ssvae_core.atlas.affinity import Walks, normalised_affinity
from ssvae_core.atlas.atlas import nearest_neighbours

N = 50


@pytest.fixture(scope="module")
def graph():
    points = np.random.default_rng(0).normal(size=(N, 3)).astype(np.float32)
    return normalised_affinity(*nearest_neighbours(points, 5))


def turf_of(graph, example, n_steps):
    row = np.linalg.matrix_power(graph.toarray().astype(np.float64), n_steps)[example]
    return np.minimum(row / row[example], 1)


def test_alike_goes_both_ways(graph):
    np.testing.assert_allclose(graph.toarray(), graph.toarray().T, atol=1e-6)


@pytest.mark.parametrize("n_steps", [2, 3, 8])
def test_a_turf_is_a_row_of_the_matrix_power_beside_its_own_entry(graph, n_steps):
    some = Walks(graph)
    for example in (0, 7, 49):
        expected = turf_of(graph, example, n_steps)
        np.testing.assert_allclose(some.influence(example, n_steps), expected, atol=1e-5)


@pytest.mark.parametrize("n_steps", [2, 3, 8])
def test_what_several_reach_is_the_sum_of_their_turfs_up_to_1(graph, n_steps):
    powers = np.linalg.matrix_power(graph.toarray().astype(np.float64), n_steps)
    some = np.array([3, 4, 20])
    expected = np.minimum((powers[some] / powers[some, some][:, None]).sum(0), 1)
    expected[some] = 1
    np.testing.assert_allclose(Walks(graph).reached(some, n_steps), expected, atol=1e-5)


def test_nothing_is_reached_from_nowhere(graph):
    assert (Walks(graph).reached(np.array([], np.int64), 4) == 0).all()


def test_what_is_remembered_is_what_was_found(graph, monkeypatch):
    monkeypatch.setattr(walks, "REMEMBERED", 2)
    some = Walks(graph)
    for example in (1, 2, 3, 1, 3, 2):
        np.testing.assert_array_equal(
            some.influence(example, 4), Walks(graph).influence(example, 4)
        )
    before = some.reached(np.array([1, 5]), 4)  # 1 is known from its influence, 5 from half a walk
    np.testing.assert_allclose(before, Walks(graph).reached(np.array([1, 5]), 4), atol=1e-6)


def test_an_example_without_edges_speaks_for_itself_alone():
    apart = normalised_affinity(np.array([[1], [0]], np.int32), np.ones((2, 1), np.float32)) * 0
    alone = Walks(apart)
    assert alone.influence(1, 4).tolist() == [0, 1]
    assert alone.reached(np.array([0]), 4).tolist() == [1, 0]
