"""The map: what every projection must do, and that it stays where the eye left it."""

import numpy as np
import pytest

from ssvae_core.atlas.atlas import nearest_neighbours
from ssvae_core.atlas.layout import (
    PROJECTIONS,
    FollowingMap,
    Layout,
    align,
    fit_to_frame,
    movement,
    pca_map,
)


def two_clouds(n=60):
    """Two clouds far apart in 6 dimensions, half of the points in each: (N, 6)."""
    points = np.random.default_rng(0).normal(size=(n, 6))
    points[: n // 2] += 20
    return points.astype(np.float32)


def some_map(n=200, seed=0):
    return np.random.default_rng(seed).normal(size=(n, 2)).astype(np.float32)


def shared_neighbours(xy, neighbours):
    """How many of the neighbours in latent space are neighbours on the map, 0 to 1."""
    on_map, _ = nearest_neighbours(xy, neighbours.shape[1])
    shared = [len(set(a) & set(b)) for a, b in zip(on_map, neighbours, strict=True)]
    return np.mean(shared) / neighbours.shape[1]


# The contract; umap's own warnings are not ours


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", PROJECTIONS)
def test_a_projection_keeps_apart_what_is_far_apart_and_is_the_same_each_time(name):
    latents = two_clouds()
    xy = PROJECTIONS[name](latents, 0)
    assert xy.shape == (60, 2)
    assert xy.dtype == np.float32
    assert np.isfinite(xy).all()
    near, _ = nearest_neighbours(xy, 5)
    assert ((near < 30) == (np.arange(60) < 30)[:, None]).all()
    assert np.array_equal(xy, PROJECTIONS[name](latents, 0))


def test_pca_is_that_of_the_singular_vectors():
    latents = two_clouds() * np.array([5, 1, 3, 1, 1, 1], np.float32)
    centred = latents - latents.mean(0)
    u, s, _ = np.linalg.svd(centred, full_matrices=False)
    xy = pca_map(latents)
    for axis in range(2):
        expected = u[:, axis] * s[axis]
        sign = np.sign(expected @ xy[:, axis])
        np.testing.assert_allclose(xy[:, axis], sign * expected, rtol=1e-3, atol=1e-2)


def test_a_single_latent_has_a_map_too():
    xy = pca_map(two_clouds()[:, :1])
    assert xy.shape == (60, 2)
    assert xy[:, 0].std() > 1


# The frame, the alignment and the movement


def test_a_map_in_the_frame_keeps_its_proportions():
    xy = np.random.default_rng(0).uniform(size=(500, 2)).astype(np.float32) * [30, 6] + 100
    framed = fit_to_frame(xy.astype(np.float32))
    inside = ((framed > 0) & (framed < 1)).all(1)
    assert inside.mean() > 0.99
    stretch = framed[inside].std(0) / xy[inside].std(0)
    assert stretch[0] == pytest.approx(stretch[1], rel=1e-3)
    assert framed.min() >= 0
    assert framed.max() <= 1
    assert np.ptp(framed[:, 0]) > 0.9


def test_an_outlier_stands_at_the_edge_and_does_not_shrink_the_rest():
    xy = some_map(5000)
    xy[0] = [1e6, 0]
    framed = fit_to_frame(xy)
    assert framed[0, 0] == 1
    assert framed[1:].std(0).min() > 0.1


def test_a_map_of_one_place_stands_in_the_middle():
    np.testing.assert_allclose(fit_to_frame(np.full((10, 2), 3, np.float32)), 0.5)


@pytest.mark.parametrize("flip", [1, -1], ids=["turned", "flipped"])
def test_align_brings_a_moved_map_back_exactly(flip):
    old = some_map()
    angle = 2.0
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    new = (old @ turn * [flip, 1] * 7 + [100, -3]).astype(np.float32)
    np.testing.assert_allclose(align(new, old), old, atol=1e-4)


def test_align_keeps_the_proportions_of_distances():
    new = some_map(seed=1)
    aligned = align(new, some_map(seed=2))

    def first_distances(xy):
        return np.linalg.norm(xy[1:] - xy[0], axis=1)

    ratio = first_distances(aligned) / first_distances(new)
    np.testing.assert_allclose(ratio, ratio.mean(), rtol=1e-3)


def test_no_turn_or_scale_brings_a_map_nearer_than_align():
    new, old = some_map(seed=1), some_map(seed=2)
    new[:, 0] += old[:, 1]
    best = ((align(new, old) - old) ** 2).sum()
    centred = new - new.mean(0)
    for angle in np.linspace(0, 2 * np.pi, 60):
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        for flip in (1, -1):
            for scale in np.linspace(0.05, 1.5, 20):
                tried = centred @ turn * [flip, 1] * scale + old.mean(0)
                assert ((tried - old) ** 2).sum() >= best - 1e-3


def test_movement_is_the_median_shift_as_a_share_of_the_width():
    old = np.random.default_rng(0).uniform(size=(101, 2)).astype(np.float32)
    width = np.ptp(old, axis=0).max()
    assert movement(old, old) == 0
    assert movement(old + np.array([0.1 * width, 0]), old) == pytest.approx(0.1, rel=1e-4)
    few = old.copy()
    few[:50] += 5
    assert movement(few, old) == 0


# The layout


def test_a_layout_brings_neighbours_together():
    latents = np.random.default_rng(0).normal(size=(200, 3)).astype(np.float32)
    neighbours, _ = nearest_neighbours(latents, 10)
    start = some_map()
    layout = Layout(start, neighbours)
    for round_ in range(60):
        layout.step(1 - round_ / 60)
    assert np.isfinite(layout.xy).all()
    assert shared_neighbours(layout.xy, neighbours) > shared_neighbours(start, neighbours) + 0.2


def test_the_same_seed_gives_the_same_layout():
    neighbours, _ = nearest_neighbours(two_clouds(), 5)
    maps = []
    for seed in (0, 0, 1):
        layout = Layout(some_map(60), neighbours, seed)
        layout.step(1.0)
        maps.append(layout.xy)
    assert np.array_equal(maps[0], maps[1])
    assert not np.array_equal(maps[0], maps[2])


@pytest.mark.parametrize("rate", [1.0, 0.1])
def test_a_step_of_a_layout_is_bounded_however_crowded_the_map(rate):
    neighbours, _ = nearest_neighbours(some_map(), 10)
    crowded = some_map() * 1e-3
    crowded[:3] = [[5, 5], [-5, 5], [5, -5]]
    layout = Layout(crowded, neighbours)
    before = layout.xy.copy()
    layout.step(rate)
    assert np.abs(layout.xy - before).max() <= 28 * rate


# A map that follows


def test_a_following_map_moves_little_when_the_latents_do_not(digits, starter):
    latents = np.asarray(digits.images, np.float32).reshape(300, -1) / 255
    living = FollowingMap(starter.atlas.xy)
    for _ in range(8):
        living.follow(latents)
    assert living.follow(latents) < 0.1


def test_a_following_map_says_how_far_it_moved(starter, digits):
    latents = np.asarray(digits.images, np.float32).reshape(300, -1)
    living = FollowingMap(starter.atlas.xy)
    moved = living.follow(latents)
    assert moved == movement(living.xy, starter.atlas.xy)
    assert moved > 0
    assert living.xy.min() >= 0
    assert living.xy.max() <= 1


def test_examples_that_are_no_landmarks_follow_those_near_them():
    """Only 100 of 300 are laid out; a point beside a landmark in the latents is so on the map."""
    latents = np.random.default_rng(0).normal(size=(300, 3)).astype(np.float32)
    neighbours, _ = nearest_neighbours(latents, 10)
    living = FollowingMap(fit_to_frame(pca_map(latents)), n_landmarks=100)
    living.follow(latents)
    others = np.setdiff1d(np.arange(300), living.landmarks)
    on_map, _ = nearest_neighbours(living.xy, 10)
    shared = [len(set(on_map[i]) & set(neighbours[i])) / 10 for i in others]
    assert np.mean(shared) > 3 * 10 / 300  # a random map has 10 / 300
