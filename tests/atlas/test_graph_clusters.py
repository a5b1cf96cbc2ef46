"""Typical examples of the graph's clusters, against the walk's own matrix."""

import numpy as np

from ssvae_core.atlas.affinity import normalised_affinity
from ssvae_core.atlas.atlas import N_FIRST, Atlas, nearest_neighbours
from ssvae_core.atlas.graph_clusters import (
    N_CLUSTERS,
    N_STEPS,
    atlas_by_clusters,
    cluster_medoids,
    directions,
    graph_embedding,
)
from ssvae_core.atlas.groups import proposed


def groups(sizes):
    """Groups that lie far apart: the graph of the examples, and the group of each."""
    group = np.repeat(np.arange(len(sizes)), sizes)
    at = 100 * np.eye(len(sizes))[group]
    points = at + np.random.default_rng(0).normal(size=at.shape)
    return nearest_neighbours(points.astype(np.float32), 10), group


def test_cosines_are_those_of_rows_of_the_walks_matrix():
    points = np.random.default_rng(1).normal(size=(60, 2)).astype(np.float32)
    near = nearest_neighbours(points, 8)
    rows = np.linalg.matrix_power(normalised_affinity(*near).toarray().astype(float), N_STEPS)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    found = np.mean(
        [given @ given.T for given in (directions(*near, seed) for seed in range(30))], 0
    )
    np.testing.assert_allclose(found, rows @ rows.T, atol=0.08)


def test_every_group_is_among_the_typical_ones_and_the_largest_comes_first():
    near, group = groups([*[30] * 10, 150, *[30] * 9])
    typical = cluster_medoids(*near)
    assert sorted(group[typical]) == list(range(20))
    assert group[typical[0]] == 10


def test_only_those_that_may_be_are_chosen():
    near, group = groups([30] * 20)
    among = np.flatnonzero(np.arange(len(group)) % 3 == 1)
    assert set(cluster_medoids(*near, among=among)) <= set(among)


def test_the_same_seed_chooses_the_same_and_twins_are_chosen_once():
    near, _ = groups([40, 40, 40])
    assert np.array_equal(cluster_medoids(*near, seed=3), cluster_medoids(*near, seed=3))
    twins = nearest_neighbours(np.repeat(np.eye(3, dtype=np.float32), 20, 0), 10)
    chosen = cluster_medoids(*twins)
    assert 1 <= len(chosen) == len(set(chosen.tolist())) <= N_CLUSTERS


def test_an_atlas_asks_about_all_clusters_first_and_keeps_that_on_disk(tmp_path):
    near, _ = groups([30] * 20)
    atlas = atlas_by_clusters(np.zeros((600, 2), np.float32), *near)
    assert atlas.n_first == len(atlas.medoids) == N_CLUSTERS
    atlas.save(tmp_path / "atlas", {})
    assert Atlas.load(tmp_path / "atlas").n_first == N_CLUSTERS


def test_a_map_that_was_kept_before_asks_about_its_first_ten(tmp_path):
    from ssvae_core.storage.bundles import write_bundle

    near, _ = groups([30] * 3)
    atlas = Atlas(np.zeros((90, 2), np.float32), *near, np.arange(40, dtype=np.int32))
    kept = {name: getattr(atlas, name) for name in ("xy", "neighbours", "distances", "medoids")}
    write_bundle(tmp_path / "atlas", kept, {})
    assert Atlas.load(tmp_path / "atlas").n_first == N_FIRST


def test_an_embedding_of_a_graph_is_of_its_largest_eigenvectors():
    values = np.random.default_rng(0).normal(0, 1, (40, 3)).astype(np.float32)
    near = nearest_neighbours(values, 5)
    found = graph_embedding(*near, n=3)
    dense = normalised_affinity(*near).toarray().astype(float)
    eigenvectors = np.linalg.eigh(dense)[1][:, ::-1][:, :3]
    expected = eigenvectors / np.linalg.norm(eigenvectors, axis=1, keepdims=True)
    assert np.allclose(np.abs(found), np.abs(expected), atol=1e-4)
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)


def test_rings_within_each_other_are_told_apart_by_their_graph():
    angles = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    ring = np.stack([np.cos(angles), np.sin(angles)], 1)
    values = np.concatenate([ring, 4 * ring]).astype(np.float32)
    found = proposed(graph_embedding(*nearest_neighbours(values, 4), n=2), 2)
    kinds = np.repeat([0, 1], 60)
    assert found.purity(kinds, 2) == 1
    assert proposed(values, 2).purity(kinds, 2) < 0.8


def test_few_examples_have_an_embedding():
    for n in (1, 2, 3):
        values = np.arange(n, dtype=np.float32)[:, None]
        assert len(graph_embedding(*nearest_neighbours(values))) == n
