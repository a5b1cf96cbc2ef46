"""An M1 of either kind on disk and back."""

import json

import numpy as np
import pytest
import torch

from ssvae_core.models import VAE
from ssvae_core.models.pretrained_m1 import PretrainedM1
from ssvae_core.options.options import FittingOptions
from ssvae_core.pretraining.autoencoder import fitted, open_autoencoder
from ssvae_core.pretraining.saved_m1 import give_m1, m1_arrays, m1_manifest, made_m1
from ssvae_core.pretraining.starter import new_m1
from ssvae_core.training.chunks import run_to_end
from ssvae_core.training.tensors import as_inputs
from tests.support.small_autoencoder import as_diffusers, colours

SHAPE = (16, 16, 3)


@pytest.fixture
def values():
    return torch.from_numpy(colours().images).flatten(1)


@pytest.fixture
def pretrained(tmp_path, values):
    return run_to_end(
        fitted(open_autoencoder(as_diffusers(tmp_path / "a"), SHAPE, 60), values, None)
    )


def back(m1):
    """The same after JSON and arrays."""
    manifest = json.loads(json.dumps(m1_manifest(m1)))
    made = made_m1(SHAPE, manifest["config"], manifest["choices"])
    give_m1(made, m1_arrays(m1))
    return made


def test_a_pretrained_one_knows_its_images_and_draws_the_same(pretrained, values, monkeypatch):
    x = as_inputs(values)
    again, z = back(pretrained), torch.randn(3, pretrained.latent_dim)
    assert again.config == pretrained.config
    assert torch.equal(again.decode(z), pretrained.decode(z))
    new = torch.rand(2, 768)
    assert torch.equal(again.q_z(new)[0], pretrained.q_z(new)[0])
    assert torch.equal(again.q_z(new)[1], pretrained.q_z(new)[1])
    monkeypatch.setattr(PretrainedM1, "latents", lambda m1, x: pytest.fail("it knows them"))
    assert torch.equal(again.q_z(x)[0], pretrained.q_z(x)[0])


def test_one_of_its_own_images_comes_back_with_11_bits():
    m1 = new_m1(SHAPE, VAE.Config(latent_dim=3, hidden_dim=16), FittingOptions(networks="mlp"))
    again, x = back(m1), torch.rand(2, 768)
    assert isinstance(again, VAE)
    assert torch.allclose(again.q_z(x)[0], m1.q_z(x)[0], atol=0.01)


def test_arrays_that_do_not_belong_together_are_refused(pretrained):
    arrays = m1_arrays(pretrained)
    made = made_m1(SHAPE, m1_manifest(pretrained)["config"], {})
    with pytest.raises(ValueError, match="does not fit its digests"):
        give_m1(made, {**arrays, "known.digests": np.zeros((2, 16), np.uint8)})
    with pytest.raises(RuntimeError):
        give_m1(made, {**arrays, "loadings": arrays["loadings"][:, :2]})
    with pytest.raises((TypeError, KeyError)):
        made_m1(SHAPE, {"architecture": {"depth": 3}}, {})
