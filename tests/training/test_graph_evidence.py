"""Which graphs the labels believe: the likelihood written out, and graphs that know or do not."""

from dataclasses import replace

import numpy as np
import pytest

from ssvae_core.atlas.atlas import nearest_neighbours
from ssvae_core.atlas.graphs import CONTRASTIVE, M1_LATENTS, NamedGraph
from ssvae_core.training.graph_evidence import (
    LEADERS_SHARE,
    MIN_LABELS,
    N_JUDGED,
    PROBE,
    GraphMixture,
    judged_labels,
    leader,
)
from ssvae_core.training.label_propagation import SHARPNESS, Propagation

N, K = 300, 3


@pytest.fixture(scope="module")
def key():
    return np.random.default_rng(0).integers(0, K, N).astype(np.int16)


@pytest.fixture(scope="module")
def features(key):
    rng = np.random.default_rng(1)
    found = 3 * np.eye(K, 8)[key] + rng.normal(size=(N, 8))
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def knows(features):
    return NamedGraph("knows", *nearest_neighbours(features))


@pytest.fixture(scope="module")
def chance():
    """Neighbours that say nothing of the classes."""
    points = np.random.default_rng(2).normal(size=(N, 4)).astype(np.float32)
    return NamedGraph("chance", *nearest_neighbours(points))


def some(key, n, seed=3):
    labels = np.full(N, -1, np.int16)
    chosen = np.random.default_rng(seed).permutation(N)[:n]
    labels[chosen] = key[chosen]
    return labels


def right(said, labels, key):
    return float((said.argmax(1) == key)[labels < 0].mean())


def test_one_graph_by_itself_is_its_propagation(knows, key):
    labels, mixture = some(key, 40), GraphMixture([knows])
    alone = Propagation(knows.neighbours, knows.distances)(labels, K)
    assert np.array_equal(mixture(labels, K), alone)
    assert mixture.about() == ""


def test_the_sentence_names_what_neighbours_are_found_by_and_the_probe(
    knows, chance, features, key
):
    graphs = [replace(knows, name=CONTRASTIVE), replace(chance, name=M1_LATENTS)]
    mixture = GraphMixture(graphs, features)
    mixture(some(key, 40), K)
    share = {standing.name: f"{standing.right:.0%}" for standing in mixture.standings}
    assert mixture.about() == (
        "The neighbours by the encoder learned on these images lead: they guess "
        f"{share[CONTRASTIVE]} of 40 labels from the others, by M1's latents {share[M1_LATENTS]}, "
        f"the linear probe {share[PROBE]}."
    )


def test_without_labels_nothing_is_said(knows, chance, features):
    assert (GraphMixture([knows, chance], features)(np.full(N, -1, np.int16), K) == 0).all()


@pytest.mark.parametrize("first", ["knows", "chance"])
def test_a_graph_that_knows_nothing_does_no_harm(knows, chance, key, first):
    """Wherever it stood before there were labels."""
    graphs = sorted([knows, chance], key=lambda graph: graph.name != first)
    labels, mixture = some(key, 40), GraphMixture(graphs)
    best = Propagation(knows.neighbours, knows.distances)(labels, K)
    assert right(mixture(labels, K), labels, key) > right(best, labels, key) - 0.02
    weights = {standing.name: standing.weight for standing in mixture.standings}
    assert weights["knows"] > weights["chance"]


def test_the_graph_that_guesses_better_comes_to_lead_and_the_sentence_says_why(knows, chance, key):
    mixture = GraphMixture([chance, knows])
    mixture(some(key, MIN_LABELS - 2), K)
    assert mixture.leading == "chance"
    assert mixture.about() == ""
    labels = some(key, 40)
    mixture(labels, K)
    assert mixture.leading == "knows"
    by_name = {standing.name: standing for standing in mixture.standings}
    assert mixture.about() == (
        f"The neighbours by knows lead: they guess {by_name['knows'].right:.0%} of 40 labels from "
        f"the others, by chance {by_name['chance'].right:.0%}."
    )


def clustered(graphs, *ratios):
    return [replace(graph, clustered=ratio) for graph, ratio in zip(graphs, ratios, strict=True)]


@pytest.mark.parametrize(
    ("ratios", "shares"),
    [
        ((4.0, 2.0), [0.9, 0.1]),
        ((2.0, 2.0), [0.5, 0.5]),
        ((3.0, 0.0), [LEADERS_SHARE, 1 - LEADERS_SHARE]),  # one is not known
        ((1.0, 3.0), [LEADERS_SHARE, 1 - LEADERS_SHARE]),  # chosen in spite of it
    ],
)
def test_before_labels_weigh_experts_do_by_how_clustered_their_spaces_are(
    knows, chance, key, ratios, shares
):
    mixture = GraphMixture(clustered([knows, chance], *ratios))
    mixture(some(key, MIN_LABELS - 2), K)
    np.testing.assert_allclose(mixture._weights, SHARPNESS * np.array(shares))


def test_a_probe_is_believed_as_the_graph_of_its_features_is(knows, chance, features, key):
    graphs = [replace(chance, name=M1_LATENTS), knows]
    mixture = GraphMixture(clustered(graphs, 3.0, 2.0), features)
    mixture(some(key, MIN_LABELS - 2), K)
    assert mixture.names == [M1_LATENTS, "knows", PROBE]
    np.testing.assert_allclose(mixture._weights, SHARPNESS * np.array([4, 1, 1]) / 6)


def test_who_comes_to_lead_has_its_share_of_the_prior(knows, chance, key):
    """Which the labels then change as they do that of any."""
    mixture = GraphMixture(clustered([chance, knows], 3.0, 1.0))
    labels = some(key, 40)
    said = mixture(labels, K)
    assert mixture.leading == "knows"
    prior = SHARPNESS * np.array([1 - LEADERS_SHARE, LEADERS_SHARE])
    np.testing.assert_allclose(mixture._prior("knows"), prior)
    assert right(said, labels, key) > 0.9


def test_a_share_of_labels_is_the_leave_one_out_share_written_out(knows, chance, key):
    labels, mixture = some(key, 24), GraphMixture([knows, chance])
    mixture(labels, K)
    for graph, standing in zip((knows, chance), mixture.standings, strict=True):
        propagate, hits = Propagation(graph.neighbours, graph.distances), []
        for example in np.flatnonzero(labels >= 0):
            others = labels.copy()
            others[example] = -1
            hits.append(propagate(others, K)[example].argmax() == labels[example])
        assert standing.right == pytest.approx(np.mean(hits), abs=1.5 / 24)  # equal shares differ
        spread = np.sqrt(standing.right * (1 - standing.right) / 24)
        assert standing.error == pytest.approx(spread)


def test_a_probe_joins_where_there_are_features(knows, features, key):
    labels, mixture = some(key, 40), GraphMixture([knows], features)
    said = mixture(labels, K)
    assert [standing.name for standing in mixture.standings] == ["knows", PROBE]
    assert right(said, labels, key) > 0.9


def test_labels_are_certain_and_a_class_without_any_is_not_named(knows, chance, features, key):
    labels = some(key, 40)
    labels[labels == 2] = -1
    said = GraphMixture([knows, chance], features)(labels, K)
    assert (said[:, 2] == 0).all()
    given = labels >= 0
    assert (said[given] == np.eye(K)[labels[given]]).all()
    np.testing.assert_allclose(said.sum(1), 1, atol=1e-5)


def test_an_undone_label_leaves_no_trace(knows, chance, features, key):
    mixture, labels = GraphMixture([knows, chance], features), some(key, 30)
    before = mixture(labels, K)
    mixture(some(key, 31), K)
    assert np.array_equal(mixture(labels, K), before)


def test_together_over_all_is_the_same_as_what_was_said(knows, chance, features, key):
    mixture, labels = GraphMixture([knows, chance], features), some(key, 40)
    said, known = mixture(labels, K), np.ones(K, bool)
    shares = [each.shares(labels, K) for each in mixture.propagations.values()]
    free = labels < 0
    among = [part[free] for part in shares], mixture.probe.components[free], known
    again = mixture.together(*among, mixture.taught)
    np.testing.assert_allclose(again, said[free], atol=1e-6)


def test_labels_that_are_only_tried_say_what_they_would_and_leave_no_trace(
    knows, chance, features, key
):
    mixture, labels = GraphMixture([knows, chance], features), some(key, 40)
    said, free = mixture(labels, K), np.flatnonzero(labels < 0)
    np.testing.assert_allclose(mixture.at(labels, K, free), said[free], atol=1e-5)
    tried = some(key, 12, seed=4)
    others = np.flatnonzero(tried < 0)
    assert right(mixture.at(tried, K, np.arange(N)), tried, key) > 0.8
    assert mixture.at(tried, K, others[:3]).shape == (3, K)
    assert np.array_equal(mixture(labels, K), said)


def test_of_one_graph_tried_labels_say_what_its_propagation_says(knows, key):
    labels = some(key, 40)
    free = np.flatnonzero(labels < 0)
    alone = Propagation(knows.neighbours, knows.distances).at(labels, K, free)
    assert np.array_equal(GraphMixture([knows]).at(labels, K, free), alone)


def test_who_led_before_goes_on_unless_another_guesses_better_and_answers_do_not_depend_on_it(
    knows, key
):
    alike = replace(knows, name="alike")
    labels = some(key, 40)
    first, second = GraphMixture([knows, alike]), GraphMixture([knows, alike], leading="alike")
    assert np.array_equal(first(labels, K), second(labels, K))
    assert (first.leading, second.leading) == ("knows", "alike")


def test_confidence_is_near_the_share_that_is_right(knows, chance, features, key):
    labels = some(key, 60)
    free = labels < 0
    said = GraphMixture([knows, chance], features)(labels, K)
    assert said[free].max(1).mean() == pytest.approx(right(said, labels, key), abs=0.06)


def test_of_many_labels_some_are_judged_and_adding_one_changes_few_of_them(key):
    order = np.random.default_rng(0).permutation(N)
    labels = some(key, 290)
    judged, known = judged_labels(labels, K, order)
    assert len(judged) == N_JUDGED
    assert known.all()
    labels[np.flatnonzero(labels < 0)[0]] = 1
    assert len(np.setdiff1d(judged_labels(labels, K, order)[0], judged)) <= 1


def test_the_only_label_of_a_class_is_not_judged(key):
    labels = some(key, 0)
    labels[[3, 7, 9]] = [0, 0, 1]
    judged, known = judged_labels(labels, K, np.arange(N))
    assert judged.tolist() == [3, 7]
    assert known.tolist() == [[True, True, False]] * 2


@pytest.mark.parametrize(
    ("only_first", "only_second", "leads"),
    [(0, 0, "first"), (0, 4, "first"), (0, 5, "second"), (5, 0, "first"), (10, 18, "first")],
)
def test_another_leads_only_by_more_than_chance(only_first, only_second, leads):
    both = np.ones(30, bool)
    first = np.concatenate([both, np.ones(only_first, bool), np.zeros(only_second, bool)])
    second = np.concatenate([both, np.zeros(only_first, bool), np.ones(only_second, bool)])
    assert leader("first", {"first": first, "second": second}) == leads


def test_the_best_of_several_leads():
    first = np.zeros(40, bool)
    better, best = first.copy(), first.copy()
    better[:15], best[:30] = True, True
    assert leader("first", {"first": first, "better": better, "best": best}) == "best"
