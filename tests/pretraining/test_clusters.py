"""How much a space lies in clusters, and whose graph stands first for it."""

import numpy as np
import pytest

from ssvae_core.atlas.atlas import nearest_neighbours
from ssvae_core.atlas.first_map import first_atlas
from ssvae_core.atlas.graphs import M1_LATENTS, PIXELS, NamedGraph
from ssvae_core.pretraining.clusters import (
    clustered_pixels,
    clustered_ratio,
    first_to_trust,
    is_in_clusters,
    led_by_first,
)
from ssvae_core.pretraining.progress import PretrainingProgress
from ssvae_core.pretraining.starter import Starter
from ssvae_core.training.chunks import run_to_end


def kinds(n=600, apart=4.0, seed=0):
    """Places of ten kinds."""
    chance = np.random.default_rng(seed)
    centres = apart * chance.standard_normal((10, 16))
    places = centres[chance.integers(10, size=n)] + chance.standard_normal((n, 16))
    return places.astype(np.float32)


def test_ten_kinds_are_clusters():
    chance = np.random.default_rng(0)
    centres = 4 * chance.standard_normal((10, 16))
    features = centres[chance.integers(10, size=1000)] + chance.standard_normal((1000, 16))
    assert run_to_end(is_in_clusters(features.astype(np.float32), seed=0))


def test_places_on_a_sheet_are_none():
    """As what is seen of drawn shapes, which is where they are: bent, but in one piece."""
    where = 3 * np.random.default_rng(0).random((1000, 2))
    features = np.concatenate([np.sin(where), np.cos(where), where.prod(1, keepdims=True)], 1)
    assert not run_to_end(is_in_clusters(features.astype(np.float32), seed=0))


def test_a_cloud_is_none_nor_is_one_point():
    cloud = np.random.default_rng(0).standard_normal((500, 16), np.float32)
    assert not run_to_end(is_in_clusters(cloud, seed=0))
    assert not run_to_end(is_in_clusters(np.zeros_like(cloud), seed=0))


def test_kinds_further_apart_are_more_clustered():
    near, far = (run_to_end(clustered_ratio(kinds(apart=gap), 0)) for gap in (0.5, 2.0))
    assert far > 1.5 * near


def test_of_a_few_examples_nothing_is_known():
    assert run_to_end(clustered_ratio(kinds(99), 0)) == 0


def test_images_are_as_clustered_as_their_principal_components(digits):
    assert 2 < run_to_end(clustered_pixels(digits.images, 0)) < 20


def test_the_most_clustered_stands_first_but_for_what_somebody_chose():
    near = nearest_neighbours(kinds(20))
    one, two, of_old = (
        NamedGraph("one", *near, 1.2),
        NamedGraph("two", *near, 2.5),
        NamedGraph("old", *near),
    )
    assert first_to_trust([of_old, one, two]) == [two, one, of_old]
    assert first_to_trust([two, one, of_old], "one") == [one, two, of_old]
    assert first_to_trust([two, of_old], "contrastive") == [two, of_old]


@pytest.mark.parametrize("clustered", [1.0, 1e6])
def test_the_map_is_that_of_the_first(digits, starter, clustered):
    """The pixels' ratio is worked out where it is not known, and is between these two."""
    *_, by_pixels = first_atlas(digits.images)
    pixels = NamedGraph(PIXELS, by_pixels.neighbours, by_pixels.distances)
    m1 = NamedGraph(M1_LATENTS, starter.atlas.neighbours, starter.atlas.distances, clustered)
    before = Starter(starter.m1, starter.atlas, graphs=[m1, pixels])
    told = []
    work = led_by_first(before, digits.images, "auto", 0)
    while True:
        try:
            told.append(next(work))
        except StopIteration as end:
            after = end.value
            break
    assert all(isinstance(event, PretrainingProgress) for event in told)
    first = M1_LATENTS if clustered > 100 else PIXELS
    assert after.leading == after.graphs[0].name == first
    by_name = {graph.name: graph for graph in after.graphs}
    assert by_name[M1_LATENTS].clustered == clustered
    assert 2 < by_name[PIXELS].clustered < 20
    if first == PIXELS:
        assert np.array_equal(after.atlas.neighbours, pixels.neighbours)
        assert np.array_equal(told[-1].xy, after.atlas.xy)
    else:
        assert after.atlas is starter.atlas
    again = led_by_first(after, digits.images, "auto", 0)
    assert run_to_end(again).leading == first
