"""Weights of experts: the likelihood written out."""

import numpy as np

from ssvae_core.training.expert_product import (
    FLOOR,
    PRIOR_STRENGTH,
    fitted_weights,
    floored_logs,
    product,
    with_share,
)

K = 3


def random_logs(m=50, n_experts=2, seed=4):
    said = np.random.default_rng(seed).dirichlet(np.ones(K), (n_experts, m)).astype(np.float32)
    return np.stack([floored_logs(each, np.ones((m, K), bool)) for each in said])


def test_weights_are_where_the_penalised_likelihood_is_highest():
    logs, prior = random_logs(), np.array([1.5, 1.5])
    classes = np.where(np.arange(50) < 30, logs[0].argmax(1), logs[1].argmax(1))

    def loss(weights):
        total = PRIOR_STRENGTH / 2 * float(((weights - prior) ** 2).sum())
        for i, label in enumerate(classes):
            together = np.exp(weights[0] * logs[0, i] + weights[1] * logs[1, i])
            total -= float(np.log(together[label] / together.sum()))
        return total

    found = fitted_weights(logs, classes, prior)
    lowest = loss(found)
    for step in ([0.02, 0], [-0.02, 0], [0, 0.02], [0, -0.02]):
        assert loss(found + step) > lowest


def test_an_expert_that_is_always_wrong_has_no_weight_and_never_less():
    logs = random_logs()
    found = fitted_weights(logs, logs[0].argmax(1), np.array([1.5, 1.5]))
    wrong = fitted_weights(logs, logs[1].argmin(1), np.array([1.5, 1.5]))
    assert found[0] > 2 * found[1]
    assert wrong[1] == 0


def test_weights_without_evidence_are_the_prior():
    nothing = np.zeros((2, 0, K), np.float32)
    prior = np.array([1.5, 0.5])
    assert np.array_equal(fitted_weights(nothing, np.zeros(0, int), prior), prior)


def test_an_expert_leaves_a_little_to_every_class_that_is_known():
    known = np.array([True, True, False])
    logs = floored_logs(np.array([[1, 0, 0]], np.float32), known)
    np.testing.assert_allclose(np.exp(logs[0]), [1 - FLOOR / 2, FLOOR / 2, 1], rtol=1e-5)
    np.testing.assert_allclose(product(logs, known), [[1 - FLOOR / 2, FLOOR / 2, 0]], rtol=1e-5)


def test_one_has_its_share_and_the_others_theirs_among_them():
    found = with_share(np.array([0.6, 0.3, 0.1]), 1, 0.5)
    np.testing.assert_allclose(found, [0.5 * 6 / 7, 0.5, 0.5 / 7])
