"""An image autoencoder's weights in a folder of the person's: what `models.pretrained_m1` draws by.

Read as diffusers' AutoencoderTiny writes them (config.json and one file of safetensors), or as
their authors publish them (two files, of the encoder and of the decoder). Nothing is unpickled.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load

from ..errors import UserError
from . import AUTO, is_photograph
from .preprocessing import read_json

OWN = "own"  # the choice of no pretrained autoencoder
VARIABLE = "SSVAE_AUTOENCODER"  # of the environment: the folder of the one that `auto` takes
MOST_BYTES = 400_000_000  # of weights; a tiny one has 5 to 20 MB
MOST_WIDE, MOST_BLOCKS, MOST_STAGES = 1024, 32, 6  # channels, blocks of a stage, stages
LONGEST_LICENCE = 20_000  # characters
WIDTHS = {
    "encoder_widths": "encoder_block_out_channels",
    "decoder_widths": "decoder_block_out_channels",
}
BLOCKS = {"encoder_blocks": "num_encoder_blocks", "decoder_blocks": "num_decoder_blocks"}
EXPECTED = (
    "Give a folder as AutoencoderTiny.save_pretrained of diffusers writes it (config.json and "
    "diffusion_pytorch_model.safetensors), or one with encoder.safetensors and "
    "decoder.safetensors as TAESD is published."
)

Weights = dict[str, NDArray[Any]]


@dataclass(frozen=True, eq=False)
class AutoencoderFiles:
    """What a folder holds."""

    name: str  # of the folder
    key: str  # of the content of the files
    licence: str  # the words of a LICENSE in it, "" without one
    sizes: dict[str, Any]  # fields of an Architecture, as far as the folder tells
    weights: Weights  # "encoder.3.conv.0.weight" and so on


def wanted_autoencoder(choice: str, shape: Sequence[int]) -> str:
    """The folder of the autoencoder that is an M1 for examples of this shape; "" for an own M1.

    "auto" takes that of the environment's SSVAE_AUTOENCODER, for photographs.
    """
    if choice == AUTO:
        return os.environ.get(VARIABLE, "") if is_photograph(shape) else ""
    return "" if choice == OWN else choice


def read_autoencoder(folder: Path) -> AutoencoderFiles:
    """Its weights. Raises UserError where it holds none that can be read."""
    files = sorted(folder.glob("*.safetensors")) if folder.is_dir() else []
    if not files:
        there = "is no folder" if not folder.is_dir() else "has no weights as safetensors"
        raise UserError(f"{folder} {there}. {EXPECTED}")
    if sum(file.stat().st_size for file in files) > MOST_BYTES:
        raise UserError(
            f"{folder} holds more than {MOST_BYTES / 1e6:,.0f} MB of weights: no tiny autoencoder. "
            f"{EXPECTED}"
        )
    content = hashlib.sha256()
    parts = [_part(file, content) for file in files]
    config = folder / "config.json"
    if config.exists():
        sizes, weights = _of_diffusers(folder, read_json(config), parts)
    else:
        sizes, weights = _of_authors(folder, files, parts)
    sizes |= {"is_normed": any(".pool." in name for name in weights)}
    content.update(repr(sorted(sizes.items())).encode())
    return AutoencoderFiles(folder.name, content.hexdigest()[:16], _licence(folder), sizes, weights)


def _part(file: Path, content: Any) -> Weights:
    """The tensors of a file, whose bytes go into `content`."""
    try:
        data = file.read_bytes()
        found = load(data)
    except (OSError, SafetensorError, ValueError, KeyError, TypeError) as error:
        raise UserError(f"{file} cannot be read: {error}. {EXPECTED}") from error
    for name, tensor in found.items():
        if tensor.dtype.kind != "f" or not np.isfinite(tensor).all():
            raise UserError(
                f"{file} holds '{name}', which is no finite numbers. Get the weights anew."
            )
    content.update(data)
    return found


def _of_diffusers(
    folder: Path, config: Mapping[str, Any], parts: list[Weights]
) -> tuple[dict[str, Any], Weights]:
    """Of AutoencoderTiny: sizes by its config, and the weights in one file."""
    kind = config.get("_class_name", "AutoencoderTiny")
    if kind != "AutoencoderTiny":
        raise UserError(f"{folder} holds a {kind}, and an AutoencoderTiny was expected. {EXPECTED}")
    fixed = {
        **{"act_fn": "relu", "upsample_fn": "nearest", "upsampling_scaling_factor": 2},
        **{"in_channels": 3, "out_channels": 3},
    }
    for name, expected in fixed.items():
        if config.get(name, expected) != expected:
            raise UserError(
                f"{folder / 'config.json'} says {name} {config[name]!r}, and {expected!r} was "
                "expected. Choose another autoencoder."
            )
    sizes: dict[str, Any] = {}
    limits = [("latent_channels", "latent_channels", MOST_WIDE)]
    limits += [(ours, theirs, MOST_WIDE) for ours, theirs in WIDTHS.items()]
    limits += [(ours, theirs, MOST_BLOCKS) for ours, theirs in BLOCKS.items()]
    for ours, theirs, most in limits:
        if theirs in config:
            sizes[ours] = _size(folder, theirs, config[theirs], most, ours != "latent_channels")
    joined = {name: tensor for part in parts for name, tensor in part.items()}
    return sizes, {name.replace(".layers.", ".", 1): joined[name] for name in joined}


def _size(folder: Path, name: str, value: Any, most: int, is_list: bool) -> Any:
    """A whole number from 1 to `most`, or a list of a few."""
    values = value if is_list else [value]
    is_good = isinstance(values, list) and 1 <= len(values) <= MOST_STAGES
    if not is_good or not all(type(each) is int and 1 <= each <= most for each in values):
        raise UserError(
            f"{folder / 'config.json'} says {name} {value!r}; expected "
            f"{f'1 to {MOST_STAGES} whole numbers' if is_list else 'a whole number'} "
            f"from 1 to {most}. {EXPECTED}"
        )
    return tuple(values) if is_list else value


def _of_authors(
    folder: Path, files: list[Path], parts: list[Weights]
) -> tuple[dict[str, Any], Weights]:
    """Of two files, whose layers are numbered; the decoder's first squashes and has no weights."""
    weights: Weights = {}
    for part in ("encoder", "decoder"):
        named = [found for file, found in zip(files, parts, strict=True) if part in file.stem]
        if len(named) != 1:
            raise UserError(
                f"{folder} has {len(named)} files named after the {part}, and one was expected. "
                f"{EXPECTED}"
            )
        for name, tensor in named[0].items():
            number, _, rest = name.partition(".")
            if not re.fullmatch(r"\d{1,3}", number):
                raise UserError(
                    f"The {part} in {folder} has a tensor '{name}', which is no numbered layer. "
                    f"{EXPECTED}"
                )
            weights[f"{part}.{int(number) - (part == 'decoder')}.{rest}"] = tensor
    first = weights.get("decoder.0.weight")
    if first is None or first.ndim != 4:
        raise UserError(f"The decoder in {folder} has no first convolution. {EXPECTED}")
    return {"latent_channels": int(first.shape[1])}, weights


def _licence(folder: Path) -> str:
    for file in sorted(folder.glob("LICEN[CS]E*")):
        try:
            return file.read_text("utf-8", "replace")[:LONGEST_LICENCE]
        except OSError:
            continue
    return ""
