"""The models, one file each. MODELS names those that learn from labels in the live loop."""

from __future__ import annotations

from .base import AbstractModel, Batch, Loss, Phase, check
from .m1m2 import M1M2
from .m2 import M2
from .vae import VAE

MODELS: dict[str, type[AbstractModel]] = {"m1m2": M1M2, "m2": M2}

__all__ = ["M1M2", "M2", "MODELS", "VAE", "AbstractModel", "Batch", "Loss", "Phase", "check"]
