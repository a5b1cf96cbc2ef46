"""Options with which a command of the command line takes moments; see cli/conftest.py."""

import numpy as np

from ssvae_core.encoders import open_encoder

QUICK = ["--data", "small", "--set", "hidden_dim=32", "--set", "latent_dim=3"]
STEPS = ["--budget", "600", "--steps", "60"]  # the same result at any load of the machine


def seen(images):
    """What the network that ships sees of small grey images, beside the model: (N, F)."""
    return open_encoder("efficientnet-lite0").encode(list(images)).astype(np.float16)


def laid_otherwise(images):
    """The digits black on white, larger, and in a corner: (N, 8, 8, 1) -> (N, 20, 20, 1)."""
    large = np.zeros((len(images), 20, 20, 1), np.uint8)
    large[:, 2:18, 1:17] = images.repeat(2, 1).repeat(2, 2)
    return 255 - large
