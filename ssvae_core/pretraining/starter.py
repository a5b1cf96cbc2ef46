"""The starter: an M1 and the atlas of its latents, ready before the first label.

One ships for MNIST (`make starter` makes it); "Train from scratch" makes one for a session.
"""

from __future__ import annotations

import json
import logging
import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..atlas.atlas import Atlas, medoids
from ..atlas.graph_clusters import atlas_by_clusters
from ..atlas.graphs import (
    CONTRASTIVE,
    LEADING,
    M1_LATENTS,
    PIXELS,
    NamedGraph,
    load_graphs,
    save_graphs,
)
from ..atlas.layout import Map
from ..atlas.starter_folders import manifest_of
from ..data import Dataset
from ..errors import Conflict, UserError
from ..models import VAE, ModelInputs, components_of, m1_config, made
from ..models.abstract_vae import AbstractVAE
from ..models.contrastive import N_FEATURES
from ..models.m1 import ACTIVE_VARIANCE
from ..models.networks import ImageEncoder, new_image_encoder
from ..models.vae import VAEConfig
from ..options.options import AUTO, FittingOptions
from ..storage.bundles import MANIFEST, read_bundle, write_bundle
from ..storage.paths import ATLAS, IMAGE_ENCODER, M1
from ..training.chunks import Chunked, in_chunks
from ..training.device import autocast
from ..training.seeding import seeded
from ..training.tensors import as_inputs
from .autoencoder import key_of, suits
from .encoded_features import EncodedFeatures
from .saved_m1 import give_m1, give_weights, m1_arrays, m1_manifest, made_m1, weights_of

OF_NO_ENCODER = (PIXELS, M1_LATENTS, CONTRASTIVE)  # graphs that stay, whatever encoder is chosen

log = logging.getLogger(__name__)


@dataclass
class Starter:
    """A trained M1, its atlas, and for images the encoder that a classifier begins with."""

    m1: AbstractVAE
    atlas: Atlas  # of the graph that leads
    is_trained: bool = True  # or is its M1 as new
    active: Tensor | None = None  # (Z,) which of its latents vary, once that was asked
    image_encoder: ImageEncoder | None = None  # learned on these images
    leading: str = ""  # the name of the atlas's graph; "" in files that tell none
    # All that are known, the leading one too; first the one to trust before there are labels.
    graphs: list[NamedGraph] = field(default_factory=list)
    features: EncodedFeatures | None = None  # by a pretrained encoder, for models and probe
    beside: EncodedFeatures | None = None  # the same, for the probe alone
    # (N, A) all examples where the graph of this name compares them, once that was asked.
    places: dict[str, Tensor] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        if not self.leading:
            learned = CONTRASTIVE if self.image_encoder is not None else M1_LATENTS
            self.leading = learned if self.is_trained else PIXELS
        near = self.atlas.neighbours, self.atlas.distances
        if self.leading not in (each.name for each in self.graphs):
            self.graphs = [NamedGraph(self.leading, *near), *self.graphs]
        self.graphs = [
            NamedGraph(each.name, *near, each.clustered) if each.name == self.leading else each
            for each in self.graphs
        ]

    @property
    def fingerprint(self) -> str:
        """Of what a model on it sees: other features, another image encoder or M1 have another."""
        learned = CONTRASTIVE if self.image_encoder is not None else M1_LATENTS
        sees = learned if self.is_trained else PIXELS
        if self.features is not None:
            sees = self.features.encoder
        known = {graph.name: graph for graph in self.graphs}
        return known.get(sees, known[self.leading]).fingerprint + key_of(self.m1)

    def led_by(self, graph: str, xy: Map, seed: int = 0) -> Starter:
        """The same with the map (N, 2) of this one of its graphs."""
        of = next(each for each in self.graphs if each.name == graph)
        near = of.neighbours, of.distances
        if graph in OF_NO_ENCODER:
            atlas = Atlas(xy, *near, medoids(xy, seed=seed))
        else:
            atlas = atlas_by_clusters(xy, *near, seed)
        return replace(self, atlas=atlas, leading=graph)

    def teaches_as(self, other: Starter) -> bool:
        """Whether a model learns the same on both, so that they differ in the map at most."""
        mine, its = (
            (each.m1, each.is_trained, each.image_encoder, each.features, each.beside)
            for each in (self, other)
        )
        graphs = ({graph.name: graph.fingerprint for graph in on.graphs} for on in (self, other))
        return mine == its and next(graphs) == next(graphs)

    def with_map_of(self, folder: Path) -> Starter:
        """The same with the map that lies there, and with the graphs there that it lacks.

        Raises UserError where there is none, or a damaged one.
        """
        there = _map_in(folder)
        names = [graph.name for graph in there["graphs"]] + [there["leading"]]
        others = [graph for graph in self.graphs if graph.name not in names]
        return replace(self, **{**there, "graphs": [*there["graphs"], *others]})

    def encoded(self, features: EncodedFeatures, graph: NamedGraph, atlas: Atlas) -> Starter:
        """The same led by the graph of these features; that of another encoder is gone."""
        graphs = [graph, *(each for each in self.graphs if each.name in OF_NO_ENCODER)]
        led: dict[str, Any] = {"atlas": atlas, "leading": graph.name, "graphs": graphs}
        return replace(self, features=features, beside=None, **led)

    def with_beside(self, features: EncodedFeatures, graph: NamedGraph) -> Starter:
        """The same with these features for the probe alone, and their graph as the last one."""
        graphs = [*(each for each in self.graphs if each.name != graph.name), graph]
        return replace(self, graphs=graphs, beside=features)

    @property
    def probed(self) -> EncodedFeatures | None:
        """What a linear probe reads."""
        return self.features or self.beside

    def save(self, folder: Path, manifest: dict[str, Any]) -> None:
        """Write all but the features as bundles; weights keep 11 bits."""
        write_bundle(folder / M1, m1_arrays(self.m1), {**manifest, **m1_manifest(self.m1)})
        self.save_beside(folder, manifest)

    def save_beside(self, folder: Path, manifest: dict[str, Any]) -> None:
        """Write what there is beside the M1, which lies there."""
        if self.image_encoder is not None:
            write_bundle(folder / IMAGE_ENCODER, weights_of(self.image_encoder), manifest)
        else:
            shutil.rmtree(folder / IMAGE_ENCODER, ignore_errors=True)  # of an M1 from before
        self.save_map(folder, manifest)

    def save_map(self, folder: Path, manifest: dict[str, Any]) -> None:
        """Write the graphs and the atlas, and leave the M1 that lies there."""
        if len(self.graphs) > 1:  # one alone is the atlas's
            save_graphs(folder, self.graphs, manifest)
        self.atlas.save(folder / ATLAS, {**manifest, LEADING: self.leading})

    @property
    def draws(self) -> bool:
        """Whether its M1 redraws examples: it is trained, or began in their components."""
        return self.is_trained or self.m1.draws_untrained

    def to(self, device: torch.device) -> Starter:
        """Itself, with its networks on this device."""
        self.m1.to(device)
        if self.image_encoder is not None:
            self.image_encoder.to(device)
        return self

    def is_as(self, options: FittingOptions, shape: tuple[int, ...]) -> bool:
        """Whether these choices would make such an M1."""
        return _suits(key_of(self.m1), self.m1.options, options, shape)

    @classmethod
    def open(
        cls,
        folder: Path,
        shape: tuple[int, ...],
        seed: int = 0,
        options: FittingOptions = AUTO,
        values: Tensor | None = None,
    ) -> Starter:
        """The same; with a new M1 where there is none that was made with these choices.

        Of the examples, (N, D), where they are given. Raises UserError as load does.
        """
        if has_m1(folder, shape, options):
            try:
                return cls.load(folder, shape)
            except UserError as error:
                log.warning("A new M1 is learned: %s", error)
        with seeded(torch.device("cpu"), seed):
            m1 = new_m1(shape, options=options, values=values)
        return cls(m1, is_trained=False, **_map_in(folder))

    @classmethod
    def load(cls, folder: Path, shape: tuple[int, ...]) -> Starter:
        """Read a starter for examples of this shape. Raises UserError if missing or damaged."""
        weights, manifest = read_bundle(folder / M1)
        try:
            m1 = made_m1(shape, manifest["config"], manifest.get("choices", {}))
            give_m1(m1, weights)
        except (KeyError, TypeError, ValueError, RuntimeError) as error:
            raise Conflict(f"{folder / M1} holds no M1 that can be read: {error}.") from error
        image_encoder = None
        if (folder / IMAGE_ENCODER).exists():
            try:
                image_encoder = new_image_encoder(shape, N_FEATURES)
                give_weights(image_encoder, read_bundle(folder / IMAGE_ENCODER)[0])
            except (UserError, RuntimeError, TypeError) as error:
                log.warning("The image encoder is left out: %s", error)
                image_encoder = None
        return cls(m1, image_encoder=image_encoder, **_map_in(folder))


def _map_in(folder: Path) -> dict[str, Any]:
    """Fields of a Starter: the atlas in a folder, its name, and the graphs beside it.

    Raises UserError if there is no atlas, or it is damaged.
    """
    atlas, manifest = Atlas.load(folder / ATLAS), manifest_of(folder)
    graphs = load_graphs(folder, str(manifest.get("fingerprint")), len(atlas.xy))
    return {"atlas": atlas, "leading": str(manifest.get(LEADING, "")), "graphs": graphs}


def new_m1(
    shape: tuple[int, ...],
    config: VAEConfig | None = None,
    options: FittingOptions = AUTO,
    values: Tensor | None = None,
) -> VAE:
    """An untrained M1 for examples of this shape, of the size that suits it if none is given.

    With the examples themselves, (N, D), it begins in their components where it stands on some, and
    is no worse than those.
    """
    inputs = ModelInputs.of(shape, 1, options)
    if values is not None and options.in_components(shape):
        inputs = replace(inputs, components=components_of(values))
    return made(VAE, inputs, config or m1_config(shape, options))


def has_m1(folder: Path, shape: tuple[int, ...], options: FittingOptions) -> bool:
    """Whether a starter's M1 is there, and as these choices make one."""
    try:
        manifest = json.loads((folder / M1 / MANIFEST).read_text())
        key = manifest["config"].get("key", "")  # of a pretrained autoencoder
        made_with = FittingOptions(**manifest.get("choices", {}))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return (folder / M1).is_dir()  # damaged: to load it says so
    return _suits(key, made_with, options, shape)


def _suits(
    key: str, made_with: FittingOptions, options: FittingOptions, shape: tuple[int, ...]
) -> bool:
    """Whether an M1 is one that these choices would make; all sizes of a pretrained one are its."""
    return suits(key, options, shape) and (bool(key) or options.made_alike(made_with, shape))


def latent_means(m1: AbstractVAE, pixels: Tensor) -> Chunked[Tensor]:
    """Means of q(z|x) of all examples: (N, D) -> (N, Z)."""
    means = []
    for part in in_chunks(pixels):
        with torch.no_grad(), autocast(pixels.device):
            means.append(m1.q_z(as_inputs(part))[0])
        yield
    return torch.cat(means)


def latents_to_standardise_by(m1: AbstractVAE, pixels: Tensor) -> Chunked[Tensor]:
    """Latent means of as many examples as are enough for that: (N, D) -> (n, Z)."""
    return latent_means(m1, pixels[:: max(len(pixels) // 10_000, 1)])


def active_latents(z_mean: Tensor) -> NDArray[np.float32]:
    """The latents that vary over the data: (N, Z) -> (N, A). The others only add noise."""
    latents: NDArray[np.float32] = z_mean[:, is_active(z_mean)].cpu().numpy()
    return latents


def is_active(z_mean: Tensor) -> Tensor:
    """Which latents vary over the data: (N, Z) -> (Z,)."""
    return z_mean.var(0, correction=0) > ACTIVE_VARIANCE


def starter_fits(folder: Path, data: Dataset) -> bool:
    """Whether this folder holds a starter for these very images."""
    return manifest_of(folder).get("fingerprint") == data.fingerprint
