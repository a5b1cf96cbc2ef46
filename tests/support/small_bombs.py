"""Small files that hold more than is decoded: zeros, packed."""

import gzip
import struct
import zipfile

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.lib import format as npy

MB = 1_000_000
TOO_MANY = 120 * MB  # bytes, a little more than is read of one example
ZEROS = bytes(MB)


def packed_array(path, start, n_bytes, member="x.npy", **others):
    """An .npz with these first bytes of an array, and zeros."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open(member, "w", force_zip64=True) as file:
            file.write(start)
            for _ in range(n_bytes // MB):
                file.write(ZEROS)
        for name, content in others.items():
            archive.writestr(f"{name}.npy", content)
    return path


def header(shape, dtype=np.uint8):
    """What a .npy of this shape begins with."""
    text = f"{{'descr': {np.dtype(dtype).str!r}, 'fortran_order': False, 'shape': {shape}}}"
    length = struct.pack("<H", len(text) + 1)
    return npy.magic(1, 0) + length + text.encode() + b"\n"


def packed_lines(path, start, n_bytes, letter=b"1"):
    """A .gz with these first bytes, and a single letter again and again."""
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(start)
        for _ in range(n_bytes // MB):
            file.write(letter * MB)
    return path


def parquet_of(path, **columns):
    """A packed Parquet file without statistics, which would hold its largest cell again."""
    options = {"compression": "zstd", "use_dictionary": False, "write_statistics": False}
    pq.write_table(pa.table(columns), path, **options)
    return path


def bombs(folder):
    """{file: words of its refusal}."""
    few = np.zeros((4, 8, 8), np.uint8)
    images = header(few.shape) + few.tobytes()
    long_header = npy.magic(2, 0) + struct.pack("<I", TOO_MANY)
    idx = bytes([0, 0, 8, 3]) + struct.pack(">3I", 1, 12_000, 10_000)
    of_labels = packed_array(
        folder / "labels.npz", header((4,), "<U7500000"), TOO_MANY, "y.npy", x=images
    )
    names = packed_array(
        folder / "names.npz", header((TOO_MANY // 4,), "<U1"), TOO_MANY, "class_names.npy", x=images
    )
    many = pa.array([bytes(TOO_MANY)], pa.binary())
    return {
        packed_array(folder / "row.npz", header((1, 12_000, 10_000)), TOO_MANY): "takes 120 MB",
        packed_array(folder / "vector.npz", header((2, TOO_MANY // 2)), TOO_MANY): "numbers",
        packed_array(folder / "header.npz", long_header, TOO_MANY): "its header says",
        of_labels: "too large for labels",
        names: "too large for labels",
        packed_lines(folder / "images.gz", idx, TOO_MANY, b"\0"): "too large",
        packed_lines(folder / "line.csv.gz", b"a,b\n", 2 * 10 * MB): "million characters",
        parquet_of(folder / "cell.parquet", image=many): "takes 120 MB",
        parquet_of(folder / "text.parquet", a=[1.0], b=pa.array(["x" * TOO_MANY])): "takes 120 MB",
        parquet_of(folder / "list.parquet", x=pa.array([np.zeros(TOO_MANY // 4, np.float32)])): (
            "takes 120 MB"
        ),
    }
