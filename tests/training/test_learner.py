"""What learns step by step: its batches, its hints, and what it believes. For every model."""

import numpy as np
import pytest
import torch

from ssvae_core.models import M2, MODELS, ModelInputs
from ssvae_core.models.distributions import Bernoulli
from ssvae_core.training.device import autocast
from ssvae_core.training.learner import N_COLUMNS, Learner
from ssvae_core.training.optimisation import TrainingDiverged
from ssvae_core.training.teacher import STEPS_BEFORE_TEACHER
from ssvae_core.training.tensors import as_inputs
from tests.support.small_core import KINDS, K, small_model


def make(name, digits, starter, features=None):
    pixels = torch.from_numpy(digits.images).flatten(1)
    n_features = 0 if features is None else features.shape[1]
    model, spec = small_model(name, starter, pixels, n_features=n_features), MODELS[name]
    return Learner(model, spec, pixels, (8, 8, 1), seed=0, features=features)


@pytest.fixture(params=MODELS)
def learner(request, digits, starter):
    return make(request.param, digits, starter)


@pytest.fixture(params=KINDS)
def one_of_a_kind(request, digits, starter):
    return make(request.param, digits, starter)


def labels_of(digits, n_each=5, classes=range(K)):
    labels = np.full(300, -1, np.int16)
    for k in classes:
        labels[np.flatnonzero(digits.answer_key == k)[:n_each]] = k
    return labels


def hints_of(digits):
    return np.eye(K, dtype=np.float32)[digits.answer_key]


def test_a_batch_has_labelled_and_unlabelled_examples_each_with_its_own_label(learner, digits):
    labels = labels_of(digits)
    learner.take_labels(labels, None)
    batch = learner._batch()
    assert len(batch.x_labelled) == learner.spec.n_labelled
    assert len(batch.x_unlabelled) == learner.spec.n_unlabelled
    assert batch.labelled_fraction == 50 / 300
    known = {row.numpy().tobytes(): i for i, row in enumerate(as_inputs(learner.prepared))}
    for x, y in zip(batch.x_labelled, batch.y_labelled.tolist(), strict=True):
        assert labels[known[x.numpy().tobytes()]] == y
    for x in batch.x_unlabelled:
        assert labels[known[x.numpy().tobytes()]] == -1


@pytest.mark.parametrize("n_each", [0, 1, 300], ids=["none", "few", "all"])
def test_a_step_works_with_no_label_some_and_all(learner, digits, n_each):
    learner.take_labels(labels_of(digits, n_each), hints_of(digits) if n_each else None)
    for _ in range(2):
        learner.step()
    assert learner.steps == 2
    assert all(np.isfinite(value) for value in learner.terms().values())


def test_it_learns_from_labels(one_of_a_kind, digits):
    labels = labels_of(digits)
    one_of_a_kind.take_labels(labels, None)
    for _ in range(150):
        one_of_a_kind.step()
    guesses = one_of_a_kind.probabilities().argmax(1)
    others = labels < 0
    assert (guesses[others] == digits.answer_key[others]).mean() > 0.6


def test_hints_teach_what_labels_alone_cannot(one_of_a_kind, digits):
    """One label, and hints that name the true class of every example."""
    labels = labels_of(digits, 1)
    one_of_a_kind.take_labels(labels, hints_of(digits))
    for _ in range(100):
        one_of_a_kind.step()
    assert (one_of_a_kind.probabilities().argmax(1) == digits.answer_key).mean() > 0.8


def test_probabilities_are_those_of_the_model_where_there_is_no_label(learner, digits):
    labels = labels_of(digits)
    learner.take_labels(labels, None)
    probabilities = learner.probabilities()
    assert probabilities.shape == (300, K)
    with torch.no_grad(), autocast(learner.device):
        log_q = learner.ema_model.eval().classify(as_inputs(learner.prepared))
        expected = log_q.float().exp().numpy()
    free = labels < 0
    np.testing.assert_allclose(probabilities[free], expected[free], atol=2e-2)
    np.testing.assert_allclose(probabilities.sum(1), 1, atol=1e-5)


def test_labelled_examples_are_certain_of_their_label(learner, digits):
    labels = labels_of(digits)
    labels[0] = (digits.answer_key[0] + 1) % K  # even a wrong one: a person said so
    learner.take_labels(labels, None)
    given = labels >= 0
    assert (learner.probabilities()[given] == np.eye(K)[labels[given]]).all()


def test_a_class_never_labelled_is_never_predicted(learner, digits):
    learner.take_labels(labels_of(digits, classes=[1, 4]), None)
    probabilities = learner.probabilities()
    assert (np.delete(probabilities, [1, 4], axis=1) == 0).all()
    np.testing.assert_allclose(probabilities.sum(1), 1, atol=1e-5)


def test_without_labels_nothing_is_predicted(learner):
    assert (learner.probabilities() == 0).all()


def test_samples_are_every_class_in_the_same_styles_each_time(learner):
    drawn = learner.samples()
    assert drawn.shape == (K, N_COLUMNS, 64)
    assert drawn.dtype == np.float32
    assert np.array_equal(drawn, learner.samples())
    with torch.no_grad():
        one = learner.ema_model.decode(learner._styles[2:3], torch.tensor([7]))
    np.testing.assert_allclose(drawn[7, 2], one[0], atol=0.01)


def test_samples_of_what_is_known_are_draws_each_around_another_example(one_of_a_kind, digits):
    learner, shares = one_of_a_kind, hints_of(digits)
    learner.take_labels(labels_of(digits), shares)
    for _ in range(150):
        learner.step()
    prior = learner.samples()
    shares[:, 3] = 0  # nothing is known to be of this class
    learner.remember_codes(shares)
    drawn = learner.samples()
    assert np.array_equal(drawn, learner.samples())
    assert np.array_equal(drawn[3], prior[3])
    assert not np.array_equal(drawn[4], prior[4])
    assert np.array_equal(learner.draw(5, 2), learner.draw(5, 2))
    assert learner.draw(5, 2).shape == (K, 5, 64)
    learner.remember_codes(np.zeros_like(shares))
    assert np.array_equal(learner.samples(), prior)


def test_draws_are_read_as_their_class_and_as_varied_as_its_examples(digits, starter):
    learner, shares = make("m1m2", digits, starter), hints_of(digits)
    learner.take_labels(labels_of(digits), shares)
    learner.remember_codes(shares)
    key, m1 = digits.answer_key, starter.m1
    with torch.no_grad():  # as well as this M1 can draw
        real = m1.decode(m1.encode(as_inputs(torch.from_numpy(digits.images)).flatten(1)))
    real, drawn = real.float().numpy(), learner.draw(30, 0) / 255
    spread = [part.std(0).mean() / real[key == k].std(0).mean() for k, part in enumerate(drawn)]
    assert 0.85 < np.mean(spread) < 1.1
    centres = np.stack([real[key == k].mean(0) for k in range(K)])
    read = ((drawn[:, :, None] - centres) ** 2).sum(-1).argmin(-1) == np.arange(K)[:, None]
    of_real = ((real[:, None] - centres) ** 2).sum(-1).argmin(-1) == key
    assert read.mean() > of_real.mean() - 0.05


def test_an_example_redrawn_is_nearer_to_itself_than_to_others(one_of_a_kind, digits):
    one_of_a_kind.take_labels(labels_of(digits), hints_of(digits))
    for _ in range(250):
        one_of_a_kind.step()
    pixels = digits.images.reshape(300, -1).astype(float)
    ranks = []
    for example in range(0, 300, 15):
        redrawn = one_of_a_kind.redraw(example, int(digits.answer_key[example]))
        far = np.linalg.norm(pixels - 255 * redrawn, axis=1)
        ranks.append((far < far[example]).mean())
    assert np.median(ranks) < 0.2


def test_the_same_seed_learns_the_same(digits):
    weights = []
    for _ in range(2):
        torch.manual_seed(0)
        model = M2(ModelInputs((8, 8, 1), K, Bernoulli()), M2.Config(4, 32))
        pixels = torch.from_numpy(digits.images).flatten(1)
        learner = Learner(model, MODELS["m2"], pixels, (8, 8, 1), seed=3)
        learner.take_labels(labels_of(digits), hints_of(digits))
        for _ in range(5):
            learner.step()
        weights.append(model.classifier[0].weight.clone())
    assert torch.equal(*weights)


def test_terms_are_means_since_they_were_last_asked_for(one_of_a_kind, digits):
    one_of_a_kind.take_labels(labels_of(digits), None)
    for _ in range(3):
        one_of_a_kind.step()
    assert len(one_of_a_kind.terms()) > 1
    assert one_of_a_kind.terms() == {}


def test_a_term_that_is_not_finite_is_named(one_of_a_kind, digits):
    one_of_a_kind.take_labels(labels_of(digits), None)
    with torch.no_grad():
        next(p for p in one_of_a_kind.model.parameters() if p.requires_grad).fill_(torch.nan)
    one_of_a_kind.step()
    with pytest.raises(TrainingDiverged, match=r"'\w+' became nan"):
        one_of_a_kind.terms()


# With an encoder's features


@pytest.fixture(scope="module")
def features(digits):
    """What an encoder might say: the class, in the direction of a place, and much else."""
    torch.manual_seed(0)
    said = torch.nn.functional.one_hot(torch.from_numpy(digits.answer_key).long(), 16)
    return torch.nn.functional.normalize(said + 0.2 * torch.randn(300, 16), dim=-1).half()


@pytest.mark.parametrize("name", ["guided-m1", "m1", "cvae"])
def test_it_learns_from_features_and_answers_by_them(name, digits, starter, features):
    learner = make(name, digits, starter, features)
    learner.take_labels(labels_of(digits), hints_of(digits))
    for _ in range(60 if learner.optimisation.phases else 0):
        learner.step()
    right = learner.probabilities().argmax(1) == digits.answer_key
    assert right[labels_of(digits) < 0].mean() > 0.9
    part = np.array([250, 3])
    np.testing.assert_allclose(
        learner.probabilities(part), learner.probabilities()[part], atol=1e-5
    )
    assert learner.samples().shape[-1] == 64
    assert learner.redraw(250, 3).shape == (64,)
    larger = small_model(name, starter, torch.from_numpy(digits.images).flatten(1), K + 1, 16)
    learner.grow(larger)
    learner.take_labels(labels_of(digits), None)
    assert learner.probabilities().shape == (300, K + 1)


def test_a_teacher_of_features_takes_over_and_changes_nothing_but_what_is_dropped(
    digits, starter, features
):
    learner = make("guided", digits, starter, features)
    x = as_inputs(learner.prepared[:5])
    assert torch.equal(learner.teacher.warp(x), x)
    assert learner.teacher.share_of_teacher(n_labels=100, steps=STEPS_BEFORE_TEACHER) == 1
    assert make("m1", digits, starter, features).teacher is None


def test_features_stay_bytes_and_halves_until_a_batch_is_drawn(digits, starter, features):
    learner = make("guided", digits, starter, features)
    assert learner.prepared.shape == (300, 64 + 16)
    assert learner.prepared.values.dtype == torch.uint8
    assert learner.prepared.features.data_ptr() == features.data_ptr()
    assert learner._batch().x_unlabelled.shape[1] == 64 + 16


def test_a_model_made_for_other_features_is_refused(digits, starter, features):
    pixels = torch.from_numpy(digits.images).flatten(1)
    for n_features, given in ((0, features), (16, None), (15, features)):
        model = small_model("m2", starter, pixels, n_features=n_features)
        with pytest.raises(ValueError, match=f"made for {n_features} features"):
            Learner(model, MODELS["m2"], pixels, (8, 8, 1), seed=0, features=given)
