"""Who is near whom, against brute force; medoids; an atlas on disk."""

import numpy as np
import pytest

from ssvae_core.atlas.atlas import Atlas, medoids, nearest_neighbours
from ssvae_core.errors import UserError
from ssvae_core.storage.bundles import ARRAYS


def cloud(n=80, seed=0):
    return np.random.default_rng(seed).normal(size=(n, 4)).astype(np.float32)


def four_clusters():
    """Around 4 far corners, of 40, 30, 20 and 10 points: (100, 2), and whose each is."""
    whose = np.repeat(np.arange(4), [40, 30, 20, 10])
    corners = np.array([[0, 0], [50, 0], [0, 50], [50, 50]])
    points = corners[whose] + np.random.default_rng(0).normal(size=(100, 2))
    return points.astype(np.float32), whose


def all_distances(points):
    return np.linalg.norm(points[:, None].astype(float) - points[None], axis=-1)


def test_neighbours_are_those_of_brute_force():
    points = cloud()
    neighbours, distances = nearest_neighbours(points, 7)
    every = all_distances(points)
    np.fill_diagonal(every, np.inf)
    assert np.array_equal(neighbours, every.argsort(1)[:, :7])
    np.testing.assert_allclose(distances, np.sort(every, 1)[:, :7], rtol=1e-4)
    assert (neighbours.dtype, distances.dtype) == (np.int32, np.float32)


def test_neighbours_of_a_few_are_the_rows_of_all():
    points, few = cloud(), np.array([3, 70, 5])
    neighbours, distances = nearest_neighbours(points, 4, few)
    of_all, far = nearest_neighbours(points, 4)
    assert np.array_equal(neighbours, of_all[few])
    np.testing.assert_allclose(distances, far[few], rtol=1e-5)


@pytest.mark.parametrize("n_twins", [2, 5, 40])
def test_no_example_is_its_own_neighbour_among_twins(n_twins):
    points = cloud()
    points[:n_twins] = points[0]
    neighbours, distances = nearest_neighbours(points, 5)
    assert (neighbours != np.arange(80)[:, None]).all()
    every = all_distances(points)
    np.fill_diagonal(every, np.inf)
    np.testing.assert_allclose(distances, np.sort(every, 1)[:, :5], rtol=1e-4, atol=1e-3)
    assert all(len(set(row)) == 5 for row in neighbours.tolist())


def test_around_an_example_are_its_neighbours_and_then_theirs_by_the_shortest_way():
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    points = cloud()
    neighbours, distances = nearest_neighbours(points, 5)
    atlas = Atlas(points[:, :2], neighbours, distances, np.arange(3, dtype=np.int32))
    rows = np.repeat(np.arange(len(points)), 5)
    ways = dijkstra(csr_array((distances.ravel(), (rows, neighbours.ravel()))), indices=7)
    assert atlas.around(7, 5) == neighbours[7].tolist()
    assert atlas.around(7, 40) == ways.argsort()[1:41].tolist()


def test_around_an_example_are_no_more_than_are_connected():
    points, whose = four_clusters()
    neighbours, distances = nearest_neighbours(points, 5)
    atlas = Atlas(points, neighbours, distances, np.arange(3, dtype=np.int32))
    found = atlas.around(99, 50)
    assert set(whose[found]) == {3}
    assert len(found) == len(set(found)) <= 9


def test_few_examples_have_all_others_as_neighbours():
    neighbours, distances = nearest_neighbours(cloud(4), 10)
    assert neighbours.shape == distances.shape == (4, 3)
    assert all({i, *row} == {0, 1, 2, 3} for i, row in enumerate(neighbours.tolist()))


def test_every_cluster_has_one_medoid_and_the_largest_comes_first():
    points, whose = four_clusters()
    chosen = medoids(points, (4,))
    assert sorted(whose[chosen]) == [0, 1, 2, 3]
    assert whose[chosen[0]] == 0


def test_a_medoid_is_the_example_nearest_to_its_clusters_middle():
    points, whose = four_clusters()
    for example in medoids(points, (4,)):
        cluster = np.flatnonzero(whose == whose[example])
        to_middle = np.linalg.norm(points[cluster] - points[cluster].mean(0), axis=1)
        assert example == cluster[to_middle.argmin()]


def test_the_second_medoid_is_farthest_from_the_first():
    points, whose = four_clusters()
    assert whose[medoids(points, (4,))[1]] == 3  # the corner across


def test_the_medoids_of_few_clusters_come_before_those_of_many():
    points, whose = four_clusters()
    chosen = medoids(points, (4, 12))
    assert np.array_equal(chosen[:4], medoids(points, (4,)))
    assert sorted(whose[chosen[:4]]) == [0, 1, 2, 3]
    assert len(chosen) == 12


def test_medoids_lie_farther_apart_than_random_examples():
    points = cloud(200)[:, :2]

    def nearest_pair(examples):
        return nearest_neighbours(points[examples], 1)[1].min()

    rng = np.random.default_rng(0)
    at_random = [nearest_pair(rng.choice(200, 20, replace=False)) for _ in range(50)]
    assert nearest_pair(medoids(points, (20,))) > max(at_random)


def test_medoids_are_different_examples_and_the_same_each_time():
    points = cloud(200)[:, :2]
    chosen = medoids(points)
    assert len(set(chosen.tolist())) == 40
    assert chosen.dtype == np.int32
    assert np.array_equal(chosen, medoids(points))


def test_medoids_of_a_sample_are_examples_of_the_whole():
    points = cloud(200)[:, :2]
    chosen = medoids(points, (10,), sample=50, seed=3)
    assert len(set(chosen.tolist())) == 10
    assert chosen.max() > 50  # numbered in the whole, not in the sample


def test_there_are_no_more_medoids_than_examples():
    assert sorted(medoids(cloud(5)[:, :2])) == [0, 1, 2, 3, 4]


def test_a_saved_atlas_comes_back(tmp_path):
    points = cloud()
    neighbours, distances = nearest_neighbours(points, 5)
    atlas = Atlas(points[:, :2].copy(), neighbours, distances, medoids(points[:, :2], (6,)))
    atlas.save(tmp_path / "atlas", {"data": "cloud"})
    back = Atlas.load(tmp_path / "atlas")
    for name in ("xy", "neighbours", "medoids"):
        assert np.array_equal(getattr(back, name), getattr(atlas, name)), name
        assert getattr(back, name).dtype == getattr(atlas, name).dtype
    np.testing.assert_allclose(back.distances, distances, rtol=2**-11)
    assert back.distances.dtype == np.float32


def test_a_damaged_atlas_is_refused(tmp_path, starter):
    starter.atlas.save(tmp_path / "atlas", {})
    content = bytearray((tmp_path / "atlas" / ARRAYS).read_bytes())
    content[-1] ^= 1
    (tmp_path / "atlas" / ARRAYS).write_bytes(content)
    with pytest.raises(UserError, match="damaged"):
        Atlas.load(tmp_path / "atlas")
