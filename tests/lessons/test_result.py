import json

import numpy as np
import pytest

from ssvae_core.errors import Conflict
from ssvae_core.lessons.result import Finding, bars, lines, pictures, read, scatter, write


@pytest.fixture
def finding():
    draws = np.random.default_rng(0)
    return Finding(
        2.0,
        "2 of 8 used",
        "It kept two. Others are gone.",
        {"bound": -120.5},
        {"used": 2},
        [
            scatter("places", draws.normal(size=(5, 2)), np.arange(5), ("z1", "z2")),
            bars("nats", [1.0, 0.5], ["z1", "z2"]),
            lines("error", [1, 2], {"a": [0.5, 0.25]}, ("labels", "error")),
            pictures("new", draws.integers(0, 255, (1, 2, 4, 4, 1)).astype(np.uint8)),
        ],
        700,
        12_000,
    )


def same(one, other):
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other)
    return one == other


def test_what_is_written_is_read_again(finding, tmp_path):
    write(finding, tmp_path / "lesson" / "0.1-8")
    again = read(tmp_path / "lesson" / "0.1-8")
    assert vars(again).keys() == vars(finding).keys()
    assert again.words == finding.words
    assert again.terms == finding.terms
    assert all(same(one, other) for one, other in zip(finding.figures, again.figures, strict=True))


def test_the_same_is_written_as_the_same_bytes(finding, tmp_path):
    for name in "ab":
        write(finding, tmp_path / name)
    for end in (".json", ".npz"):
        assert (tmp_path / f"a{end}").read_bytes() == (tmp_path / f"b{end}").read_bytes()


@pytest.mark.parametrize("end", [".json", ".npz"])
@pytest.mark.parametrize("damage", [b"", b"{", None])
def test_damage_is_told(finding, tmp_path, end, damage):
    write(finding, tmp_path / "8")
    if damage is None:
        (tmp_path / f"8{end}").unlink()
    else:
        (tmp_path / f"8{end}").write_bytes(damage)
    with pytest.raises(Conflict, match="state 8 of a lesson cannot be read"):
        read(tmp_path / "8")


def test_arrays_are_never_unpickled(finding, tmp_path):
    write(finding, tmp_path / "8")
    told = json.loads((tmp_path / "8.json").read_text())
    told["figures"][0]["xy"] = {"$array": "odd"}
    (tmp_path / "8.json").write_text(json.dumps(told))
    np.savez(tmp_path / "8.npz", odd=np.array([{}], object), allow_pickle=True)
    with pytest.raises(Conflict):
        read(tmp_path / "8")
