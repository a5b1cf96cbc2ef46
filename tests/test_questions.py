"""What a person may ask the model: every question of the registry keeps its contract."""

import dataclasses

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA
from small_core import KINDS, K, ask, label, make_core, step
from test_undo import assert_same, everything

from ssvae_core.data.vector_pictures import as_pictures
from ssvae_core.errors import UserError
from ssvae_core.models import MODELS
from ssvae_core.models.m1 import ACTIVE_VARIANCE
from ssvae_core.pretraining.starter import Starter, active_latents, latent_means, new_m1
from ssvae_core.protocol.telling import answer
from ssvae_core.protocol.wire import encode
from ssvae_core.trainer.questions import QUESTIONS, Reply
from ssvae_core.training import bounds as bounds_module
from ssvae_core.training.bounds import anomaly_scores, bounds, class_bounds, has_bound
from ssvae_core.training.chunks import run_to_end
from ssvae_core.training.ensemble import WARM_UP
from ssvae_core.training.label_propagation import Propagation
from ssvae_core.training.out_of_fold import FOLDS, out_of_fold, stratified
from ssvae_core.training.tensors import as_inputs

WITHOUT_BOUND = {"aae", "aae-map"}


@pytest.fixture
def make(digits, starter, tmp_path):
    def make(model="m1m2", n_steps=WARM_UP, **labels):
        core = make_core(model, digits, starter, tmp_path)
        label(core, **labels)
        step(core, n_steps)
        return core

    return make


# For every question


@pytest.mark.parametrize("what", QUESTIONS)
@pytest.mark.parametrize("model", KINDS)
def test_every_question_keeps_its_contract_and_teaches_nothing(make, model, what):
    """Arrays as a message may hold them, or a sentence; before learning, and after."""
    core = make(model, n_steps=0)
    for _ in range(2):
        before, drawn = everything(core), torch.get_rng_state()
        reply, sentence = Reply(), "None."
        try:
            reply = ask(core, what, 3)
        except UserError as error:
            sentence = str(error)
        assert sentence[0].isupper()
        assert sentence.endswith(".")
        for array, dtype, n_axes in (
            (reply.examples, np.int32, 1),
            (reply.numbers, np.float32, 2),
            (reply.images, np.uint8, 4),
        ):
            assert array is None or (array.dtype, array.ndim) == (dtype, n_axes)
        assert encode(answer(1, reply))
        assert_same(everything(core), before)
        assert torch.equal(torch.get_rng_state(), drawn)
        step(core, WARM_UP)


@pytest.mark.parametrize("what", QUESTIONS)
def test_the_same_question_has_the_same_answer(make, what):
    core = make()
    one, other = ask(core, what, 3), ask(core, what, 3)
    assert one.facts == other.facts
    for name in ("examples", "numbers", "images"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


@pytest.mark.parametrize("what", QUESTIONS)
def test_every_question_says_what_it_promises(what):
    assert QUESTIONS[what].__doc__


def test_an_unknown_question_is_refused_with_those_there_are(make):
    with pytest.raises(
        UserError, match=r"Unknown question 'weather'. Choose one of: redraw, card, d"
    ):
        ask(make(n_steps=0), "weather", 3)


@pytest.mark.parametrize("what", QUESTIONS)
@pytest.mark.parametrize("example", [-1, 300])
def test_an_example_that_is_not_there_is_refused(make, what, example):
    with pytest.raises(UserError, match=f"There is no image {example}; the data set has 300."):
        ask(make(n_steps=0), what, example)


@pytest.mark.parametrize("what", ["redraw", "card"])
def test_what_is_about_one_image_is_asked_about_one(make, what):
    with pytest.raises(UserError, match="Ask about one image, not 2"):
        ask(make(n_steps=0), what, 3, 4)


# card


@pytest.mark.parametrize("model", MODELS)
def test_a_card_has_the_gaps_of_the_known_classes_best_first(make, model):
    core = make(model, classes=[1, 4, 7])
    card = ask(core, "card", 200)
    if model in WITHOUT_BOUND:
        assert (card.facts["classes"], card.facts["gaps"]) == ([], [])
    else:
        assert sorted(card.facts["classes"]) == [1, 4, 7]
        gaps = card.facts["gaps"]
        assert gaps[0] == 0
        assert gaps == sorted(gaps, reverse=True)
    assert len(set(card.facts["redrawn"])) == 2
    assert set(card.facts["redrawn"]) < {1, 4, 7}
    assert card.images.shape == (2, 8, 8, 1)
    for image, k in zip(card.images, card.facts["redrawn"], strict=True):
        redrawn = as_pictures(core.learner.redraw(200, k), (8, 8, 1))
        assert np.array_equal(image, redrawn)


def test_a_cards_gaps_are_the_differences_of_the_models_own_bound(make):
    """Against the model's bound asked one class at a time, with many draws."""
    core = make(n_steps=100)
    facts = ask(core, "card", 250).facts
    x = as_inputs(core.learner.prepared[250:251])
    with torch.no_grad():
        slow = {
            k: core.learner.ema_model.bound(x.expand(500, -1), torch.full((500,), k)).mean().item()
            for k in range(K)
        }
    best = slow[facts["classes"][0]]
    for k, gap in zip(facts["classes"], facts["gaps"], strict=True):
        assert gap == pytest.approx(slow[k] - best, abs=4)


def test_a_card_shows_the_guess_or_the_label_and_the_other_class_that_explains_it_best(make):
    core = make()
    for example in [*np.flatnonzero(core.labels < 0)[:20], np.flatnonzero(core.labels == 3)[0]]:
        facts = ask(core, "card", example).facts
        first, second = facts["redrawn"]
        said = core.ensemble.probabilities()[example].argmax()
        assert first == (said if core.labels[example] < 0 else 3)
        assert second == next(k for k in facts["classes"] if k != first)


def test_without_a_bound_a_card_shows_the_two_likeliest_classes(make):
    core = make("aae")
    likeliest = np.argsort(-core.ensemble.probabilities()[200])[:2]
    assert ask(core, "card", 200).facts["redrawn"] == likeliest.tolist()
    given = int(np.flatnonzero(core.labels == 3)[0])
    others = np.delete(core.learner.unlabelled_probabilities(given), 3)
    first, second = ask(core, "card", given).facts["redrawn"]
    assert (first, second) == (3, np.delete(np.arange(K), 3)[others.argmax()])


def test_a_card_has_the_labelled_examples_nearest_in_the_latents_that_vary(make):
    core = make()
    card = ask(core, "card", 200, nearest=4)
    latents = core.starter.m1.encode(as_inputs(core.pixels)).detach()
    latents = latents[:, latents.var(0) > ACTIVE_VARIANCE].numpy()
    labelled = np.flatnonzero(core.labels >= 0)
    distances = np.linalg.norm(latents[labelled] - latents[200], axis=1)
    np.testing.assert_allclose(card.numbers[:, 0], np.sort(distances)[:4], atol=0.02)
    its = distances[np.searchsorted(labelled, card.examples)]
    np.testing.assert_allclose(card.numbers[:, 0], its, atol=0.02)  # 11 bits of a product
    assert card.facts["usual"] == pytest.approx(np.median(core.atlas.distances))
    assert 200 not in card.examples


def test_while_the_m1_is_new_the_nearest_are_those_of_alike_values(digits, starter, tmp_path):
    new = Starter(new_m1((8, 8, 1)), starter.atlas, is_trained=False)
    core = make_core("guided", digits, new, tmp_path)
    label(core)
    card = ask(core, "card", 200, nearest=3)
    labelled = np.flatnonzero(core.labels >= 0)
    flat = digits.images.reshape(300, -1) / 255
    distances = np.linalg.norm(flat[labelled] - flat[200], axis=1)
    assert card.examples.tolist() == labelled[np.argsort(distances)[:3]].tolist()
    assert card.facts["usual"] is None


def test_a_card_of_one_known_class_shows_that_and_before_learning_none(make, digits, starter):
    core = make(classes=[6])
    card = ask(core, "card", 3)
    assert (card.facts["redrawn"], card.facts["gaps"], len(card.images)) == ([6], [0.0], 1)
    new = ask(make(n_steps=0), "card", 3)
    assert (new.facts["classes"], new.facts["redrawn"], new.images) == ([], [], None)
    assert len(new.examples) == 6


# doubts


def test_doubts_name_the_flipped_labels_first(make):
    core = make(n_each=15)
    flipped = np.flatnonzero(core.labels >= 0)[::20]
    core.apply(200, flipped, (core.labels[flipped] + 1) % K)
    reply = ask(core, "doubts")
    assert np.array_equal(reply.examples, np.flatnonzero(core.labels >= 0))
    assert reply.numbers.shape == (150, 2 * K)
    given = reply.numbers[np.arange(150), core.labels[reply.examples]]
    worst = reply.examples[np.argsort(given)][: 2 * len(flipped)]
    assert np.isin(flipped, worst).mean() >= 0.75


def test_doubts_of_a_fold_are_what_its_other_labels_propagate(make):
    """Against propagation itself, with these labels taken away."""
    core = make(n_steps=0)
    examples, found = run_to_end(out_of_fold(core.ensemble.propagation, core.labels, K))
    fold = stratified(core.labels[examples])
    for number in range(FOLDS):
        others = core.labels.copy()
        others[examples[fold == number]] = -1
        expected = core.ensemble.propagation(others, K)[examples[fold == number]]
        np.testing.assert_allclose(found[fold == number], expected, atol=1e-5)


def test_every_class_is_spread_over_the_folds():
    classes = np.repeat([0, 4, 9], [10, 3, 27])
    fold = stratified(classes)
    for k, n in ((0, 10), (4, 3), (9, 27)):
        counts = np.bincount(fold[classes == k], minlength=FOLDS)
        assert counts.sum() == n
        assert counts.max() - counts.min() <= 1
    counts = np.bincount(fold, minlength=FOLDS)
    assert counts.max() - counts.min() <= 1


def test_a_label_without_another_of_its_class_is_not_doubted(make):
    core = make(n_steps=0, classes=[1, 4])
    core.apply(20, np.array([299]), np.array([8]))
    reply = ask(core, "doubts")
    row = reply.numbers[reply.examples == 299, :K]
    assert np.isnan(row).all()
    rest = reply.numbers[reply.examples != 299, :K]
    np.testing.assert_allclose(rest.sum(1), 1, atol=1e-5)


def test_a_contradicted_label_has_the_bounds_of_its_class_and_of_the_other(make):
    core = make(n_each=15, n_steps=60)
    chosen = np.flatnonzero(core.labels >= 0)[::10]
    core.apply(200, chosen, (core.labels[chosen] + 1) % K)
    reply = ask(core, "doubts")
    propagated, bound = reply.numbers[:, :K], reply.numbers[:, K:]
    n_contradicted = 0
    for row, given in enumerate(core.labels[reply.examples]):
        best = max((k for k in range(K) if k != given), key=lambda k: propagated[row, k])
        is_contradicted = propagated[row, best] >= propagated[row, given]
        n_contradicted += is_contradicted
        has = set(np.flatnonzero(np.isfinite(bound[row])).tolist())
        assert has == ({int(given), best} if is_contradicted else set())
    assert n_contradicted >= 10
    for without in (make("aae"), make("m1m2", n_steps=0)):
        assert np.isnan(ask(without, "doubts").numbers[:, K:]).all()


def test_labels_that_come_while_doubts_are_looked_for_are_for_the_next_time(make):
    core = make(n_each=15)
    expected = ask(core, "doubts").numbers[:, :K]
    work = core.ask("doubts", np.empty(0, np.int32), {})
    next(work)
    core.apply(200, np.flatnonzero(core.labels < 0)[:5], np.full(5, 3), n_classes=K + 2)
    reply = run_to_end(work)
    assert len(reply.examples) == 150
    np.testing.assert_array_equal(reply.numbers[:, :K], expected)


def test_without_labels_there_is_nothing_to_doubt(digits, starter, tmp_path):
    reply = ask(make_core("m1m2", digits, starter, tmp_path), "doubts")
    assert (reply.examples.shape, reply.numbers.shape) == ((0,), (0, 2 * K))


# odd, and what is asked bit by bit


def test_noise_is_odder_than_digits(digits, starter, tmp_path):
    """Noise takes the place of ten images, in the data that the model learns from."""
    images = digits.images.copy()
    images[290:] = np.random.default_rng(0).integers(0, 256, (10, 8, 8, 1))
    core = make_core(
        "guided", dataclasses.replace(digits, images=images), starter, tmp_path / "noisy"
    )
    label(core)
    step(core, 150)
    anomaly = anomaly_scores(core.learner, np.arange(300), core.ensemble.probabilities())
    assert anomaly[290:].mean() > 2
    assert anomaly[290:].min() > np.median(anomaly[:290])
    assert abs(anomaly[:290].mean()) < 0.5


def test_oddness_is_the_standardised_best_bound(make):
    core = make(n_steps=60)
    examples, said = np.arange(300), core.ensemble.probabilities()
    anomaly = anomaly_scores(core.learner, examples, said)
    assert abs(anomaly.mean()) < 1e-4
    assert anomaly.std() == pytest.approx(1, abs=1e-3)
    likeliest = np.argsort(-said, axis=1)[:, :2]
    best = run_to_end(bounds(core.learner, examples, likeliest, 1)).max(1)
    assert np.corrcoef(anomaly, -best)[0, 1] > 0.99


@pytest.mark.parametrize("model", MODELS)
def test_models_with_densities_have_a_bound(make, model):
    learner = make(model, n_steps=0).learner
    assert has_bound(learner) is (model not in WITHOUT_BOUND)


def test_bounds_of_several_classes_at_once_are_those_of_each(make):
    """With the same draws; m1 draws nothing."""
    learner = make("m1", n_steps=0, classes=[1, 4]).learner
    found = run_to_end(class_bounds(learner, 7))
    assert np.isnan(np.delete(found, [1, 4])).all()
    for k in (1, 4):
        x, y = as_inputs(learner.prepared[[7]]), torch.full((1,), k)
        np.testing.assert_allclose(found[k], learner.ema_model.bound(x, y)[0], rtol=1e-4)


def test_oddness_of_all_is_asked_bit_by_bit_once_the_model_has_learned(make, monkeypatch):
    monkeypatch.setattr(bounds_module, "ENOUGH", WARM_UP + 5)
    monkeypatch.setattr(bounds_module, "PART", 64)
    core = make()
    core.anomaly_scores.ask_at = 0.0
    assert core.snapshot().anomaly is None
    step(core, 5)
    known = []
    for _ in range(10):
        asked = core.anomaly_scores.ask_model(core.ensemble.probabilities, seconds=0.0)
        core.anomaly_scores.ask_at = 0.0
        known.append(int(np.isfinite(core.anomaly_scores.anomaly).sum()))
    assert known[:5] == [64, 128, 192, 256, 300]
    assert not asked  # nothing was learned since
    core._new_labels = True
    view = core.snapshot()
    assert (view.anomaly.dtype, view.anomaly.shape) == (np.float16, (300,))
    core.apply(51, np.array([0]), np.array([-1]), undone_from=50)
    assert core.snapshot().anomaly is None


def test_what_propagation_leaves_undecided_is_how_close_its_two_best_classes_are(
    make, digits, starter, tmp_path
):
    core = make()
    close = [1 - (best - second) for *_, second, best in map(sorted, core.ensemble.propagated)]
    np.testing.assert_allclose(core.snapshot().undecided, close, atol=1e-3)
    unlabelled = make_core("m1m2", digits, starter, tmp_path / "unlabelled")
    assert unlabelled.snapshot().undecided is None


def test_the_voices_disagree_by_half_of_what_lies_between_them(make):
    core = make()
    assert core.snapshot().disagree is not None
    apart = [
        0.5 * sum(abs(float(p) - float(m)) for p, m in zip(one, other, strict=True))
        for one, other in zip(core.ensemble.propagated, core.ensemble.modelled, strict=True)
    ]
    np.testing.assert_allclose(core.ensemble.disagreement(), apart, atol=1e-3)
    assert make(n_steps=0).snapshot().disagree is None


# Another map


def test_the_map_by_pca_shows_the_two_directions_in_which_the_latents_vary_most(make):
    core = make()
    found = ask(core, "places", view="pca").numbers
    latents = active_latents(run_to_end(latent_means(core.starter.m1, core.pixels)))
    expected = PCA(2).fit_transform(latents.astype(np.float64))
    for axis in range(2):
        assert abs(np.corrcoef(found[:, axis], expected[:, axis])[0, 1]) > 0.99
    assert 0 <= found.min() < found.max() <= 1


def test_a_model_with_two_latents_is_a_map_itself(make):
    core = make("aae-map")
    found = ask(core, "places", view="style").numbers
    y = torch.from_numpy(core.ensemble.probabilities().argmax(1))
    with torch.no_grad():
        z = core.learner.ema_model.eval().encode(as_inputs(core.learner.prepared), y).numpy()
    inside = ((found > 0) & (found < 1)).all(1)  # the rest is clipped
    for axis in range(2):
        assert np.corrcoef(found[inside, axis], z[inside, axis])[0, 1] > 0.999


def test_a_view_that_is_none_or_not_there_yet_is_refused_in_words(make):
    with pytest.raises(UserError, match="Choose one of: pca, style"):
        ask(make(), "places", view="t-SNE")
    with pytest.raises(UserError, match="Label a few images first"):
        ask(make(n_steps=0), "places", view="style")


# What other labels would propagate


def test_other_labels_propagate_as_they_would_alone_and_those_that_stand_are_not_forgotten(make):
    core = make()
    before = core.ensemble.propagated.copy()
    some, classes = [3, 40, 77, 120], [0, 1, 2, 1]
    found = ask(core, "spread", *some, labels=classes).numbers[:, 0]
    labels = np.full(len(core.labels), -1, np.int16)
    labels[some] = classes
    alone = Propagation(core.atlas.neighbours, core.atlas.distances)(labels, core.n_classes)
    open_ones = labels < 0
    assert np.array_equal(found[open_ones], alone.argmax(1)[open_ones])
    core.ensemble.hear(core.labels)
    assert np.array_equal(core.ensemble.propagated, before)


def test_a_label_for_each_image_is_asked_for(make):
    with pytest.raises(UserError, match="each of the 2 images, not 1"):
        ask(make(), "spread", 3, 40, labels=[0])
