"""An M1 of either kind on disk: trained on these images, or a pretrained autoencoder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from ..models import VAE, ModelInputs
from ..models.abstract_vae import AbstractVAE
from ..models.pretrained_m1 import DIGEST, PretrainedConfig, PretrainedM1
from ..models.vae import VAEConfig
from ..options.options import FittingOptions

AUTOENCODER = "autoencoder."  # what the names of a pretrained M1's networks begin with
KNOWN = "known."  # and those of the images that it has encoded

SavedArrays = Mapping[str, NDArray[Any]]


def weights_of(module: nn.Module) -> dict[str, NDArray[Any]]:
    """Its weights as they are kept on disk; what counts batches stays there."""
    return {
        name: tensor.detach().cpu().half().numpy()
        for name, tensor in module.state_dict().items()
        if tensor.is_floating_point()
    }


def give_weights(module: nn.Module, weights: SavedArrays) -> None:
    """Load what weights_of gave. Raises RuntimeError if they are of other networks."""
    found = {name: torch.from_numpy(array).float() for name, array in weights.items()}
    counts = {name: n for name, n in module.state_dict().items() if not n.is_floating_point()}
    module.load_state_dict(counts | found)


def m1_manifest(m1: AbstractVAE) -> dict[str, Any]:
    """How it was made, as JSON."""
    return {"config": asdict(m1.config), "choices": asdict(m1.options)}


def m1_arrays(m1: AbstractVAE) -> dict[str, NDArray[Any]]:
    """What is kept of it: weights with 11 bits, and of a pretrained one what it has encoded.

    The networks of a pretrained one came so; its components are kept whole, to suit that.
    """
    arrays = weights_of(m1)
    if isinstance(m1, PretrainedM1):
        whole = {name: tensor.cpu().numpy() for name, tensor in m1.named_parameters()}
        arrays |= {name: array for name, array in whole.items() if AUTOENCODER not in name}
        arrays |= known_arrays(m1)
    return arrays


def known_arrays(m1: AbstractVAE | None) -> dict[str, NDArray[Any]]:
    """The images that a pretrained M1 has encoded, and what came of it; nothing of another M1."""
    if not isinstance(m1, PretrainedM1) or not m1.known.rows:
        return {}
    digests = np.frombuffer(b"".join(m1.known.rows), np.uint8).reshape(-1, DIGEST)
    means = np.stack(list(m1.known.rows.values()))
    return {f"{KNOWN}digests": digests, f"{KNOWN}means": means}


def made_m1(
    shape: tuple[int, ...], config: Mapping[str, Any], choices: Mapping[str, Any]
) -> AbstractVAE:
    """An M1 as one was made, without what it has learned.

    Raises KeyError, TypeError or ValueError where the config is of none.
    """
    if is_of_pretrained(config):
        return PretrainedM1(shape, PretrainedConfig.of(dict(config)))
    options = FittingOptions(**choices)
    return VAE(ModelInputs.of(shape, 1, options), VAEConfig(**config))


def give_m1(m1: AbstractVAE, arrays: SavedArrays) -> None:
    """Load what m1_arrays gave. Raises RuntimeError, ValueError or KeyError for another's."""
    known = {n.removeprefix(KNOWN): a for n, a in arrays.items() if n.startswith(KNOWN)}
    give_weights(m1, {name: a for name, a in arrays.items() if not name.startswith(KNOWN)})
    if isinstance(m1, PretrainedM1) and known:
        digests, means = known["digests"], known["means"]
        if digests.shape != (len(means), DIGEST) or means.shape[1] != m1.latent_dim:
            raise ValueError("what was encoded does not fit its digests")
        m1.known.add((row.tobytes() for row in digests), means)


def is_of_pretrained(config: Mapping[str, Any]) -> bool:
    """Whether a saved config is that of a pretrained M1."""
    return "architecture" in config
