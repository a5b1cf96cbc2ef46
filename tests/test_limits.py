"""What is decoded at most, and a process that is held to it."""

import gzip
import io
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pytest

from ssvae_core import limits
from ssvae_core.errors import TooLarge
from ssvae_core.labels.label_files import labels_in_order, read_labels
from ssvae_core.system import environment
from tests.support.small_bombs import MB, packed_lines, parquet_of

HELD = """
from ssvae_core.limits import confine
confine(400_000_000)
try:
    bytearray(500_000_000)
except MemoryError:
    print("held")
"""


def test_a_process_that_wants_more_than_it_is_given_gets_a_memory_error():
    found = subprocess.run(
        [sys.executable, "-c", HELD], env=environment(), capture_output=True, text=True, check=True
    )
    assert found.stdout == "held\n"


def test_what_unpacks_to_many_times_its_size_is_refused():
    limits.check_unpacked("x.npz", 47 * MB, 100_000)  # MNIST, nearly empty
    limits.check_unpacked("x.npy", 10_000 * MB, 10_000 * MB)
    with pytest.raises(TooLarge, match="more than 200 times"):
        limits.check_unpacked("x.npz", 3_900 * MB, 854_000)


@pytest.mark.parametrize("value", [b"{},", b"[],", b'"",', b'{"a":1},', b"0.5,"])
def test_json_is_refused_before_it_takes_much_memory(value):
    """By however many objects; a file of labels of ordinary length is far from it."""
    few = io.BytesIO(b"[" + value * 1000 + b"0]")
    limits.check_json(few, "few.json")
    assert few.tell() == 0
    with pytest.raises(TooLarge, match="CSV or JSON Lines"):
        limits.check_json(io.BytesIO(b"[" + value * 8_000_000 + b"0]"), "many.json")


def test_what_is_kept_of_a_text_is_bounded():
    assert limits.cut("a" * 1024) == "a" * 1024
    assert limits.cut("a" * 5000) == "a" * 1023 + "…"


@pytest.fixture
def strict(monkeypatch):
    """Labels of a thousandth of what is allowed, so that the files are small."""
    for name in ("MOST_LABELS", "MOST_JSON", "MOST_JSON_LINE"):
        monkeypatch.setattr(limits, name, getattr(limits, name) // 1000)


def many_labels(folder):
    """A small file of each kind with more labels than are read, or longer ones."""
    pairs = b"".join(b"%d.png,cat\n" % n for n in range(3000))
    lines = b"".join(b'{"file": "%d.png", "label": "cat"}\n' % n for n in range(3000))
    files = {
        "rows.csv.gz": gzip.compress(b"file,label\n" + pairs),
        "rows.jsonl": lines,
        "packed.jsonl": gzip.compress(lines),
        "line.jsonl": b'{"file": "' + b"a" * 10_000 + b'", "label": "cat"}\n',
        "list.json": b"[" + lines.replace(b"\n", b",") + b"{}]",
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
    names = [f"{n}.png" for n in range(3000)]
    parquet_of(folder / "rows.parquet", file=names, label=["cat"] * 3000)
    return [*files, "rows.parquet"]


def test_labels_that_would_fill_the_memory_are_refused_in_words(tmp_path, strict):
    for name in many_labels(tmp_path):
        with pytest.raises(TooLarge, match=name):
            read_labels(tmp_path / name)
    packed_lines(tmp_path / "list.txt.gz", b"", MB, b"cat\n")
    with pytest.raises(TooLarge, match=r"list\.txt\.gz"):
        labels_in_order(tmp_path / "list.txt.gz")


def test_a_parquet_cell_of_labels_is_not_decoded_if_it_is_large(tmp_path):
    cell = pa.array(["x" * 120 * MB])
    path = parquet_of(tmp_path / "cell.parquet", file=cell, label=["cat"])
    with pytest.raises(TooLarge, match="takes 120 MB"):
        read_labels(path)


def test_labels_of_ordinary_files_are_read(tmp_path):
    names = [f"{n}.png" for n in range(5000)]
    path = parquet_of(tmp_path / "a.parquet", file=names, label=np.arange(5000) % 3)
    assert len(read_labels(path).rows) == 5000
