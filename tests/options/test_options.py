"""What a person chooses of a model's fit: every model takes it, and what cannot be is refused."""

import dataclasses

import numpy as np
import pytest
import torch

from ssvae_core.errors import UserError
from ssvae_core.fitting.fit import Fit
from ssvae_core.fitting.saved_fit import packed, unpacked
from ssvae_core.models import MODELS, VAE, ModelInputs
from ssvae_core.models.components import FromComponents
from ssvae_core.models.distributions import Bernoulli, Gaussian, SharedGaussian
from ssvae_core.models.networks import ImageDecoder, ImageEncoder
from ssvae_core.options.catalogue import CATALOGUE
from ssvae_core.options.options import AUTO, FittingOptions, chosen_in_words, fitted_in_words, menus
from tests.support.small_core import K, small_config

GREY, COLOUR, LARGE, VECTOR = (8, 8, 1), (12, 10, 3), (64, 64, 3), (6,)


EACH = [
    {"networks": "mlp"},
    {"networks": "convolutions"},
    {"networks": "components"},
    {"likelihood": "bernoulli"},
    {"likelihood": "gaussian"},
    {"batch": 24},
    {"networks": "convolutions", "likelihood": "gaussian", "batch": 7},
]


def has_layer(model, kind):
    return any(isinstance(part, kind) for part in model.modules())


@pytest.fixture(scope="module")
def few():
    """24 colour images of three kinds, half of them with their class."""
    rng = np.random.default_rng(0)
    kinds = np.arange(24) % 3
    images = np.zeros((24, *COLOUR), np.uint8)
    images[np.arange(24), :, :, kinds] = 200
    images += rng.integers(0, 50, images.shape, np.uint8)
    return images, np.where(np.arange(24) < 12, kinds, -1)


# The contract


@pytest.mark.parametrize("config", EACH, ids=lambda config: "-".join(map(str, config.values())))
@pytest.mark.parametrize("name", MODELS)
def test_every_model_learns_classifies_and_draws_with_each_choice(name, config, few):
    images, labels = few
    small = {**small_config(name), **config}
    fit = Fit(images, labels, n_classes=3, model=name, config=small)
    list(fit.run(max_steps=3))
    assert np.allclose(fit.probabilities(images).sum(1), 1, atol=1e-3)
    assert fit.sample(np.arange(3)).shape == (3, *COLOUR)
    assert np.isfinite(fit.sample(np.arange(3))).all()
    arrays, manifest = packed(fit)
    again = unpacked(arrays, manifest, torch.device("cpu"))
    np.testing.assert_array_equal(again.modelled(images), fit.modelled(images))
    assert again.options == fit.options


@pytest.mark.parametrize("name", MODELS)
def test_networks_and_likelihood_are_those_that_were_chosen(name):
    spec = MODELS[name]
    for shape in (GREY, LARGE):
        for networks in ("mlp", "convolutions"):
            options = FittingOptions(networks, "gaussian")
            m1 = VAE(ModelInputs.of(shape, 1, options), VAE.Config(4, 16))
            config = dataclasses.replace(spec.config, **small_config(name))
            inputs = ModelInputs.of(shape, K, options, m1, torch.randn(50, 4))
            model = spec.model(inputs, config)
            for kind in (ImageEncoder, ImageDecoder):
                assert has_layer(model, kind) == (networks == "convolutions"), (shape, kind)
            assert isinstance(inputs.likelihood, SharedGaussian)


def test_auto_is_what_the_data_say():
    decided = [
        (
            AUTO.convolves(shape),
            AUTO.in_components(shape),
            AUTO.sees_shapes(shape),
            type(ModelInputs.of(shape, 2, AUTO).likelihood),
        )
        for shape in (GREY, COLOUR, LARGE, (80, 80, 1), VECTOR)
    ]
    assert decided == [
        (False, False, True, Bernoulli),
        (False, True, True, SharedGaussian),
        (False, True, True, SharedGaussian),
        (True, False, True, Bernoulli),
        (False, False, False, Gaussian),
    ]


@pytest.mark.parametrize(("name", "batch"), [("guided", 100), ("m1m2-paper", 100), ("aae", 2)])
def test_a_batch_is_shared_as_the_model_usually_does(name, batch):
    spec = MODELS[name].stepping(FittingOptions(batch=batch))
    assert spec.n_labelled + spec.n_unlabelled == batch
    usual = MODELS[name].n_labelled / (MODELS[name].n_labelled + MODELS[name].n_unlabelled)
    assert spec.n_labelled == max(round(batch * usual), 1)
    assert MODELS[name].stepping(AUTO) == MODELS[name]


@pytest.mark.parametrize(
    ("config", "shape", "says"),
    [
        ({"networks": "convolutions"}, VECTOR, "expect images of 8 x 8 .* vectors of 6 numbers"),
        ({"networks": "convolutions"}, (5, 9, 1), "expect images of 8 x 8 .* images of 5 x 9"),
        ({"likelihood": "bernoulli"}, VECTOR, "expects values from 0 to 1"),
        (
            {"networks": "rnn"},
            GREY,
            "networks must be one of: auto, mlp, .*, components; got 'rnn'",
        ),
        ({"likelihood": 3}, GREY, "likelihood must be one of: auto, bernoulli, gaussian; got '3'"),
        ({"networks": "components"}, VECTOR, "components expect images, .* vectors of 6 numbers"),
        (
            {"networks": "components", "likelihood": "bernoulli"},
            COLOUR,
            "expect a Gaussian likelihood, and a Bernoulli one is chosen",
        ),
        ({"batch": 1}, GREY, "from 2 to 4096, or 0 .* got 1"),
        ({"batch": "64"}, GREY, "got '64'"),
        ({"batch": True}, GREY, "got True"),
    ],
)
def test_what_cannot_be_is_refused_in_words(config, shape, says):
    with pytest.raises(UserError, match=says):
        FittingOptions.split(config, shape)


# In words


def test_what_was_chosen_is_said_as_the_model_is_made():
    for name, spec in MODELS.items():
        assert CATALOGUE[name].batch == (spec.n_labelled, spec.n_unlabelled)
        assert CATALOGUE[name].needs_m1 == (spec.m1 is not None)
        for shape in (GREY, COLOUR, LARGE, VECTOR):
            m1 = VAE(ModelInputs.of(shape, 1, AUTO), VAE.Config(4, 16))
            inputs = ModelInputs.of(shape, K, AUTO, m1, torch.randn(50, 4))
            config = dataclasses.replace(spec.config, **small_config(name))
            model = spec.model(inputs, config)
            said = chosen_in_words(AUTO, shape, name)
            assert ("convolutions" in said["networks"]) == has_layer(model, ImageEncoder)
            assert ("components" in said["networks"]) == has_layer(model, FromComponents)
            is_plain = not has_layer(model, ImageDecoder) and not has_layer(model, FromComponents)
            assert ("MLPs" in said["networks"]) == is_plain


def test_a_new_model_is_described_in_one_sentence():
    assert fitted_in_words((28, 28, 1), "guided") == (
        "The model sees 28 × 28 grey: convolutions classify, MLPs draw; Bernoulli, "
        "64 + 192 images a step."
    )
    assert fitted_in_words((13,), "m1m2") == (
        "The model sees 13 numbers: MLPs; Gaussian, 64 + 128 rows a step."
    )
    assert fitted_in_words(LARGE, "m1") == (
        "The model sees 64 × 64 colour: principal components; Gaussian."
    )


def test_a_menu_says_what_is_chosen_and_why_an_option_cannot_be():
    found = menus(FittingOptions(likelihood="gaussian", batch=50), VECTOR, "m2")
    assert found["likelihood"]["words"] == "Gaussian"
    assert found["likelihood"]["options"][0]["words"] == "Auto: Gaussian"
    why = {option["value"]: option["why"] for option in found["networks"]["options"]}
    assert (why["auto"], why["mlp"]) == ("", "")
    assert "expect images" in why["convolutions"]
    assert {"value": 50, "words": "17 + 33", "why": ""} in found["batch"]["options"]
