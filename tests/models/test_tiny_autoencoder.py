"""The networks of a tiny autoencoder, layer by layer, against a second computation."""

import torch
import torch.nn.functional as F

from ssvae_core.models.tiny_autoencoder import Architecture, TinyAutoencoder
from tests.support.small_autoencoder import new_autoencoder

NORMED = Architecture(
    latent_channels=3,
    encoder_widths=(8, 8),
    encoder_blocks=(1, 2),
    decoder_widths=(8, 8),
    decoder_blocks=(2, 1),
    is_normed=True,
)


def block(w, name, x):
    """Written out: what the norms add, then three convolutions beside the shortcut."""
    if f"{name}.pool.0.weight" in w:
        wide = F.conv2d(x, w[f"{name}.pool.0.weight"])
        groups = wide.reshape(len(x), 4, -1)
        wide = (groups - groups.mean(-1, keepdim=True)) / (
            groups.var(-1, correction=0, keepdim=True) + 1e-5
        ).sqrt()
        wide = wide.reshape(len(x), -1, *x.shape[2:])
        wide = wide * w[f"{name}.pool.1.weight"][:, None, None]
        wide = wide + w[f"{name}.pool.1.bias"][:, None, None]
        x = x + F.conv2d(F.relu(wide), w[f"{name}.pool.3.weight"])
    y = x
    for place in (0, 2, 4):
        y = F.conv2d(y, w[f"{name}.conv.{place}.weight"], w[f"{name}.conv.{place}.bias"], 1, 1)
        y = F.relu(y) if place < 4 else y
    return F.relu(x + y)


def test_it_encodes_as_its_layers_written_out():
    model, x = new_autoencoder(NORMED), torch.rand(2, 3, 8, 8)
    w = model.state_dict()
    y = F.conv2d(x, w["encoder.0.weight"], w["encoder.0.bias"], 1, 1)
    y = block(w, "encoder.1", y)
    y = F.conv2d(y, w["encoder.2.weight"], None, 2, 1)
    y = block(w, "encoder.4", block(w, "encoder.3", y))
    y = F.conv2d(y, w["encoder.5.weight"], w["encoder.5.bias"], 1, 1)
    assert torch.allclose(model.encode(x), y, atol=1e-5)
    assert y.shape == (2, 3, 4, 4)


def test_it_decodes_as_its_layers_written_out():
    model, v = new_autoencoder(NORMED), 4 * torch.randn(2, 3, 4, 4)
    w = model.state_dict()
    y = 3 * torch.tanh(v / 3)
    y = F.relu(F.conv2d(y, w["decoder.0.weight"], w["decoder.0.bias"], 1, 1))
    y = block(w, "decoder.3", block(w, "decoder.2", y))
    y = y.repeat_interleave(2, 2).repeat_interleave(2, 3)
    y = block(w, "decoder.6", F.conv2d(y, w["decoder.5.weight"], None, 1, 1))
    y = F.conv2d(y, w["decoder.7.weight"], w["decoder.7.bias"], 1, 1)
    assert torch.allclose(model.decode(v), y, atol=1e-5)
    assert y.shape == (2, 3, 8, 8)


def test_the_usual_sizes_are_those_that_are_published():
    names = TinyAutoencoder(Architecture(latent_channels=32, is_normed=True)).state_dict()
    assert names["encoder.14.weight"].shape == (32, 64, 3, 3)
    assert names["encoder.11.pool.0.weight"].shape == (256, 64, 1, 1)
    assert names["decoder.2.pool.3.weight"].shape == (64, 256, 1, 1)
    assert names["decoder.18.weight"].shape == (3, 64, 3, 3)
    n = sum(tensor.numel() for tensor in names.values())
    assert 2.6e6 < n < 2.8e6
