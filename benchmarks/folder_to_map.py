"""From a folder of photographs to their map by the encoder that ships, part by part, in seconds.

    python -m benchmarks.folder_to_map photographs/train --images 10000

Where the folder has fewer, each comes again as another crop of itself, a file of its own. What a
person waits for before the first map can be labelled is the import and `first map`; the rest goes
on while labels are given. Everything in this process, with as many threads as the app takes.
"""

from __future__ import annotations

import argparse
import itertools
import tempfile
import time
from pathlib import Path

from PIL import Image

from benchmarks.timing import machine
from ssvae_core.atlas.first_map import MapProgress, first_atlas
from ssvae_core.data.library import load_imported
from ssvae_core.encoders import FeatureStore
from ssvae_core.encoders.wanted import wanted_encoder
from ssvae_core.importing.import_data import import_data, import_to_end
from ssvae_core.pretraining.encoding import DatasetEncoding, EncodedSet
from ssvae_core.training.device import use_threads

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")


def copied(folder: Path, to: Path, n: int) -> None:
    """N photographs of a folder in another, each a file with other pixels."""
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
    for place, path in enumerate(itertools.islice(itertools.cycle(files), n)):
        again, target = place // len(files), to / path.parent.name / f"{place}{path.suffix}"
        target.parent.mkdir(parents=True, exist_ok=True)
        if not again:
            target.write_bytes(path.read_bytes())
            continue
        with Image.open(path) as image:
            width, height = image.size
            image.crop((again, again, width - again, height)).save(target)


def main() -> None:
    """Time each part, and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--images", type=int, default=10_000)
    arguments = parser.parse_args()
    use_threads()
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        copied(arguments.folder, root / "photographs", arguments.images)
        began = last = time.perf_counter()

        def lap(what: str) -> None:
            nonlocal last
            now = time.perf_counter()
            print(f"{what:36}{now - last:8.1f} s{now - began:10.1f} s", flush=True)
            last = now

        done = import_to_end(import_data(root / "photographs", root / "data", name="photographs"))
        data = load_imported(done.folder)
        lap(f"import of {len(data):,}")
        *_, atlas = first_atlas(data.images)
        assert not isinstance(atlas, MapProgress)
        lap("first map")
        store, is_encoded = FeatureStore(root / "features"), False
        for event in DatasetEncoding(data, wanted_encoder(data), store, atlas.xy, seed=0):
            if isinstance(event, EncodedSet):
                lap("neighbours and map by the encoder")
            elif event.message.startswith("looking") and not is_encoded:
                lap("encoding, the map gliding")
                is_encoded = True
    print(machine())


if __name__ == "__main__":
    main()
