"""A pretrained autoencoder as the M1 of a data set: every image encoded once, then its components.

Gone through bit by bit, like all training: each `next` does some tenths of a second of work. What
was encoded is kept by content, so that a cancelled or killed run goes on where it was.

Letters in shapes: N examples, D values an example has, V values of an image's latents.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Generator, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..encoders.autoencoder_files import (
    OWN,
    AutoencoderFiles,
    read_autoencoder,
    wanted_autoencoder,
)
from ..encoders.base import Keeper
from ..encoders.feature_store import as_kept
from ..errors import Conflict, NotWritten, UserError
from ..models.abstract_vae import AbstractVAE
from ..models.pretrained_m1 import AT_ONCE, PretrainedConfig, PretrainedM1, digests_of
from ..models.tiny_autoencoder import Architecture
from ..options.options import FittingOptions
from ..training.tensors import as_inputs
from .progress import PretrainingProgress, Watched

# At most, and a third of the images. Redrawn by 512, one in eight is no longer read as its class.
N_COMPONENTS = 1024
N_FITTED = 4000  # images that the components are fitted to
LEAST_IMAGES = 8  # that components can be told from
LARGEST = 6e4  # of latents that are numbers; what is kept has 16 bits
KEEP_EVERY = 512  # images, after which what was encoded is kept

log = logging.getLogger(__name__)
M1Encoding = Generator[PretrainingProgress, None, PretrainedM1]


def suits(key: str, options: FittingOptions, shape: Sequence[int]) -> bool:
    """Whether an M1 of an autoencoder of this key, "" for an own M1, is one that is wanted.

    Where nothing was chosen and no folder is named, or one that cannot be read, either will do.
    """
    folder = wanted_autoencoder(options.autoencoder, shape)
    if not folder:
        return options.autoencoder != OWN or not key
    try:
        return read_autoencoder(Path(folder)).key == key
    except UserError as error:
        log.warning("The M1 stays: %s", error)
        return True


def key_of(m1: AbstractVAE) -> str:
    """The key of the autoencoder that an M1 is made of; "" of one trained on its own images."""
    return m1.config.key if isinstance(m1, PretrainedM1) else ""


def open_autoencoder(folder: Path, shape: tuple[int, ...], n_images: int) -> PretrainedM1:
    """The M1 that it makes, without components yet, for so many images of this shape.

    Raises UserError where the folder holds none, or the images cannot be seen by one.
    """
    files = read_autoencoder(folder)
    if len(shape) != 3 or shape[2] not in (1, 3, 4):
        raise UserError(
            "A pretrained autoencoder sees images in grey or in colours, and the examples here are "
            f"of shape {shape}. Choose autoencoder: own."
        )
    if n_images < LEAST_IMAGES:
        raise UserError(
            f"A pretrained autoencoder as M1 needs {LEAST_IMAGES} images or more, got {n_images}."
        )
    return _of_files(files, shape, min(N_COMPONENTS, max(n_images // 3, 2)), folder)


def _of_files(
    files: AutoencoderFiles, shape: tuple[int, ...], latent_dim: int, folder: Path
) -> PretrainedM1:
    try:
        architecture = Architecture(**files.sizes)
        config = PretrainedConfig(
            latent_dim, architecture, name=files.name, key=files.key, licence=files.licence
        )
        m1 = PretrainedM1(shape, config)
    except (ValueError, RuntimeError) as error:
        raise UserError(f"The autoencoder in {folder} cannot be built: {error}.") from error
    # With 11 bits, as it is kept: what was encoded then stays what it would encode again.
    weights = {n: torch.from_numpy(a).half().float() for n, a in files.weights.items()}
    mine = {name: tuple(tensor.shape) for name, tensor in m1.autoencoder.state_dict().items()}
    theirs = {name: tuple(tensor.shape) for name, tensor in weights.items()}
    for name in sorted(mine.keys() | theirs.keys()):
        if mine.get(name) != theirs.get(name):
            raise UserError(
                f"The autoencoder in {folder} is another than a tiny autoencoder of these sizes: "
                f"for '{name}' {_words(mine.get(name))} was expected, and it holds "
                f"{_words(theirs.get(name))}. Choose a folder of an AutoencoderTiny."
            )
    m1.autoencoder.load_state_dict(weights)
    return m1.eval()


def _words(shape: tuple[int, ...] | None) -> str:
    return "nothing" if shape is None else f"the shape {shape}"


def fitted(m1: PretrainedM1, values: Tensor, store: Keeper | None, seed: int = 0) -> M1Encoding:
    """Encode all examples, (N, D), and take the components of some; returns the M1.

    Raises UserError where what it makes of images is no numbers. What is encoded goes into the
    store, and comes from there.
    """
    key = f"autoencoder-{m1.config.key}-{'x'.join(map(str, m1.shape))}"
    digests = [d for part in values.split(KEEP_EVERY) for d in digests_of(as_inputs(part))]
    latents, is_known = _kept(store, key, digests, len(m1.centre))
    yield from _encoded(m1, values, latents, is_known, digests, key, store)
    last = PretrainingProgress("looking for what the images differ in", None)
    yield last
    order = np.random.default_rng(seed).permutation(len(latents))[:N_FITTED]
    m1.fit(torch.from_numpy(latents[np.sort(order)].astype(np.float32)).to(values.device))
    for start in range(0, len(latents), KEEP_EVERY):
        part = torch.from_numpy(latents[start : start + KEEP_EVERY].astype(np.float32))
        means = m1.means_of(part.to(values.device)).cpu().numpy()
        m1.known.add(digests[start : start + KEEP_EVERY], means)
        yield last
    return m1


def _kept(
    store: Keeper | None, key: str, digests: list[bytes], n: int
) -> tuple[NDArray[np.floating], NDArray[np.bool_]]:
    """Latents (N, V), and which of them are known (N,)."""
    if store is None:
        return np.zeros((len(digests), n), np.float16), np.zeros(len(digests), bool)
    return store.find(key, digests, n)


def _encoded(
    m1: PretrainedM1,
    values: Tensor,
    latents: NDArray[np.floating],
    is_known: NDArray[np.bool_],
    digests: list[bytes],
    key: str,
    store: Keeper | None,
) -> Watched[None]:
    """Fill in the latents that are not known."""
    missing, start, note = np.flatnonzero(~is_known), time.monotonic(), ""
    kept = 0
    for end in range(AT_ONCE, len(missing) + AT_ONCE, AT_ONCE):
        rows = missing[end - AT_ONCE : end]
        if not len(rows):
            break
        with torch.no_grad():
            found = m1.latents(as_inputs(values[torch.from_numpy(rows).to(values.device)]))
        if not bool((found.abs() < LARGEST).all()):  # nor nan
            raise Conflict(
                f"The autoencoder {m1.config.name} gives no numbers for some images. Choose "
                "another, or autoencoder: own."
            )
        latents[rows] = found.float().cpu().numpy()
        done = min(end, len(missing))
        if done - kept >= KEEP_EVERY or done == len(missing):
            note = _keep(store, key, digests, latents, missing[kept:done]) or note
            kept = done
        left = (time.monotonic() - start) * (len(missing) - done) / done
        message = f"the autoencoder sees the images, {len(latents) - len(missing) + done:,} of "
        yield PretrainingProgress(f"{message}{len(latents):,}{note}", left)


def _keep(
    store: Keeper | None,
    key: str,
    digests: list[bytes],
    latents: NDArray[np.floating],
    rows: NDArray[np.intp],
) -> str:
    """Keep those of some images; why not, where that cannot be."""
    if store is None:
        return ""
    try:
        some = as_kept(latents[rows].astype(np.float32))
        store.add(key, [digests[row] for row in rows], some)
    except NotWritten as error:
        return f". {error}"
    return ""
