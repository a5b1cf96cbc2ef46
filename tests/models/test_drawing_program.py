"""A decoder's program computes what torch computes, for every model and kind of network."""

import dataclasses

import numpy as np
import pytest
import torch

from ssvae_core.decoding.interpreter import decode
from ssvae_core.decoding.program import pack, unpack
from ssvae_core.models import MODELS, VAE, ModelInputs, components_of, made
from ssvae_core.models.drawing_layers import NotTranslated, layers
from ssvae_core.models.drawing_program import code_program, style_program
from ssvae_core.models.m1m2 import M1M2
from ssvae_core.models.pretrained_m1 import PretrainedConfig, PretrainedM1
from ssvae_core.options.options import FittingOptions
from tests.support.small_autoencoder import SIZES, new_autoencoder
from tests.support.small_models import K, make, small_config

N = 7
EXACT, CLOSE = 1e-5, 1e-3  # of white
SHAPES = {
    "grey": ((9, 10, 1), {}),
    "convolutions": ((21, 18, 3), {"networks": "convolutions"}),
    "components": ((8, 8, 3), {"networks": "components"}),
    "gaussian": ((8, 8, 1), {"likelihood": "gaussian", "networks": "convolutions"}),
}


def assert_same(program, drawn, z, y):
    """The program draws the same, and nearly so by the eleven bits that its weights keep."""
    for run, near in ((program, EXACT), (unpack(pack({"code": program}))["code"], CLOSE)):
        found = decode(run, z.numpy(), y.numpy())
        assert found.shape == drawn.shape
        assert np.abs(found - drawn.numpy()).max() < near


def inputs_of(kind, options=None):
    shape, chosen = SHAPES[kind]
    torch.manual_seed(0)
    values = torch.rand(60, int(np.prod(shape)))
    options = FittingOptions(**chosen)
    m1_inputs = dataclasses.replace(
        ModelInputs.of(shape, 1, options), components=components_of(values)
    )
    m1 = made(VAE, m1_inputs, VAE.Config(4, 16)).eval()
    inputs = ModelInputs.of(shape, K, options, m1, torch.randn(60, 4))
    return dataclasses.replace(inputs, components=components_of(values))


@pytest.mark.parametrize("kind", SHAPES)
@pytest.mark.parametrize("name", MODELS)
@torch.no_grad()
def test_a_program_draws_what_the_model_draws(name, kind):
    model = made(MODELS[name].model, inputs_of(kind), small_config(MODELS[name], 3)).eval()
    for parameter in model.parameters():  # what is silent as new is to say something, too
        parameter.add_(0.03 * torch.randn_like(parameter))
    y = torch.arange(N) % K
    z = torch.randn(N, model.style_dim)
    assert_same(style_program(model), model.decode(z, y), z, y)
    program = code_program(model)
    code = torch.randn(N, program.dim)
    assert_same(program, model.decode_code(code, y), code, y)


@pytest.mark.parametrize("name", MODELS)
@torch.no_grad()
def test_strong_weights_are_drawn_the_same(name):
    model = make(name).eval()
    y, z = torch.arange(N) % K, torch.randn(N, model.style_dim)
    assert_same(style_program(model), model.decode(z, y), z, y)


@pytest.mark.parametrize("is_normed", [False, True], ids=["plain", "normed"])
@pytest.mark.parametrize("shape", [(16, 12, 3), (15, 14, 1), (16, 16, 4)], ids=str)
@torch.no_grad()
def test_a_pretrained_autoencoder_is_drawn_the_same(shape, is_normed):
    sizes = dataclasses.replace(SIZES, is_normed=is_normed)
    m1 = PretrainedM1(shape, PretrainedConfig(5, sizes))
    m1.autoencoder = new_autoencoder(sizes)
    torch.manual_seed(0)
    m1.fit(m1.latents(torch.rand(30, int(np.prod(shape)))))
    means = torch.randn(30, 5)
    model = M1M2(ModelInputs.of(shape, K, FittingOptions(), m1, means), M1M2.Config(3, 16)).eval()
    code, y = torch.randn(N, 5), torch.zeros(N, dtype=torch.long)
    assert_same(code_program(model), model.decode_code(code, y), code, y)


def test_what_no_operation_does_is_not_guessed():
    with pytest.raises(NotTranslated, match="LSTM"):
        layers(torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.LSTM(2, 2)))
