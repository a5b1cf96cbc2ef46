"""What importers are given, and what they make of it."""

import csv
import json
import struct
import zipfile

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ssvae_core.data import load_dataset
from ssvae_core.errors import UserError
from ssvae_core.importing.import_data import Choice, import_data, import_to_end
from tests.support.small_files import encoded, picture, write

HERE = Choice(n_processes=0)
N = 12
PICTURES = np.stack([picture(seed, 8, 8) for seed in range(N)])
KEY = np.arange(N) % 3
NAMES = ("ape", "bee", "cat")


def in_folder(folder):
    for k, label in enumerate(KEY):
        write(folder / NAMES[label] / f"{k:02}.png", encoded(PICTURES[k]))
    return folder


def in_zip(folder):
    path = folder / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for k, label in enumerate(KEY):
            archive.writestr(f"top/{NAMES[label]}/{k:02}.png", encoded(PICTURES[k]))
    return path


def idx_bytes(values, code=0x08):
    return (
        bytes([0, 0, code, values.ndim])
        + struct.pack(f">{values.ndim}I", *values.shape)
        + (values.tobytes())
    )


def in_csv_of_paths(folder):
    in_folder(folder / "files")
    path = folder / "x.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file_name", "label"])
        for k, label in enumerate(KEY):
            writer.writerow([f"files/{NAMES[label]}/{k:02}.png", NAMES[label]])
    return path


def in_parquet_of_bytes(folder):
    path = folder / "x.parquet"
    images = [{"bytes": encoded(each), "path": f"{k:02}.png"} for k, each in enumerate(PICTURES)]
    notes = {"info": {"features": {"label": {"names": list(NAMES), "_type": "ClassLabel"}}}}
    table = pa.table({"image": images, "label": KEY})
    pq.write_table(table.replace_schema_metadata({"huggingface": json.dumps(notes)}), path)
    return path


def taken_in(where, root, choice=HERE, name="x"):
    imported = import_to_end(import_data(where, root, name=name, choice=choice))
    return load_dataset(imported.id, root), imported.report


def refused(where, root, choice=HERE):
    with pytest.raises(UserError) as caught:
        taken_in(where, root, choice)
    assert not root.exists() or list(root.iterdir()) == []
    return str(caught.value)
