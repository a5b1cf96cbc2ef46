"""An imported data set as it lies on disk, and what its files are called.

manifest.json   what it is: format, sha256, counts, classes, policy, where it came from
examples.npy    (N, H, W, C) uint8 or (N, D) float32
classes.npy     (N,) int16, -1 for none
digests.npy     (N, 16) uint8, of the originals' pixels: finds duplicates
sizes.npy       (N, 2) int32, height and width of the originals; earlier versions kept none
names.*         file names, a pack
columns.npy     (N, F) float32, what rows of numbers were called and held; see columns.py
loadings.npy    (D + 1, F) float32, what leads from examples to columns that are others
features.npy    (N, F) float32, that came with the images; absent where none did
domains.npy     (N,) int16, places in the manifest's domain_names, -1 for none; absent without
texts.*         the texts whose embedding the examples are, a pack; absent where they are none
text-encoder.safetensors  what was learned from the texts, where that encodes them
originals.*     larger originals at up to 256 pixels, a pack; empty where there is none
report.json     what the import took and left out
test-*          the same of the M examples of the test part, where there is one
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ..storage.whole import write_whole

FORMAT = 1
MANIFEST, REPORT = "manifest.json", "report.json"
EXAMPLES, CLASSES, DIGESTS = "examples.npy", "classes.npy", "digests.npy"
SIZES, FEATURES, DOMAINS = "sizes.npy", "features.npy", "domains.npy"
NAMES, ORIGINALS = "names", "originals"
TEXTS, TEXT_ENCODER = "texts", "text-encoder.safetensors"
TEST = "test-"  # before the names of the test part's files
PREFIX, DELETED, LOCK = ".importing-", ".deleted-", "lock"


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write it whole or not at all."""
    write_whole(path, json.dumps(content, indent=1))


def mime_of(preview: bytes) -> str:
    """Of a kept original."""
    return "image/png" if preview.startswith(b"\x89PNG") else "image/jpeg"
