"""The Ladder VAE's bound, its merge and its draws, each against quadrature over all its latents."""

import dataclasses
import math

import pytest
import torch

from ssvae_core.models import Batch, ModelInputs, importance_bound
from ssvae_core.models.base import every_class
from ssvae_core.models.distributions import Bernoulli, Gaussian, SharedGaussian, entropy
from ssvae_core.models.ladder import Ladder, kl_gaussians, likeliest_and_another, merge, weighted

D, K = 6, 3
N_DRAWS = 100_000

# Grids of the top latent, (T, 1), and of the two below it, (G, 2).
STEP = 0.25
LINE = torch.arange(-8, 8 + STEP / 2, STEP)
TOP = LINE[:, None]
LOW = torch.cartesian_prod(LINE, LINE)


def make(n_classes=K, n_layers=2, likelihood=None, classes="two"):
    """A model of one latent on top of two, far from uniform, as it is when it does not learn."""
    torch.manual_seed(1)
    inputs = ModelInputs((D,), n_classes, likelihood or Bernoulli())
    config = Ladder.Config(latent_dim=1, hidden_dim=16, n_layers=n_layers, classes=classes)
    model = Ladder(inputs, config)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(1.25)
        for estimate in model.estimates:  # unsure of itself: the bound is near, but not at, log p
            estimate.bias.chunk(2)[1].add_(1.0)
    return model.eval()


def log_normal(z, parameters):
    """Log N of each (..., Z) under (..., 2 Z) means and log-variances, by torch: -> (...)."""
    z_mean, z_log_var = parameters.chunk(2, -1)
    return torch.distributions.Normal(z_mean, (z_log_var / 2).exp()).log_prob(z).sum(-1)


def on_the_grid(model, x, y):
    """Log p(z_2|y), (T,); log p(z_1|z_2), (T, G); log p(x|z_1), (G,): all of p on the grid."""
    log_p_top = log_normal(TOP, model.top.weight[y])
    log_p_low = log_normal(LOW, model.below[0](TOP)[:, None])
    return log_p_top, log_p_low, model.likelihood.log_prob(x, model.below[1](LOW))


def exact_log_p(model, x, y):
    """Log p(x, y) for one x and one y."""
    log_p_top, log_p_low, log_p_x = on_the_grid(model, x, y)
    every = log_p_top[:, None] + log_p_low + log_p_x
    return every.flatten().logsumexp(0) + math.log(STEP**3 / model.n_classes)


def exact_bound(model, x, y):
    """E_q[log p(x, y, z) - log q(z|x, y)], with each q as a product normalised on the grid."""
    log_p_top, log_p_low, log_p_x = on_the_grid(model, x, y)
    said_of_top, said_of_low = (
        estimate(d) for estimate, d in zip(model.estimates, model.features(x), strict=True)
    )
    log_q_top = (log_p_top + log_normal(TOP, said_of_top)).log_softmax(0) - math.log(STEP)
    log_q_low = (log_p_low + log_normal(LOW, said_of_low)).log_softmax(1) - 2 * math.log(STEP)
    below = (log_q_low.exp() * (log_p_low - log_q_low + log_p_x)).sum(1) * STEP**2
    whole = (log_q_top.exp() * (log_p_top - log_q_top + below)).sum() * STEP
    return whole - math.log(model.n_classes)


def unlabelled(x, step=10**6):
    return Batch(x[:0], torch.zeros(0, dtype=torch.long), x, 0.0, step=step)


# The bound


@torch.no_grad()
@pytest.mark.parametrize("likelihood", [Bernoulli(), Gaussian()], ids=["bernoulli", "gaussian"])
def test_the_bound_is_the_integral_over_both_layers_of_latents(likelihood):
    model, x = make(likelihood=likelihood), torch.rand(1, D)
    torch.manual_seed(0)
    for y in range(K):
        many = model.bound(x.expand(N_DRAWS, -1), torch.full((N_DRAWS,), y))
        four_errors = 4 * many.std().item() / math.sqrt(N_DRAWS)
        expected = exact_bound(model, x, y).item()
        assert many.mean().item() == pytest.approx(expected, abs=four_errors)
        assert exact_bound(model, x, y) < exact_log_p(model, x, y) - 0.01


@torch.no_grad()
def test_the_mean_weight_is_p_xy():
    model, x = make(), torch.rand(1, D)
    torch.manual_seed(0)
    for y in range(K):
        weights = model.log_weight(x.expand(N_DRAWS, -1), torch.full((N_DRAWS,), y))
        log_mean = weights.logsumexp(0) - math.log(N_DRAWS)
        assert log_mean.item() == pytest.approx(exact_log_p(model, x, y).item(), abs=2e-2)


@pytest.mark.parametrize(
    ("classes", "with_teacher"), [("two", False), ("all", False), ("two", True)]
)
def test_the_unlabelled_loss_averages_the_bound_over_classes_and_adds_the_entropy(
    classes, with_teacher
):
    model, x = make(classes=classes), torch.rand(1, D)
    log_q = model.classify(x)[0]
    bounds = torch.stack([exact_bound(model, x, y) for y in range(K)])
    many = unlabelled(x.expand(N_DRAWS, -1))
    if with_teacher:
        many = dataclasses.replace(many, soft_targets=torch.zeros(N_DRAWS, K))
    torch.manual_seed(0)
    loss = model.loss(many)
    expected = (log_q.exp() * bounds).sum() + entropy(log_q)
    assert -loss.total.item() == pytest.approx(expected.item(), abs=3e-2)


def test_the_bound_teaches_the_classifier_only_where_no_teacher_does():
    model, x = make(), torch.rand(6, D)
    batch = unlabelled(x)
    weight = model.classifier[0].weight
    (alone,) = torch.autograd.grad(model.loss(batch).total, weight)
    assert alone.abs().max() > 1e-3
    with_teacher = model.loss(dataclasses.replace(batch, soft_targets=torch.zeros(6, K))).total
    assert torch.autograd.grad(with_teacher, weight, allow_unused=True) == (None,)


def test_two_classes_stand_for_all_in_value_and_gradient():
    torch.manual_seed(0)
    logits, values = torch.randn(5).requires_grad_(), torch.tensor([-90.0, -95, -100, -92, -110])
    q_y = logits.softmax(0).expand(N_DRAWS, -1)
    classes, weights = likeliest_and_another(q_y)
    assert (classes[:, 0] == logits.argmax()).all()
    assert (classes[:, 1] != logits.argmax()).all()
    estimates = weighted(values[classes], weights)
    (gradient,) = torch.autograd.grad(estimates.mean(), logits)
    expected = logits.softmax(0) @ values
    torch.testing.assert_close(estimates.mean(), expected, atol=5e-2, rtol=0)
    torch.testing.assert_close(
        gradient, torch.autograd.grad(expected, logits)[0], atol=5e-2, rtol=0
    )


def test_a_step_with_a_teacher_draws_one_class_of_each_example_as_often_as_it_is_believed():
    torch.manual_seed(0)
    q_y = torch.tensor([0.1, 0.7, 0.2])
    drawn, weights = make().seen_classes(q_y.expand(N_DRAWS, -1))
    shares = torch.bincount(drawn.flatten(), minlength=K) / N_DRAWS
    torch.testing.assert_close(shares, q_y, atol=0.01, rtol=0)
    assert (weights == 1).all()


@torch.no_grad()
def test_the_importance_weighted_bound_grows_with_draws_up_to_log_p_x():
    model, x = make(), torch.rand(1, D)
    log_p_x = torch.stack([exact_log_p(model, x, y) for y in range(K)]).logsumexp(0).item()
    torch.manual_seed(0)
    means = [importance_bound(model, x.expand(2000, -1), n).mean().item() for n in (1, 3, 10, 100)]
    assert means == sorted(means)
    assert means[0] < log_p_x - 0.02
    assert log_p_x - 0.01 < means[-1] < log_p_x + 0.005


@torch.no_grad()
def test_every_class_at_once_has_the_bounds_of_one_class_after_the_other():
    model, x = make(), torch.rand(4, D)
    many = every_class(x[:, None].expand(-1, 20_000, -1).flatten(0, 1), K)
    at_once = model.bound(*many).view(4, 20_000, K).mean(1)
    for i in range(4):
        for y in range(K):
            expected = exact_bound(model, x[i : i + 1], y)
            assert at_once[i, y].item() == pytest.approx(expected.item(), abs=5e-2)


# Its parts


def test_the_merge_is_the_normalised_product_of_two_gaussians():
    torch.manual_seed(0)
    one, other = torch.randn(5, 2, 1).unbind(1), torch.randn(5, 2, 1).unbind(1)
    z = torch.linspace(-12, 12, 4001)
    product = log_normal(z[:, None, None], torch.cat(one, -1)) + log_normal(
        z[:, None, None], torch.cat(other, -1)
    )
    normalised = product.log_softmax(0) - math.log(24 / 4000)
    merged = log_normal(z[:, None, None], torch.cat(merge(one, other), -1))
    torch.testing.assert_close(merged, normalised, atol=1e-3, rtol=1e-3)


def test_the_divergence_of_two_gaussians_is_its_integral():
    torch.manual_seed(0)
    q, p = torch.randn(5, 2, 1).unbind(1), torch.randn(5, 2, 1).unbind(1)
    z = torch.linspace(-20, 20, 4001)[:, None, None]
    log_q, log_p = log_normal(z, torch.cat(q, -1)), log_normal(z, torch.cat(p, -1))
    expected = (log_q.exp() * (log_q - log_p)).sum(0) * 0.01
    torch.testing.assert_close(kl_gaussians(q, p), expected, atol=1e-4, rtol=1e-4)


def test_the_kl_warms_up_from_nothing_to_the_whole():
    model, x = make(), torch.rand(7, D)
    warm_up = model.config.warm_up
    losses = []
    for step in (0, warm_up // 2, warm_up, 2 * warm_up):
        torch.manual_seed(0)
        losses.append(model.loss(unlabelled(x, step)))
    nothing, half, whole, later = (loss.terms["style"] for loss in losses)
    assert nothing == 0
    assert whole < -0.05
    torch.testing.assert_close(half, whole / 2)
    torch.testing.assert_close(later, whole)
    torch.testing.assert_close(losses[0].total, losses[2].total + whole)


def test_without_a_warm_up_the_first_step_has_the_whole_kl():
    model = Ladder(ModelInputs((D,), K, Bernoulli()), Ladder.Config(1, 16, warm_up=0))
    assert model.warmth(0) == 1


@torch.no_grad()
def test_drawing_a_style_from_the_prior_draws_from_p_x_given_y():
    model = make()
    torch.manual_seed(0)
    for y in range(K):
        log_p_top, log_p_low, _ = on_the_grid(model, torch.rand(1, D), y)
        weights = (log_p_top[:, None] + log_p_low).exp().sum(0) * STEP**3
        expected = weights @ model.likelihood.mean(model.below[1](LOW))
        drawn = model.from_prior(torch.full((N_DRAWS,), y)).mean(0)
        torch.testing.assert_close(drawn, expected, atol=5e-3, rtol=0)


@torch.no_grad()
def test_the_style_of_an_example_decodes_to_its_posterior_means():
    model, x, y = make(n_layers=3), torch.rand(4, D), torch.tensor([0, 1, 2, 0])
    layers, p_x = model.descend(model.features(x), y, lambda z_mean, _: z_mean)
    assert [layer.z.shape[-1] for layer in layers] == [1, 2, 4]
    drawn = model.decode(model.encode(x, y), y)
    torch.testing.assert_close(drawn, model.likelihood.mean(p_x))


# Batch norm


def test_labelled_and_unlabelled_examples_share_one_statistic():
    model, x = make().train(), torch.rand(12, D)
    model.loss(Batch(x[:5], torch.arange(5) % K, x[5:], 0.5))
    expected = 0.1 * model.up[0].linear(x).mean(0)
    torch.testing.assert_close(model.up[0].running_mean, expected)


def test_one_example_alone_is_normalised_by_the_running_statistics():
    model, x = make(), torch.rand(1, D)
    model.train().loss(unlabelled(torch.rand(50, D)))
    in_training, running = model.features(x), model.up[0].running_mean.clone()
    torch.testing.assert_close(in_training, model.eval().features(x))
    torch.testing.assert_close(model.up[0].running_mean, running)


@pytest.mark.parametrize("n_labelled", [0, 1])
def test_loss_and_gradient_are_finite_with_one_example(n_labelled):
    model, x = make().train(), torch.rand(1, D)
    batch = Batch(x[:n_labelled], torch.zeros(n_labelled, dtype=torch.long), x[n_labelled:], 0.5)
    loss = model.loss(batch).total
    loss.backward()
    assert loss.isfinite()
    assert all(p.grad is None or p.grad.isfinite().all() for p in model.parameters())


@torch.no_grad()
def test_an_example_is_said_the_same_alone_and_among_others_once_it_does_not_learn():
    model, x = make(), torch.rand(8, D)
    for among_others, alone in zip(model.features(x), model.features(x[3:4]), strict=True):
        torch.testing.assert_close(among_others[3:4], alone)


# Without classes, and on images


@torch.no_grad()
def test_with_one_class_it_is_the_unsupervised_model():
    model, x = make(n_classes=1), torch.rand(1, D)
    torch.manual_seed(0)
    loss = model.loss(unlabelled(x.expand(N_DRAWS, -1)))
    assert loss.terms["class"] == loss.terms["classifier"] == 0
    assert -loss.total.item() == pytest.approx(exact_bound(model, x, 0).item(), abs=2e-2)
    assert model.classify(x).item() == 0


@pytest.mark.parametrize(
    ("shape", "likelihood"), [((8, 8, 1), Bernoulli()), ((40, 32, 3), SharedGaussian())]
)
def test_images_small_and_large_are_learned_from(shape, likelihood):
    torch.manual_seed(0)
    model = Ladder(ModelInputs(shape, K, likelihood), Ladder.Config(2, 16))
    x, y = torch.rand(4, *shape), torch.tensor([0, 1])
    x = model.prepare(x)
    loss = model.loss(Batch(x[:2], y, x[2:], 0.5)).total
    loss.backward()
    assert loss.isfinite()
    assert model.decode(model.encode(x[:2], y), y).shape == (2, math.prod(shape))


def test_layers_that_are_sure_beyond_what_a_number_holds_still_have_a_bound():
    model, x, y = make(), torch.rand(7, D), torch.arange(7) % K
    with torch.no_grad():
        model.top.weight[:, 1:] = -200
        for estimate in model.estimates:
            estimate.bias.chunk(2)[1].fill_(200)
    bound = model.bound(x, y)
    bound.sum().backward()
    assert bound.isfinite().all()
    assert all(p.grad.isfinite().all() for p in model.parameters() if p.grad is not None)


# The pixels


@pytest.mark.parametrize("pixels", ["grey", "drawn"])
def test_it_learns_from_pictures_as_they_are_or_drawn_anew_each_time(pixels):
    torch.manual_seed(0)
    model = Ladder(ModelInputs((D,), K, Bernoulli()), Ladder.Config(1, 16, pixels=pixels))
    seen = []
    model.up[0].register_forward_pre_hook(lambda _, given: seen.append(given[0]))
    x = torch.rand(50, D)
    for _ in range(2):
        model.loss(unlabelled(x))
    is_drawn = [((values == 0) | (values == 1)).all().item() for values in seen]
    assert is_drawn == [pixels == "drawn"] * 2
    assert torch.equal(*seen) == (pixels == "grey")
