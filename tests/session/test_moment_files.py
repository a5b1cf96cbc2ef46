"""A moment's file is read as it was written, and damage to it is an error that says so."""

import json

import numpy as np
import pytest

from ssvae_core.session.moment_files import packed, read_about, read_moment, write_moment
from tests.support.whole_workspace import DAMAGES

ARRAYS = {
    "guesses": np.random.default_rng(0).integers(0, 256, (3, 50), np.uint8),
    "drawings": np.zeros((2, 4, 5, 5, 1), np.uint8),
}


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "moments" / "a.moment"
    write_moment(path, packed({"id": "a", "n_labels": 3}, ARRAYS))
    return path


def read_all(path):
    read_about(path)
    for name in ARRAYS:
        read_moment(path, name)


def test_it_is_read_as_it_was_written(path):
    assert read_about(path)["n_labels"] == 3
    for name, array in ARRAYS.items():
        assert np.array_equal(read_moment(path, name), array)
    with pytest.raises(KeyError):
        read_moment(path, "map")


@pytest.mark.parametrize("damage", [name for name in DAMAGES if name != "unreadable"])
def test_damage_is_told(path, damage):
    DAMAGES[damage](path)
    with pytest.raises((OSError, ValueError)):
        read_all(path)


@pytest.mark.parametrize("place", [-1, -40, 100])
def test_a_single_byte_that_is_another_is_told(path, place):
    content = bytearray(path.read_bytes())
    content[place] ^= 0x55
    path.write_bytes(content)
    with pytest.raises(ValueError):  # noqa: PT011  (of JSON, of zlib, or ours)
        read_all(path)


@pytest.mark.parametrize(
    "arrays",
    [
        [],
        {"guesses": 3},
        {"guesses": [[3, 50], 10**9]},
        {"guesses": [[3, -50], 10]},
        {"guesses": [[1 << 20, 1 << 20], 10]},
        {"guesses": [[True], 10]},
    ],
)
def test_what_it_promises_is_looked_at_first(path, arrays):
    path.write_bytes(json.dumps({"id": "a", "arrays": arrays}).encode() + b"\n" + bytes(400))
    with pytest.raises(ValueError, match=r"it |array"):
        read_moment(path, "guesses")
