"""`make starter`: train the M1 that ships in assets/, map its latents, pretrain the encoder."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator

import torch

from ..atlas.atlas import Atlas, medoids, nearest_neighbours
from ..atlas.layout import fit_to_frame, umap_map
from ..atlas.starter_folders import shipped_folder
from ..data import SOURCES, Dataset, load_dataset
from ..training.chunks import run_to_end
from ..training.device import choose_device, device_title, use_threads
from ..training.optimisation import train
from .batches import BATCH_SIZE, UnlabelledBatches
from .contrastive import STEPS, with_image_encoder
from .starter import Starter, active_latents, latent_means, new_m1


def main() -> None:
    """Parse the command line and make the starter; progress goes to standard error."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", choices=SOURCES, default="mnist")
    parser.add_argument("--epochs", type=int, default=60, help="passes over the images")
    parser.add_argument("--steps", type=int, default=STEPS, help="of contrastive pretraining")
    parser.add_argument("--only-encoder", action="store_true", help="the M1 and the map stay")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="auto", help="auto, cuda, mps or cpu")
    arguments = parser.parse_args()
    use_threads()
    data, device = load_dataset(arguments.data), choose_device(arguments.device)
    folder, seed = shipped_folder(data.name), arguments.seed
    manifest = {
        "data": data.name,
        "fingerprint": data.fingerprint,
        "steps": arguments.steps,
        "seed": seed,
        "device": device_title(device),
        "torch": torch.__version__,
        "made_by": "make starter",
    }
    if arguments.only_encoder:
        starter = Starter.load(folder, data.shape).to(device)
    else:
        starter = last_of(make_starter(data, epochs=arguments.epochs, device=device, seed=seed))
        manifest |= {"epochs": arguments.epochs, "beta": starter.m1.beta}
    starter = last_of(with_image_encoder(starter, data, steps=arguments.steps, seed=seed))
    save = starter.save_beside if arguments.only_encoder else starter.save
    save(folder, manifest)


def make_starter(
    data: Dataset, *, epochs: int, device: torch.device, seed: int = 0
) -> Iterator[str | Starter]:
    """Train an M1 and map its latents with UMAP; yields lines of progress, then the Starter.

    It has no image encoder yet.
    """
    torch.manual_seed(seed)
    pixels = torch.from_numpy(data.images).flatten(1).to(device)
    m1 = new_m1(data.shape).to(device)
    batches = UnlabelledBatches(pixels, BATCH_SIZE, torch.Generator().manual_seed(seed))
    start, last = time.monotonic(), epochs // 5
    for part, rate in ((epochs - last, 1e-3), (last, 2e-4)):
        for end in train(m1, batches, epochs=part, learning_rate=rate, device=device):
            terms = ", ".join(f"{name} {value:.1f}" for name, value in end.terms.items())
            yield f"epoch {end.epoch} of {part}, {time.monotonic() - start:.0f} s: {terms}"
    latents = active_latents(run_to_end(latent_means(m1, pixels)))
    yield f"{latents.shape[1]} active latents; looking for neighbours"
    neighbours, distances = nearest_neighbours(latents)
    yield "drawing the map"
    xy = fit_to_frame(umap_map(latents, seed))
    atlas = Atlas(xy, neighbours, distances, medoids(xy, seed=seed))
    yield Starter(m1, atlas)


def last_of(work: Iterator[str | Starter]) -> Starter:
    """The starter that comes of this work, whose progress is told."""
    for event in work:
        if isinstance(event, Starter):
            return event
        print(event, file=sys.stderr, flush=True)
    raise AssertionError("no starter came of it")


if __name__ == "__main__":
    main()
