"""IDX files of every type, and bad ones."""

import gzip
import struct

import numpy as np
import pytest

from tests.support.small_files import write
from tests.support.small_sources import KEY, PICTURES, idx_bytes, refused, taken_in


@pytest.mark.parametrize("is_packed", [False, True])
@pytest.mark.parametrize(
    ("code", "dtype"), [(0x08, "u1"), (0x0B, ">i2"), (0x0C, ">i4"), (0x0D, ">f4"), (0x0E, ">f8")]
)
def test_idx_of_every_type_comes_in(is_packed, code, dtype, tmp_path, root):
    values = PICTURES.copy()
    values[:, 0, :2] = (0, 255)
    raw = idx_bytes((values / 255 if "f" in dtype else values).astype(dtype), code)
    path = write(tmp_path / "some", gzip.compress(raw) if is_packed else raw)
    data, _ = taken_in(path, root)
    assert np.array_equal(data.images[..., 0], values)


def test_bad_idx_files_are_refused_in_words(tmp_path, root):
    whole = idx_bytes(PICTURES)
    for name, content, words in [
        ("cut", whole[:-5], "copied whole"),
        ("cut.gz", gzip.compress(whole)[:-30], "damaged"),
        ("short.gz", gzip.compress(whole[:-5]), "ends in the middle"),
        ("labels", idx_bytes(KEY.astype(np.uint8)), "Import the file of the images"),
        ("large", bytes([0, 0, 8, 3]) + struct.pack(">3I", 2, 2**31, 2**31), "too large"),
        ("none", bytes([0, 0, 8, 3]) + struct.pack(">3I", 0, 8, 8), "is empty"),
    ]:
        assert words in refused(write(tmp_path / "in" / name, content), root), name
    write(tmp_path / "a-images-idx3-ubyte", whole)
    write(tmp_path / "a-labels-idx1-ubyte", idx_bytes(KEY[:-2].astype(np.uint8)))
    assert "labels of shape (10,)" in refused(tmp_path / "a-images-idx3-ubyte", root)
