"""What every strategy in STRATEGIES must do, and what each one prefers."""

import dataclasses
import re

import numpy as np
import pytest

from ssvae_core.acquisition import STRATEGIES, entropy, suggest
from ssvae_core.acquisition import Evidence as AnyEvidence
from ssvae_core.acquisition.coverage import STEPS
from ssvae_core.acquisition.suggest import chance_slots
from ssvae_core.atlas.atlas import Atlas, medoids, nearest_neighbours
from ssvae_core.errors import UserError
from ssvae_core.predictions import margin

N, K = 200, 4
NAMES = ("ant", "bee", "cow", "dog")
SENTENCE = re.compile(r"[A-Z].+[^.]\.$")
DOUBTING = ("close", "margin", "entropy", "least-sure", "auto")  # go by the guesses
FEW = STEPS[-1][0]  # labels, from which on walks are short


def Evidence(atlas, labels, probabilities, seed=0, **more):
    """As the app gives it; a strategy that needs a class is asked about the first."""
    return AnyEvidence(atlas, labels, probabilities, seed, **{"about_class": 0, **more})


@pytest.fixture(scope="module")
def atlas():
    latents = np.random.default_rng(0).normal(size=(N, 2)).astype(np.float32)
    return Atlas(latents, *nearest_neighbours(latents, 6), medoids(latents, (10, 20)))


def guesses(seed=1):
    """Probabilities, some close and some certain: (N, K)."""
    return np.random.default_rng(seed).dirichlet(np.full(K, 0.3), N).astype(np.float32)


def labels_of(n_labels, n_classes=K):
    labels = np.full(N, -1, np.int16)
    labels[np.random.default_rng(2).permutation(N)[:n_labels]] = np.arange(n_labels) % n_classes
    return labels


SITUATIONS = {
    "nothing": (0, K),
    "one class": (5, 1),
    "some": (12, K),
    "many": (60, K),
    "measured": (60, K),
}


@pytest.fixture(params=SITUATIONS)
def evidence(request, atlas):
    n_labels, n_classes = SITUATIONS[request.param]
    probabilities = guesses() if n_labels else None
    if probabilities is not None and n_classes == 1:
        probabilities = np.eye(K, dtype=np.float32)[np.zeros(N, int)]
    more = measured() if request.param == "measured" else {}
    return Evidence(atlas, labels_of(n_labels, n_classes), probabilities, **more)


def measured():
    """What a model says, of most examples."""
    rng = np.random.default_rng(3)
    anomaly = rng.normal(size=N).astype(np.float16)
    anomaly[::7] = np.nan
    apart, undecided = rng.random((2, N)).astype(np.float16)
    return {"undecided": undecided, "disagree": apart, "odd": anomaly}


def even_atlas():
    """A ring: every example has the same distances to its 4 neighbours."""
    ring = np.arange(N)[:, None] + [1, -1, 2, -2]
    distances = np.tile(np.array([1, 1, 2, 2], np.float32), (N, 1))
    angle = np.arange(N) / N * 2 * np.pi
    xy = np.stack([np.cos(angle), np.sin(angle)], 1).astype(np.float32)
    return Atlas(xy, (ring % N).astype(np.int32), distances, np.array([0, 100], np.int32))


def examples(suggestions):
    return [suggestion.example for suggestion in suggestions]


# The contract


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_it_suggests_n_different_examples_without_a_label(strategy, evidence):
    without = examples(suggest(strategy, evidence, 3, NAMES))
    for n in (1, 8, 20):
        chosen = examples(suggest(strategy, evidence, n, NAMES, without))
        assert len(set(chosen)) == n
        assert (evidence.labels[chosen] < 0).all()
        assert not set(chosen) & set(without)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_no_two_suggestions_are_neighbours(strategy, evidence):
    chosen = examples(suggest(strategy, evidence, 12, NAMES))
    for example in chosen:
        assert not set(evidence.atlas.neighbours[example].tolist()) & set(chosen)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_neighbours_are_suggested_when_there_is_nothing_else(strategy, evidence):
    left = int((evidence.labels < 0).sum())
    chosen = examples(suggest(strategy, evidence, N, NAMES))
    assert sorted(chosen) == np.flatnonzero(evidence.labels < 0).tolist()
    assert len(chosen) == left


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_every_reason_is_a_sentence(strategy, evidence):
    for suggestion in suggest(strategy, evidence, N, NAMES):
        assert SENTENCE.match(suggestion.why), suggestion.why


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_the_same_situation_gives_the_same_suggestions_and_stays_as_it_was(strategy, evidence):
    before = evidence.labels.copy()
    assert suggest(strategy, evidence, 9, NAMES) == suggest(strategy, evidence, 9, NAMES)
    assert np.array_equal(evidence.labels, before)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_it_suggests_nothing_when_everything_is_labelled(strategy, atlas):
    evidence = Evidence(atlas, labels_of(N), guesses())
    assert suggest(strategy, evidence, 5, NAMES) == []
    last = Evidence(atlas, np.where(np.arange(N) == 7, -1, evidence.labels), guesses())
    assert examples(suggest(strategy, last, 5, NAMES)) == [7]
    assert suggest(strategy, last, 5, NAMES, without=[7]) == []


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_single_class_is_enough_to_suggest(strategy, atlas):
    evidence = Evidence(atlas, labels_of(30, 1), np.ones((N, 1), np.float32))
    assert len(suggest(strategy, evidence, 5, ("ant",))) == 5


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_order_of_classes_does_not_change_what_is_suggested(strategy, atlas):
    order = np.array([2, 0, 3, 1])
    labels, probabilities = labels_of(40), guesses()
    renamed = np.where(labels < 0, -1, order.argsort()[labels]).astype(np.int16)
    one = suggest(strategy, Evidence(atlas, labels, probabilities), 9, NAMES)
    its = int(order.argsort()[0])  # the first class now
    other = Evidence(atlas, renamed, probabilities[:, order], about_class=its)
    assert one == suggest(strategy, other, 9, tuple(NAMES[k] for k in order))


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_scores_are_finite_and_the_same_each_time(strategy, evidence):
    scores = STRATEGIES[strategy].scores(evidence)
    assert scores.shape == (N,)
    assert np.isfinite(scores).all()
    assert np.array_equal(scores, STRATEGIES[strategy].scores(evidence))


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_guesses_in_half_precision_will_do(strategy, atlas):
    """As a snapshot brings them."""
    evidence = Evidence(atlas, labels_of(40), guesses().astype(np.float16), **measured())
    assert np.isfinite(STRATEGIES[strategy].scores(evidence)).all()
    assert len(suggest(strategy, evidence, 9, NAMES)) == 9


@pytest.mark.parametrize("mix", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_what_is_excluded_is_never_asked(strategy, mix, atlas):
    excluded = np.arange(N) % 3 == 0
    evidence = Evidence(atlas, labels_of(40), guesses(), excluded=excluded, **measured())
    chosen = examples(suggest(strategy, evidence, N, NAMES, mix=mix))
    assert sorted(chosen) == np.flatnonzero((evidence.labels < 0) & ~excluded).tolist()


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_nothing_beside_what_is_on_the_screen_is_asked(strategy, evidence):
    shown = examples(suggest(strategy, evidence, 6, NAMES))
    near = evidence.atlas.neighbours
    for example in examples(suggest(strategy, evidence, 6, NAMES, without=shown)):
        assert not set(near[example].tolist()) & set(shown)
        assert example not in near[shown]


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_it_says_what_it_is_and_whether_it_needs_a_class(strategy, atlas):
    it = STRATEGIES[strategy]
    assert it.title
    assert SENTENCE.match(it.about)
    without_class = Evidence(atlas, labels_of(40), guesses(), about_class=None)
    if not it.needs_class:
        assert suggest(strategy, without_class, 1, NAMES)
        return
    for class_names in (NAMES, dict(enumerate(NAMES))):
        with pytest.raises(UserError, match=r"needs a class .* Choose one of: 0 \(ant\), 1 \(bee"):
            suggest(strategy, without_class, 1, class_names)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_classes_may_be_named_by_ids_with_gaps(strategy, atlas):
    """As they are after one was merged into another: its column stays, empty."""
    probabilities = np.insert(guesses(), 1, 0, axis=1)
    names = {0: "ant", 2: "bee", 3: "cow", 4: "dog"}
    labels = labels_of(60)
    labels[labels > 0] += 1
    evidence = Evidence(atlas, labels, probabilities, **measured())
    dense = Evidence(atlas, labels_of(60), guesses(), **measured())
    assert suggest(strategy, evidence, 30, names) == suggest(strategy, dense, 30, NAMES)


def test_an_unknown_strategy_is_named_with_those_there_are(atlas):
    with pytest.raises(UserError, match=r"strategy 'entrpy'. Choose one of: auto, typical"):
        suggest("entrpy", Evidence(atlas, labels_of(0), None), 1, NAMES)


# The mix


@pytest.mark.parametrize("mix", [0.0, 0.1, 0.25, 0.5, 0.9, 1.0])
def test_the_mix_is_the_share_drawn_at_random_in_one_batch_or_one_by_one(mix, atlas):
    evidence = Evidence(atlas, labels_of(0), None)
    combined = suggest("diverse", evidence, 20, NAMES, mix=mix)
    assert sum(each.why == "Drawn at random." for each in combined) == round(20 * mix)
    assert sum(sum(chance_slots(i, 1, mix)) for i in range(100)) == round(100 * mix)


def test_all_at_random_is_the_random_strategy_and_none_is_the_strategy(atlas):
    evidence = Evidence(atlas, labels_of(30), guesses())
    drawn = suggest("random", evidence, 9, NAMES)
    assert suggest("margin", evidence, 9, NAMES, mix=1.0) == drawn
    half = suggest("margin", evidence, 8, NAMES, mix=0.5)
    assert [each for each in half if each.why == "Drawn at random."] == drawn[:4]
    assert suggest("margin", evidence, 1, NAMES)[0] in half


def test_a_mix_that_is_no_share_is_refused(atlas):
    for mix in (-0.1, 1.1, float("nan")):
        with pytest.raises(UserError, match="between 0 and 1, got"):
            suggest("auto", Evidence(atlas, labels_of(0), None), 1, NAMES, mix=mix)


# What they prefer


def test_the_margin_is_1_minus_the_gap_of_the_two_best():
    probabilities = guesses()
    expected = [1 - (sorted(row)[-1] - sorted(row)[-2]) for row in probabilities.tolist()]
    np.testing.assert_allclose(margin(probabilities), expected, atol=1e-6)


def test_order_of_classes_does_not_change_the_margin():
    probabilities = guesses()
    for seed in range(5):
        order = np.random.default_rng(seed).permutation(K)
        assert np.array_equal(margin(probabilities[:, order]), margin(probabilities))


def test_the_entropy_is_that_of_scipy():
    from scipy.stats import entropy as known

    probabilities = guesses()
    probabilities[:20, 0] = 0
    probabilities /= probabilities.sum(1, keepdims=True)
    expected = known(probabilities.astype(np.float64), base=2, axis=1)
    np.testing.assert_allclose(entropy(probabilities), expected, atol=1e-5)


@pytest.mark.parametrize("strategy", DOUBTING)
def test_a_certain_image_is_never_asked_before_an_uncertain_one_of_equal_density(strategy):
    probabilities = np.tile(np.array([1, 0, 0, 0], np.float32), (N, 1))
    uncertain = np.arange(5, N, 20)
    probabilities[uncertain] = [0.5, 0.4, 0.1, 0]
    labels = np.full(N, -1, np.int16)
    labels[::2] = 0  # so that labels reach all alike
    evidence = Evidence(even_atlas(), labels, probabilities)
    chosen = examples(suggest(strategy, evidence, len(uncertain), NAMES))
    assert set(chosen) == set(uncertain.tolist())


def test_of_two_close_calls_the_one_in_a_crowd_comes_first(atlas):
    even = np.full((N, K), 0.25, np.float32)
    evidence = Evidence(atlas, labels_of(40), even)
    first = suggest("close", evidence, 1, NAMES)[0].example
    free = np.flatnonzero(evidence.labels < 0)
    assert atlas.distances[first, -1] == atlas.distances[free, -1].min()


def test_typical_images_are_the_medoids_in_their_order(atlas):
    chosen = examples(suggest("typical", Evidence(atlas, labels_of(0), None), 10, NAMES))
    apart = [m for m in atlas.medoids.tolist() if m in chosen]
    assert apart == chosen


def groups(sizes, n_neighbours=6):
    """Groups that lie far apart, of many alike: an atlas, and the group of each example."""
    rng = np.random.default_rng(0)
    group = np.repeat(np.arange(len(sizes)), sizes)
    corners = 100 * np.eye(len(sizes), dtype=np.float32)
    latents = corners[group] + rng.normal(size=(len(group), len(sizes))).astype(np.float32)
    xy = latents[:, :2] / 100
    return Atlas(xy, *nearest_neighbours(latents, n_neighbours), medoids(xy, (3,))), group


def test_the_class_with_the_fewest_labels_is_asked_first_and_of_it_the_likeliest():
    atlas, labels = even_atlas(), np.full(N, -1, np.int16)
    labels[:11] = 0, 0, 0, 0, 1, 1, 1, 2, 3, 3, 3
    shares = np.tile(np.array([0.7, 0.1, 0.1, 0.1], np.float32), (N, 1))
    shares[20], shares[21], shares[22] = [0, 0, 0.6, 0.4], [0, 0, 0.95, 0.05], [0, 1, 0, 0]
    shares[11] = [0, 0, 0.97, 0.03]  # as likely, and beside a label
    evidence = Evidence(atlas, labels, shares)
    scores = STRATEGIES["scarce"].scores(evidence)
    assert np.argsort(-scores)[:4].tolist() == [21, 20, 22, 11]
    assert STRATEGIES["scarce"].why(evidence, 21, NAMES) == (
        f"It looks like {NAMES[2]} (95%); {NAMES[2]} has one label so far."
    )
    labels[2:] = -1
    first = STRATEGIES["scarce"].scores(Evidence(atlas, labels, shares)).argmax()
    assert first == atlas.medoids[0]  # typical ones, while there are few labels


@pytest.mark.parametrize("strategy", ["auto", "diverse"])
def test_every_group_is_asked_about_before_one_is_asked_twice(strategy):
    atlas, group = groups((100, 90, 80, 70, 60))
    evidence = Evidence(atlas, np.full(len(group), -1, np.int16), None)
    asked = group[examples(suggest(strategy, evidence, 5, NAMES))]
    assert sorted(asked) == [0, 1, 2, 3, 4]


def test_of_the_first_medoids_those_of_new_groups_are_asked_first():
    """Whatever their order on the map, and whether they are asked together or one by one."""
    atlas, group = groups((100, 90, 80, 70, 60))
    pairs = []
    for members in (np.flatnonzero(group == k).tolist() for k in range(5)):
        one = members[0]
        near = {one, *atlas.neighbours[one].tolist()}
        other = next(m for m in members if m not in near and one not in atlas.neighbours[m])
        pairs += [one, other]
    atlas = dataclasses.replace(atlas, medoids=np.array(pairs, np.int32))
    labels = np.full(len(group), -1, np.int16)
    asked = examples(suggest("auto", Evidence(atlas, labels, None), 10, NAMES))
    assert sorted(group[asked[:5]]) == [0, 1, 2, 3, 4]
    assert set(asked) == set(atlas.medoids.tolist())
    labels[asked[:5]] = 0
    rest = examples(suggest("auto", Evidence(atlas, labels, None), 5, NAMES))
    assert set(rest) == set(asked[5:])


@pytest.mark.parametrize("strategy", ["auto", "diverse"])
def test_a_group_without_a_label_is_asked_before_those_that_have_one(strategy):
    """However sure the guess is: a class that nobody named is propagated like any other."""
    atlas, group = groups((100, 90, 80, 70, 60))
    labels = np.full(len(group), -1, np.int16)
    for k in (0, 1, 2, 4):
        labels[np.flatnonzero(group == k)[:2]] = 0
    sure = np.tile(np.array([1, 0, 0, 0], np.float32), (len(group), 1))
    (first,) = examples(suggest(strategy, Evidence(atlas, labels, sure), 1, NAMES))
    assert group[first] == 3


def test_the_best_for_now_goes_where_guesses_are_close_and_the_far_one_does_not():
    atlas, group = groups((80, 80, 80))
    labels = np.full(len(group), -1, np.int16)
    for k in range(3):
        labels[np.flatnonzero(group == k)[:10]] = k
    shares = np.where((group == 1)[:, None], [0.4, 0.6, 0, 0], [1, 0, 0, 0]).astype(np.float32)
    evidence = Evidence(atlas, labels, shares)
    assert evidence.n_labels >= FEW
    assert (group[examples(suggest("auto", evidence, 3, NAMES))] == 1).all()
    assert (group[examples(suggest("diverse", evidence, 3, NAMES))] != 1).any()


def test_one_answer_takes_off_what_it_settles():
    """The second question of a batch is the first one after the first is answered."""
    atlas, group = groups((100, 90, 80))
    none = np.full(len(group), -1, np.int16)
    first, second = examples(suggest("diverse", Evidence(atlas, none, None), 2, NAMES))
    none[first] = 0
    assert examples(suggest("diverse", Evidence(atlas, none, None), 1, NAMES)) == [second]


def test_least_sure_asks_those_guessed_to_be_of_the_class_then_those_nearly_guessed(atlas):
    evidence = Evidence(atlas, labels_of(0), guesses(), about_class=2)
    shares = evidence.probabilities
    chosen = examples(suggest("least-sure", evidence, N, NAMES))
    scores = STRATEGIES["least-sure"].scores(evidence)
    is_guessed = shares.argmax(1) == 2
    order = np.argsort(-scores, kind="stable")
    n = int(is_guessed.sum())
    assert is_guessed[order[:n]].all()
    assert (np.diff(shares[order[:n], 2]) >= 0).all()  # least sure first
    assert (np.diff(shares[order[n:], 2]) <= 0).all()  # nearest miss first
    assert chosen[0] == order[0]


@pytest.mark.parametrize("strategy", ["odd", "disagree"])
def test_the_most_odd_and_the_most_apart_come_first_and_the_unknown_last(strategy, atlas):
    known = measured()
    known["disagree"][3::5] = np.nan
    evidence = Evidence(atlas, labels_of(10), guesses(), **known)
    values = getattr(evidence, strategy).astype(np.float64)
    values[~evidence.is_open] = np.nan
    assert examples(suggest(strategy, evidence, 1, NAMES)) == [int(np.nanargmax(values))]
    scores, values = STRATEGIES[strategy].scores(evidence), getattr(evidence, strategy)
    assert scores[np.isnan(values)].max() < scores[~np.isnan(values)].min()


def test_two_voices_are_not_compared_before_classes_are_known(atlas):
    evidence = Evidence(atlas, labels_of(9), guesses(), **measured())
    asked, typical = (suggest(name, evidence, 9, NAMES) for name in ("disagree", "typical"))
    assert examples(asked) == examples(typical)
    assert asked[0].why.startswith("With few labels the two voices agree; ")


@pytest.mark.parametrize("strategy", ["odd", "disagree", "margin", "entropy", "least-sure"])
def test_typical_images_are_asked_while_nothing_is_known(strategy, atlas):
    unknown = Evidence(atlas, labels_of(0), None, anomaly=np.full(N, np.nan, np.float16))
    typical = suggest("typical", unknown, 9, NAMES)
    assert examples(suggest(strategy, unknown, 9, NAMES)) == examples(typical)


def test_another_seed_draws_another_random_order(atlas):
    orders = [
        suggest("random", Evidence(atlas, labels_of(0), None, seed), 9, NAMES) for seed in (0, 1)
    ]
    assert orders[0] != orders[1]


# Reasons are true


def test_the_reason_names_the_two_best_classes_and_their_shares(atlas):
    probabilities = np.tile(np.array([0.1, 0.5, 0.0, 0.4], np.float32), (N, 1))
    reason = suggest("close", Evidence(atlas, labels_of(40), probabilities), 1, NAMES)[0].why
    assert reason.startswith("It lies between bee and dog (50% / 40%), and ")


def test_an_image_that_is_all_but_settled_lies_between_nothing(atlas):
    probabilities = np.tile(np.array([0.02, 0.95, 0.0, 0.03], np.float32), (N, 1))
    reason = suggest("close", Evidence(atlas, labels_of(40), probabilities), 1, NAMES)[0].why
    assert reason.startswith("It looks like bee (95%), and ")


@pytest.mark.parametrize("strategy", ["typical", "odd", "disagree"])
def test_no_reason_says_far_from_labels_of_an_image_beside_one(strategy, atlas):
    labels = labels_of(19)
    for suggestion in suggest(strategy, Evidence(atlas, labels, guesses()), N, NAMES):
        if (labels[atlas.neighbours[suggestion.example]] >= 0).any():
            assert "far from" not in suggestion.why


def test_the_reason_counts_the_labelled_neighbours(atlas):
    evidence = Evidence(atlas, labels_of(60), guesses())
    for suggestion in suggest("close", evidence, N, NAMES):
        n = int((evidence.labels[atlas.neighbours[suggestion.example]] >= 0).sum())
        counted = {0: "none of its 6", 1: "only one of its 6"}.get(n, f"{n} of its 6")
        assert counted in suggestion.why


def test_close_calls_are_spread_over_the_map_and_random_ones_are_left_as_drawn(atlas):
    """A crowd of equal close calls is asked once, not twelve times."""
    n = len(atlas.xy)
    probabilities = np.full((n, 2), 0.5, np.float32)
    evidence = Evidence(atlas, np.full(n, -1, np.int16), probabilities)
    chosen = [s.example for s in suggest("close", evidence, 8, ("a", "b"))]
    gaps = np.linalg.norm(atlas.xy[chosen][:, None] - atlas.xy[chosen], axis=2)
    assert gaps[np.triu_indices(8, 1)].min() > STRATEGIES["close"].gap
    assert STRATEGIES["random"].gap == 0


def test_reasons_come_with_their_figures(atlas):
    shares = np.tile(np.array([0.25, 0.25, 0.5, 0.0], np.float32), (N, 1))
    anomaly, apart = np.arange(N, dtype=np.float32), np.full(N, 0.47, np.float32)
    evidence = Evidence(
        atlas, labels_of(40), shares, anomaly=anomaly, disagree=apart, about_class=2
    )
    free = evidence.is_open

    def why(strategy):
        return suggest(strategy, evidence, 1, NAMES)[0]

    assert why("entropy").why == (
        "Its guess leaves 1.5 of 1.6 bits open; it is most between cow and ant (50% / 25%)."
    )
    assert why("least-sure").why == "It is guessed to be cow, with 50% only."
    assert why("disagree").why == (
        "Propagation and the model differ in 47% of their guess; "
        "together they put it between cow and ant (50% / 25%)."
    )
    n_odder = N - 1 - np.flatnonzero(free)[-1]
    odder = {0: "none is", 1: "one is"}.get(n_odder, f"{n_odder} are")
    assert why("odd").why == f"Of 200 images that the model was asked to explain, {odder} odder."


def test_the_best_for_now_says_whose_doubt_an_answer_settles(atlas):
    shares = np.tile(np.array([1, 0, 0, 0], np.float32), (N, 1))
    in_doubt = atlas.neighbours[9][:3]
    shares[in_doubt] = [0.5, 0.5, 0, 0]
    evidence = Evidence(atlas, labels_of(40), shares)
    reason = STRATEGIES["auto"].why(evidence, 9, NAMES)
    assert reason == "It looks like ant; 3 of its 6 nearest images are in doubt."


def test_the_default_goes_by_what_propagates_and_not_by_what_the_model_doubts(atlas):
    """Two crowds, each in doubt for one voice only."""
    labels = labels_of(40)
    free = np.flatnonzero(labels < 0)
    crowd, other = (atlas.neighbours[i] for i in (free[0], free[-1]))
    shares = np.eye(K, dtype=np.float32)[np.zeros(N, int)]
    shares[crowd, :2] = 0.5  # what both say together, mostly the model
    undecided = np.zeros(N, np.float16)
    undecided[other] = 1
    both = Evidence(atlas, labels, shares, undecided=undecided)
    model = Evidence(atlas, labels, shares)
    scores = [STRATEGIES["auto"].scores(evidence) for evidence in (both, model)]
    gain = scores[0] - scores[1]
    assert gain[other].mean() > 0 > gain[crowd].mean()
