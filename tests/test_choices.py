"""What a person chooses of a model's fit: every model takes it, and what cannot be is refused."""

import dataclasses

import numpy as np
import pytest
import torch
from small_core import K, label, make_core, small_config, snapshot, step

from ssvae_core.errors import UserError
from ssvae_core.fitting.fit import Fit
from ssvae_core.fitting.saved_fit import packed, unpacked
from ssvae_core.models import MODELS, VAE, ModelInputs
from ssvae_core.models.distributions import Bernoulli, Gaussian
from ssvae_core.models.networks import ImageDecoder, ImageEncoder
from ssvae_core.options.catalogue import CATALOGUE
from ssvae_core.options.options import AUTO, FittingOptions, chosen_in_words, fitted_in_words, menus
from ssvae_core.pretraining.starter import Starter, has_m1
from ssvae_core.trainer.resume import go_back_on_disk, resume

GREY, COLOUR, LARGE, VECTOR = (8, 8, 1), (12, 10, 3), (64, 64, 3), (6,)
EACH = [
    {"networks": "mlp"},
    {"networks": "convolutions"},
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
            assert isinstance(inputs.likelihood, Gaussian)


def test_auto_is_what_the_data_say():
    decided = [
        (
            AUTO.convolves(shape),
            AUTO.sees_shapes(shape),
            type(ModelInputs.of(shape, 2, AUTO).likelihood),
        )
        for shape in (GREY, COLOUR, LARGE, VECTOR)
    ]
    assert decided == [
        (False, True, Bernoulli),
        (False, True, Gaussian),
        (True, True, Gaussian),
        (False, False, Gaussian),
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
        ({"networks": "rnn"}, GREY, "networks must be one of: auto, mlp, convolutions; got 'rnn'"),
        ({"likelihood": 3}, GREY, "likelihood must be one of: auto, bernoulli, gaussian; got '3'"),
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
            assert ("MLPs" in said["networks"]) != has_layer(model, ImageDecoder)


def test_a_new_model_is_described_in_one_sentence():
    assert fitted_in_words((28, 28, 1), "guided") == (
        "The model sees 28 × 28 grey: convolutions classify, MLPs draw; Bernoulli, "
        "64 + 192 images a step."
    )
    assert fitted_in_words((13,), "m1m2") == (
        "The model sees 13 numbers: MLPs; Gaussian, 64 + 128 rows a step."
    )
    assert fitted_in_words(LARGE, "m1") == "The model sees 64 × 64 colour: convolutions; Gaussian."


def test_a_menu_says_what_is_chosen_and_why_an_option_cannot_be():
    found = menus(FittingOptions(likelihood="gaussian", batch=50), VECTOR, "m2")
    assert found["likelihood"]["words"] == "Gaussian"
    assert found["likelihood"]["options"][0]["words"] == "Auto: Gaussian"
    why = {option["value"]: option["why"] for option in found["networks"]["options"]}
    assert (why["auto"], why["mlp"]) == ("", "")
    assert "expect images" in why["convolutions"]
    assert {"value": 50, "words": "17 + 33", "why": ""} in found["batch"]["options"]


# From one life of a trainer to the next


def other_core(core, **config):
    """A core in the same folder whose config says this besides."""
    return type(core)(
        core.data,
        core.starter,
        model="guided",
        config={**small_config("guided"), **config},
        n_classes=K,
        device=core.device,
        folder=core.folder,
    )


@pytest.fixture
def learned_core(digits, starter, tmp_path):
    core = make_core("guided", digits, starter, tmp_path)
    label(core)
    step(core, 3)
    core.save()
    return core


@pytest.mark.parametrize("config", [{"likelihood": "gaussian"}, {"networks": "mlp"}])
def test_a_checkpoint_of_other_choices_is_left_and_learning_begins_anew(learned_core, config):
    other = other_core(learned_core, **config)
    resume(other, other.folder)
    assert (other.label_seq, other.step_count, other.message) == (0, 0, "")
    assert not go_back_on_disk(other, 51)
    label(other)
    step(other, 2)
    assert snapshot(other) is not None


@pytest.mark.parametrize("config", [{}, {"batch": 20}, {"likelihood": "bernoulli"}])
def test_a_checkpoint_of_a_model_made_alike_is_gone_on_from(learned_core, config):
    other = other_core(learned_core, **config)
    resume(other, other.folder)
    assert (other.label_seq, other.step_count) == (50, 3)
    assert go_back_on_disk(other, 51)


def test_a_checkpoint_from_before_there_were_choices_is_gone_on_from(learned_core):
    [manifest] = learned_core.folder.glob("ck-*/manifest.json")
    text = manifest.read_text()
    assert '"choices"' in text
    manifest.write_text(text.replace('"choices"', '"as it was called never"'))
    other = other_core(learned_core)
    resume(other, other.folder)
    assert other.step_count == 3


def test_an_m1_made_by_other_choices_is_not_taken(starter, tmp_path):
    starter.save(tmp_path, {"fingerprint": "x"})
    assert has_m1(tmp_path, GREY, AUTO)
    assert has_m1(tmp_path, GREY, FittingOptions(likelihood="bernoulli", batch=9))
    gaussian = FittingOptions(likelihood="gaussian")
    assert not has_m1(tmp_path, GREY, gaussian)
    opened = Starter.open(tmp_path, GREY, options=gaussian)
    assert not opened.is_trained
    assert opened.m1.options == gaussian
    np.testing.assert_array_equal(opened.atlas.xy, starter.atlas.xy)
    opened.save(tmp_path, {"fingerprint": "x"})
    assert Starter.open(tmp_path, GREY, options=gaussian).is_trained
    assert not has_m1(tmp_path, GREY, AUTO)
