"""A pretrained autoencoder becomes the M1 of a session, while the session goes on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..atlas.atlas import N_NEIGHBOURS
from ..atlas.graphs import M1_LATENTS, NamedGraph
from ..pretraining.autoencoder import fitted, key_of, open_autoencoder
from ..pretraining.clusters import clustered_ratio
from ..pretraining.m1 import NothingFound
from ..pretraining.progress import PretrainingProgress, neighbours_of, watched
from ..pretraining.starter import Starter, active_latents, latent_means
from .m1_training import homes_of, keep_in
from .pretraining_jobs import StaysAsItWas
from .state import TrainerState

SOON_SEEN = 6000  # images, at most, that an autoencoder has seen within two or three minutes


class AutoencoderM1:
    """All images through one, and what is to be drawn stands on it; its graph comes beside others.

    Where there is a pretrained encoder, the model has its features to learn from: it goes first
    where so many images are to be seen that it would wait for minutes. Of fewer it would learn all
    anew soon after, and where labels go on coming the autoencoder's turn would never come.
    """

    title = "opening the autoencoder"
    kept = "The M1 from before is back."
    takes_turns = False
    first_map = None

    def __init__(self, state: TrainerState, folder: Path):
        """Of the autoencoder in this folder."""
        self._state, self._autoencoder, self.map_before = state, folder, state.atlas.xy
        is_led = state.starter.features is not None
        self.gives_way = is_led and len(state.data) > SOON_SEEN
        self._homes = homes_of(state)

    def __iter__(self) -> Iterator[PretrainingProgress | Starter]:
        """Encode; the starter there is, with this M1 and its graph beside the others.

        Raises StaysAsItWas where it is the M1 already.
        """
        state, old = self._state, self._state.starter
        yield PretrainingProgress(self.title, None)
        m1 = open_autoencoder(self._autoencoder, state.data.shape, len(state.data))
        if old.is_trained and key_of(old.m1) == m1.config.key:
            raise StaysAsItWas(
                f"The M1 is the pretrained autoencoder {m1.config.name}, which does not learn. To "
                "train one on these images, choose autoencoder: own."
            )
        on = state.pixels, state.store, state.seed
        m1 = yield from fitted(m1.to(state.device), *on)
        last = PretrainingProgress("looking at all images once more", None)
        latents = active_latents((yield from watched(latent_means(m1, state.pixels), last)))
        if not latents.shape[1]:
            raise NothingFound("The autoencoder found nothing in which the images differ.")
        near = yield from neighbours_of(latents, N_NEIGHBOURS)
        ratio = yield from watched(clustered_ratio(latents, state.seed), last)
        others = [graph for graph in old.graphs if graph.name != M1_LATENTS]
        graphs = [*others, NamedGraph(M1_LATENTS, *near, ratio)]
        names = [graph.name for graph in others]
        leads = graphs[names.index(old.leading) if old.leading in names else 0]
        atlas = replace(old.atlas, neighbours=leads.neighbours, distances=leads.distances)
        led: dict[str, Any] = {"atlas": atlas, "leading": leads.name, "graphs": graphs}
        new = replace(old, m1=m1, is_trained=True, active=None, **led)
        yield (yield from state.in_order(new))

    def keep(self, starter: Starter) -> None:
        """Write the starter as the session's own, and the first of these images for all."""
        keep_in(self._homes, starter, self._state)

    def save(self) -> None:
        """Nothing: the store keeps what is encoded."""

    def forget(self) -> None:
        """Nothing: what is encoded stays true."""
