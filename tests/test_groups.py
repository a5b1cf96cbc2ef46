"""A class that nobody named: on islands of points, on digits, and where nothing is to be found."""

import numpy as np
import pytest

from ssvae_core.atlas.atlas import nearest_neighbours
from ssvae_core.review import novel_classes as module
from ssvae_core.review.novel_classes import LEAST_LABELS


def groups(*arguments):
    """On islands three labels are many."""
    return module.groups(*arguments, least_labels=1)


@pytest.fixture(scope="module")
def islands():
    """Four islands of 50 points on a line, 10 apart, joined by a thin bridge of points."""
    points = np.random.default_rng(0).normal(size=(200, 2))
    points[:, 0] += 10 * np.repeat(range(4), 50)
    bridge = np.stack([np.linspace(0, 30, 61), np.zeros(61)], 1)
    return nearest_neighbours(np.concatenate([points, bridge]).astype(np.float32), 8)


def mask(*examples, size=261):
    found = np.zeros(size, bool)
    found[list(examples)] = True
    return found


def test_skipped_images_of_one_island_offer_it_as_a_class(islands):
    (found,) = groups(*islands, mask(0, 1, 50, 51, 100), mask(160, 170))
    assert found.unnamed == (160, 170)
    shown = np.array(found.examples[:30])
    on_the_island = (shown >= 150) & (shown < 200) | (shown >= 253)  # or the bridge's end on it
    assert on_the_island.all()
    assert "2 images" in found.why
    assert found.score > 1


def test_examples_are_in_the_order_of_the_ratio_of_paths_computed_by_floyd_and_warshall(islands):
    neighbours, distances = islands
    lengths = np.full((261, 261), np.inf)
    np.fill_diagonal(lengths, 0)
    for i, near in enumerate(neighbours):
        lengths[i, near] = lengths[near, i] = distances[i]
    for via in range(261):
        lengths = np.minimum(lengths, lengths[:, via, None] + lengths[None, via])
    to_group, to_label = lengths[[160, 170]].min(0), lengths[[0, 50, 100]].min(0)
    (found,) = groups(*islands, mask(0, 50, 100), mask(160, 170))
    ratio = to_group[list(found.examples)] / to_label[list(found.examples)]
    assert (np.diff(ratio) >= -1e-6).all()
    assert set(found.examples) <= set(np.flatnonzero(to_group < to_label))


def test_skipped_images_each_beside_a_label_are_no_group(islands):
    labelled = mask(*range(10), *range(50, 60), *range(100, 110), *range(150, 160))
    assert groups(*islands, labelled, mask(20, 70, 120, 170)) == []


def test_two_kinds_are_two_groups_the_larger_first(islands):
    found = groups(*islands, mask(50, 51, 110, 111), mask(5, 15, 155, 165, 175))
    assert [group.unnamed for group in found] == [(155, 165, 175), (5, 15)]


def test_one_skipped_image_is_no_group_and_nothing_labelled_is_no_news(islands):
    assert groups(*islands, mask(0, 50), mask(160)) == []
    assert groups(*islands, mask(), mask(150, 160, 170)) == []


def test_labelled_and_skipped_images_are_not_shown_again(islands):
    labelled, unnamed = mask(0, 50, 100), mask(160, 170, 180)
    for group in groups(*islands, labelled, unnamed):
        assert not (labelled | unnamed)[list(group.examples)].any()


def test_nothing_is_offered_while_nearly_nothing_is_labelled(islands):
    unnamed = mask(160, 170)
    assert module.groups(*islands, mask(*range(LEAST_LABELS - 1)), unnamed) == []
    assert len(module.groups(*islands, mask(*range(LEAST_LABELS)), unnamed)) == 1


@pytest.mark.parametrize("absent", [0, 3, 6, 9])
def test_a_hidden_digit_is_offered_within_30_labels(absent):
    """Scikit-learn's digits: 30 random labels, and whoever meets the hidden one skips it."""
    from sklearn.datasets import load_digits

    images, answers = load_digits(return_X_y=True)
    graph = nearest_neighbours(images.astype(np.float32))
    order = np.random.default_rng(absent).permutation(len(answers))
    met = order[: np.flatnonzero(np.cumsum(answers[order] != absent) == 30)[0] + 1]
    is_absent = answers == absent
    labelled = mask(*met[~is_absent[met]], size=len(answers))
    unnamed = mask(*met[is_absent[met]], size=len(answers))
    best = groups(*graph, labelled, unnamed)[0]
    assert is_absent[list(best.examples[:20])].mean() > 0.8
