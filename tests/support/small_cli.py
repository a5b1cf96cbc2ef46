"""Options with which a command of the command line takes moments; see cli/conftest.py."""

import numpy as np

from ssvae_core.encoders import open_encoder

QUICK = ["--data", "small", "--set", "hidden_dim=32", "--set", "latent_dim=3"]
STEPS = ["--budget", "600", "--steps", "60"]  # the same result at any load of the machine


def seen(images):
    """What the network that ships sees of small grey images, beside the model: (N, F)."""
    return open_encoder("efficientnet-lite0").encode(list(images)).astype(np.float16)
