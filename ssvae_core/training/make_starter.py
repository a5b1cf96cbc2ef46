"""`make starter`: train the M1 that ships in assets/, and map its latents."""

from __future__ import annotations

import argparse
import sys

import torch

from ..data import ASSETS, SOURCES, load_dataset
from .device import choose_device, device_title, use_threads
from .starter import Starter, make_starter


def main() -> None:
    """Parse the command line and make the starter; progress goes to standard error."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", choices=SOURCES, default="mnist")
    parser.add_argument("--epochs", type=int, default=60, help="passes over the images")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="auto", help="auto, cuda, mps or cpu")
    arguments = parser.parse_args()
    use_threads()
    data, device = load_dataset(arguments.data), choose_device(arguments.device)
    for event in make_starter(data, epochs=arguments.epochs, device=device, seed=arguments.seed):
        if not isinstance(event, Starter):
            print(event, file=sys.stderr, flush=True)
            continue
        manifest = {
            "data": data.name,
            "fingerprint": data.fingerprint,
            "epochs": arguments.epochs,
            "seed": arguments.seed,
            "beta": event.m1.beta,
            "device": device_title(device),
            "torch": torch.__version__,
            "made_by": "make starter",
        }
        event.save(ASSETS / "starter" / data.name, manifest)


if __name__ == "__main__":
    main()
