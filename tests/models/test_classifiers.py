"""What tells classes begins on features where there are some, else on shapes, else on values."""

import pytest
import torch

from ssvae_core.models import ModelInputs
from ssvae_core.models.classifiers import FeatureTrunk, classifier, classifier_trunk
from ssvae_core.models.distributions import Bernoulli
from ssvae_core.models.networks import ImageEncoder

K, N_FEATURES = 3, 5


def inputs(shape, n_features):
    return ModelInputs(shape, K, Bernoulli(), n_features=n_features)


@pytest.mark.parametrize(
    ("shape", "n_features", "kind"),
    [
        ((6,), 0, type(None)),
        ((8, 8, 1), 0, ImageEncoder),
        ((6,), N_FEATURES, FeatureTrunk),
        ((8, 8, 1), N_FEATURES, FeatureTrunk),
    ],
)
def test_it_begins_on_what_says_most_of_the_class(shape, n_features, kind):
    made_for = inputs(shape, n_features)
    assert type(classifier_trunk(made_for, 4)) is kind
    x = torch.rand(2, 7, made_for.n_values + n_features)
    assert classifier(made_for, 4, (8,))(x).shape == (2, 7, K)


def test_features_are_the_last_of_an_example_and_scaled_by_their_number():
    torch.manual_seed(0)
    trunk, x = FeatureTrunk(N_FEATURES, 4).eval(), torch.randn(3, 6 + N_FEATURES)
    scaled = x[:, 6:] * N_FEATURES**0.5
    expected = (scaled @ trunk.first.weight.T + trunk.first.bias).relu()
    torch.testing.assert_close(trunk(x), expected)


def test_units_are_dropped_only_while_it_learns():
    torch.manual_seed(0)
    trunk, x = FeatureTrunk(N_FEATURES, 64), torch.randn(1, N_FEATURES)
    assert not torch.equal(trunk(x), trunk(x))
    assert torch.equal(trunk.eval()(x), trunk(x))
