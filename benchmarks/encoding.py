"""How long an image takes from its file to its features, by part: milliseconds an image.

    read       the file of its original, and what it is called by
    decode     the file, to pixels
    prepare    the square that the network sees
    all        the encoder, with its preparing; one thread of torch for each of --threads
    together   what a person waits for: all of it, decoding beside the network, features kept

On a busy machine only the processor's time compares.

The data set is one that ships, or one that was imported, by its name or its folder.

    python -m benchmarks.encoding NAME
    python -m benchmarks.encoding NAME --images 500 --threads 2 --encoder onnx:dino.onnx
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ssvae_core.data import Dataset, load_dataset
from ssvae_core.encoders import FeatureStore, chosen_encoder, encode_all, open_encoder
from ssvae_core.encoders.originals import content_of, decoded, digest
from ssvae_core.encoders.preprocessing import middle_square

from .timing import machine

BATCH, PREPARED_SIDE = 8, 160


def some_of(data: Dataset, n: int) -> Dataset:
    """So many examples of it, spread over all."""
    places = np.linspace(0, len(data) - 1, min(n, len(data))).astype(int)
    originals: Any = None
    if data.originals is not None:
        whole = data.originals

        def originals(index: int) -> tuple[bytes, str] | None:
            return whole(int(places[index]))

    empty = {"answer_key": None, "labels": None, "file_names": None, "factors": None}
    return replace(data, images=data.images[places], originals=originals, identity="", **empty)


def timed(n: int, work: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds for one of n: by the clock, and of the processor."""
    start, start_cpu = time.perf_counter(), time.process_time()
    work()
    return (
        1000 * (time.perf_counter() - start) / n,
        1000 * (time.process_time() - start_cpu) / n,
    )


def main() -> None:
    """Print a row for each part."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("data")
    parser.add_argument("--encoder", default="auto")
    parser.add_argument("--images", type=int, default=200)
    parser.add_argument("--threads", type=int, default=1)
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    data = some_of(load_dataset(asked.data), asked.images)
    encoder, n = open_encoder(chosen_encoder(asked.encoder, data.shape)), len(data)
    places = range(n)
    contents = [content_of(data, index) for index in places]
    images = [decoded(contents[index], data, index) for index in places]
    encoder.encode(images[:BATCH])  # what is set up at the first call is not an image's

    def all_encoded() -> None:
        for start in range(0, n, BATCH):
            encoder.encode(images[start : start + BATCH])

    def all_read() -> None:
        for index in places:
            digest(content_of(data, index), data, index)

    with tempfile.TemporaryDirectory() as folder:
        store = FeatureStore(Path(folder))
        parts = {
            "read": all_read,
            "decode": lambda: [decoded(contents[index], data, index) for index in places],
            "prepare": lambda: [middle_square(image, PREPARED_SIDE) for image in images],
            "all": all_encoded,
            "together": lambda: encode_all(data, encoder, store),
        }
        print(f"{encoder.key}, {n} images of {data.name}, {asked.threads} threads, {machine()}")
        for name, work in parts.items():
            clock, processor = timed(n, work)
            print(f"{name:10} {clock:7.2f} ms an image, {processor:7.2f} of the processor")


if __name__ == "__main__":
    main()
