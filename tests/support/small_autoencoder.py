"""Tiny autoencoders in folders, as diffusers writes them and as their authors publish them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

from ssvae_core.data import Dataset
from ssvae_core.models.tiny_autoencoder import Architecture, TinyAutoencoder

SIZES = Architecture(
    latent_channels=4,
    encoder_widths=(8, 8, 8),
    encoder_blocks=(1, 1, 1),
    decoder_widths=(8, 8, 8),
    decoder_blocks=(1, 1, 1),
)
CONFIG = {
    "_class_name": "AutoencoderTiny",
    "latent_channels": 4,
    "encoder_block_out_channels": [8, 8, 8],
    "decoder_block_out_channels": [8, 8, 8],
    "num_encoder_blocks": [1, 1, 1],
    "num_decoder_blocks": [1, 1, 1],
}
LICENCE = "MIT License\n\nCopyright (c) 2026 A. Author\n"


def new_autoencoder(sizes: Architecture = SIZES, seed: int = 0) -> TinyAutoencoder:
    """One with weights drawn by the seed, in halves as they are kept."""
    with torch.random.fork_rng([]):
        torch.manual_seed(seed)
        made = TinyAutoencoder(sizes)
    for parameter in made.parameters():
        parameter.data = parameter.data.half().float()
    return made.requires_grad_(False)


def as_diffusers(folder: Path, seed: int = 0, **config: object) -> Path:
    """The folder that AutoencoderTiny.save_pretrained writes."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps({**CONFIG, **config}))
    weights = new_autoencoder(seed=seed).state_dict()
    named = {n.replace("coder.", "coder.layers.", 1): t.contiguous() for n, t in weights.items()}
    save_file(named, folder / "diffusion_pytorch_model.safetensors")
    (folder / "LICENSE").write_text(LICENCE)
    return folder


def as_published(folder: Path, sizes: Architecture, seed: int = 0) -> Path:
    """Two files whose layers are numbered; the decoder's first has no weights."""
    folder.mkdir(parents=True, exist_ok=True)
    weights = new_autoencoder(sizes, seed).state_dict()
    for part, ahead in (("encoder", 0), ("decoder", 1)):
        named = {}
        for name, tensor in weights.items():
            if name.startswith(part):
                number, _, rest = name.removeprefix(f"{part}.").partition(".")
                named[f"{int(number) + ahead}.{rest}"] = tensor.half().contiguous()
        save_file(named, folder / f"tiny_{part}.safetensors")
    return folder


def colours(n: int = 60, side: int = 16, n_channels: int = 3) -> Dataset:
    """Smooth colour images of two classes: a bright spot to the left, or to the right."""
    random = np.random.default_rng(0)
    rows, columns = np.mgrid[:side, :side] / side
    answers = np.arange(n) % 2
    images = np.empty((n, side, side, n_channels))
    for image, answer in zip(images, answers, strict=True):
        x, y = 0.25 + 0.5 * answer + random.normal(0, 0.05), random.uniform(0.3, 0.7)
        spot = np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / 0.05)
        image[:] = spot[..., None] * random.uniform(0.4, 1, n_channels)
    return Dataset(
        name="spots",
        title="Spots",
        images=(images * 255).astype(np.uint8),
        class_names=("left", "right"),
        answer_key=answers.astype(np.int64),
    )
