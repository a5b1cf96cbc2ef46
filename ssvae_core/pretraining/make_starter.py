"""`make starter`: train the M1 that ships in assets/, map its latents, and teach it to see."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator

import torch

from ..data import ASSETS, SOURCES, load_dataset
from ..training.device import choose_device, device_title, use_threads
from .contrastive import STEPS, with_image_encoder
from .starter import Starter, make_starter


def main() -> None:
    """Parse the command line and make the starter; progress goes to standard error."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", options=SOURCES, default="mnist")
    parser.add_argument("--epochs", type=int, default=60, help="passes over the images")
    parser.add_argument("--steps", type=int, default=STEPS, help="of learning to see")
    parser.add_argument("--only-encoder", action="store_true", help="the M1 and the map stay")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="auto", help="auto, cuda, mps or cpu")
    arguments = parser.parse_args()
    use_threads()
    data, device = load_dataset(arguments.data), choose_device(arguments.device)
    folder, seed = ASSETS / "starter" / data.name, arguments.seed
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


def last_of(work: Iterator[str | Starter]) -> Starter:
    """The starter that comes of this work, whose progress is told."""
    for event in work:
        if isinstance(event, Starter):
            return event
        print(event, file=sys.stderr, flush=True)
    raise AssertionError("no starter came of it")


if __name__ == "__main__":
    main()
