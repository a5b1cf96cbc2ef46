"""Who is near whom, against scikit-learn, and what new examples take from their neighbours."""

import numpy as np
import pytest
import torch

from ssvae_core.atlas.atlas import N_NEIGHBOURS
from ssvae_core.fitting.neighbour_graph import Graph, graph_of_latents, graph_of_values
from ssvae_core.fitting.seen import Seen
from ssvae_core.pretraining.starter import active_latents, latent_means
from ssvae_core.training.chunks import run_to_end
from ssvae_core.training.label_propagation import Propagation

K = 10


@pytest.fixture(scope="module")
def pixels(digits):
    return Seen(torch.from_numpy(digits.images).flatten(1))


@pytest.fixture(scope="module", params=["values", "latents", "starter"])
def graph(request, pixels, starter):
    if request.param == "values":
        return graph_of_values(pixels, seed=0)
    known = starter.atlas.neighbours, starter.atlas.distances
    return graph_of_latents(starter.m1, pixels, known if request.param == "starter" else None)


@pytest.fixture(scope="module")
def shares(graph, digits):
    """What 5 labels of each class propagate."""
    labels = np.full(300, -1, np.int16)
    for k in range(K):
        labels[np.flatnonzero(digits.answer_key == k)[:5]] = k
    return Propagation(graph.neighbours, graph.distances)(labels, K)


def on_a_line(places, k=3):
    """The graph of examples that lie on a line."""
    values = torch.tensor(places, dtype=torch.float32)[:, None]
    far = np.abs(values.numpy() - values.numpy().T)
    near = far.argsort(1, kind="stable")[:, 1 : k + 1]
    distances = np.take_along_axis(far, near, 1)
    return Graph(
        "line", Seen(values), near.astype(np.int32), distances, lambda seen: seen.values.numpy()
    )


# Who is near whom


def test_neighbours_among_principal_components_are_those_of_scikit_learn(pixels):
    from sklearn.decomposition import PCA
    from sklearn.neighbors import NearestNeighbors

    graph = graph_of_values(pixels, seed=0)
    features = PCA(40, svd_solver="full").fit_transform(pixels.values.numpy() / 255)
    distances, found = NearestNeighbors(n_neighbors=11).fit(features).kneighbors(features)
    assert graph.neighbours.shape == (300, N_NEIGHBOURS)
    np.testing.assert_allclose(graph.distances, distances[:, 1:], atol=2e-3)
    same = [set(a) == set(b) for a, b in zip(graph.neighbours, found[:, 1:], strict=True)]
    assert np.mean(same) > 0.98  # but for ties


def test_bytes_and_the_values_they_stand_for_have_the_same_graph(pixels):
    one, other = graph_of_values(pixels, 0), graph_of_values(Seen(pixels.values.float() / 255), 0)
    np.testing.assert_array_equal(one.neighbours, other.neighbours)


@pytest.mark.parametrize("shape", [(30, 5), (7, 64)])
def test_short_vectors_and_few_examples_have_a_graph_too(shape):
    values = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    graph = graph_of_values(Seen(values), 0)
    assert graph.neighbours.shape == (shape[0], min(N_NEIGHBOURS, shape[0] - 1))
    whole = np.linalg.norm(values[:, None] - values, axis=-1)
    kept = np.take_along_axis(whole, graph.neighbours, 1)
    np.testing.assert_allclose(graph.distances, kept, atol=1e-3)  # no component is lost


def test_in_an_m1s_latents_it_is_that_of_the_active_ones(pixels, starter):
    latents = active_latents(run_to_end(latent_means(starter.m1, pixels.values)))
    graph = graph_of_latents(starter.m1, pixels)
    np.testing.assert_array_equal(graph.neighbours, starter.atlas.neighbours)
    np.testing.assert_allclose(graph.place(Seen(pixels.values[:9])), latents[:9], atol=1e-5)


def test_neighbours_that_are_known_are_taken_as_they_are(pixels, starter):
    known = starter.atlas.neighbours[::-1], starter.atlas.distances[::-1]
    for graph in (
        graph_of_latents(starter.m1, pixels, known),
        graph_of_values(pixels, 0, known),
    ):
        assert graph.neighbours is known[0]
        assert graph.distances is known[1]


# What new examples take


def test_shares_add_up_to_one_where_their_neighbours_do(graph, shares, pixels):
    new = Seen(pixels.values.flip(0)[:50])
    np.testing.assert_allclose(graph.share(shares, new).sum(1), 1, atol=1e-5)


def test_an_example_that_is_there_already_takes_about_what_it_has(graph, shares, pixels):
    taken = graph.share(shares, pixels)
    assert (taken.argmax(1) == shares.argmax(1)).mean() > 0.93
    assert np.abs(taken - shares).mean() < 0.02


def test_it_takes_all_of_what_its_neighbours_agree_on():
    graph = on_a_line([0, 1, 2, 3, 100, 101, 102, 103])
    shares = np.repeat(np.array([[0.7, 0.3], [0.1, 0.9]], np.float32), 4, 0)
    taken = graph.share(shares, Seen(torch.tensor([[1.0], [1.2], [102.5]])))
    np.testing.assert_allclose(taken, [[0.7, 0.3], [0.7, 0.3], [0.1, 0.9]], atol=1e-6)


def test_near_neighbours_weigh_more_each_end_at_its_own_scale():
    places, new = np.array([0.0, 1.0, 3.0, 7.0, 20.0]), 2.5
    graph = on_a_line(places)
    shares = np.eye(5, dtype=np.float32)
    distances = np.abs(places - new)
    expected = np.zeros(5)
    for near in distances.argsort()[:3]:
        reach = np.sort(distances)[2] * graph.distances[near, -1]
        expected[near] = np.exp(-(distances[near] ** 2) / reach)
    taken = graph.share(shares, Seen(torch.tensor([[new]])))
    np.testing.assert_allclose(taken[0], expected / expected.sum(), atol=1e-5)


def test_an_example_far_from_all_others_still_takes_the_shares_of_the_nearest():
    graph = on_a_line([0.0, 0.1, 0.2, 0.3])
    shares = np.array([[1, 0], [1, 0], [0, 1], [0, 1]], np.float32)
    taken = graph.share(shares, Seen(torch.tensor([[1e4], [-1e4]])))
    np.testing.assert_allclose(taken.sum(1), 1, atol=1e-5)
    assert taken.argmax(1).tolist() == [1, 0]


def test_twins_take_each_others_shares():
    graph = on_a_line([0.0, 0.0, 0.0, 0.0, 5.0, 5.0, 5.0, 5.0])
    shares = np.repeat(np.eye(2, dtype=np.float32), 4, 0)
    taken = graph.share(shares, Seen(torch.tensor([[0.0], [5.0], [4.0]])))
    np.testing.assert_allclose(taken, [[1, 0], [0, 1], [0, 1]], atol=1e-6)
