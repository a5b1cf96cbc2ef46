"""Values of any range can be seen, in arrays, tables and files; what cannot be seen is said."""

import csv

import numpy as np
import pyarrow as pa
import pytest

from ssvae_core.importing.import_data import Choice, add_later, import_to_end
from tests.support.small_bombs import parquet_of
from tests.support.small_files import encoded, picture, write
from tests.support.small_sources import HERE, idx_bytes, refused, taken_in

RNG = np.random.default_rng(0)
ROWS = RNG.integers(0, 17, (5, 8, 8))
ROWS[:, 0, 0], ROWS[:, 0, 1] = 0, 16


def as_npy(path, values):
    np.save(path.with_suffix(".npy"), values)
    return path.with_suffix(".npy")


def as_npz(path, values):
    np.savez_compressed(path.with_suffix(".npz"), x=values)
    return path.with_suffix(".npz")


def as_csv(path, values):
    with path.with_suffix(".csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["label", *(f"pixel{n}" for n in range(64))])
        writer.writerows([["a", *row.ravel().tolist()] for row in values])
    return path.with_suffix(".csv")


def as_parquet(path, values):
    columns = {f"pixel{n}": pa.array(values.reshape(len(values), 64)[:, n]) for n in range(64)}
    return parquet_of(path.with_suffix(".parquet"), **columns)


def as_idx(path, values):
    codes = {"u1": 0x08, "i4": 0x0C, "f4": 0x0D}
    code = codes[values.dtype.str[1:]]
    return write(path, idx_bytes(values.astype(values.dtype.newbyteorder(">")), code))


WRITERS = [as_npy, as_npz, as_csv, as_parquet]
RANGES = {
    "digits": (ROWS.astype(np.uint8), (0, 16)),
    "digits in int64": (ROWS, (0, 16)),
    "digits in floats": (ROWS.astype(float), (0, 16)),
    "ones": ((ROWS > 7).astype(np.uint8), (0, 1)),
    "ones in int64": ((ROWS > 7).astype(np.int64), (0, 1)),
    "shares": (ROWS / 16, (0, 1)),
    "shares in float32": ((ROWS / 16).astype(np.float32), (0, 1)),
    "both signs": (ROWS / 8 - 1, (-1, 1)),
    "bytes": (RNG.integers(0, 256, (5, 8, 8)).astype(np.uint8), (0, 255)),
    "bytes in floats": (RNG.integers(0, 256, (5, 8, 8)).astype(float), (0, 255)),
    "12 bits": (ROWS * 255, (0, 4095)),
}


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("kind", RANGES)
def test_values_of_any_range_are_seen_and_no_row_is_lost(kind, writer, tmp_path, root):
    values, (low, high) = RANGES[kind]
    data, report = taken_in(writer(tmp_path / "x", values), root)
    assert (report.policy["low"], report.policy["high"]) == (low, high)
    expected = (values.astype(float) - low) * (255 / (high - low))
    assert np.abs(data.images[..., 0] - expected).max() <= 0.51
    assert report.warnings() == []


@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.float32])
def test_idx_is_scaled_as_well(dtype, tmp_path, root):
    data, _ = taken_in(as_idx(tmp_path / "x", ROWS.astype(dtype)), root)
    assert np.abs(data.images[..., 0] - ROWS * (255 / 16)).max() <= 0.51


def test_the_largest_value_is_found_wherever_it_lies(tmp_path, root):
    values = np.stack([picture(seed, 8, 8) // 100 for seed in range(700)]).astype(np.uint16)
    values[699, 3, 3] = 900
    _, report = taken_in(as_npy(tmp_path / "x", values), root)
    assert report.policy["high"] == 1023
    assert "clipped" not in report.facts


def test_the_range_is_shown_and_can_be_chosen(tmp_path, root):
    path = as_npy(tmp_path / "x", ROWS.astype(np.uint8))
    _, report = taken_in(path, root)
    (option,) = [option for option in report.reading if option["name"] == "values"]
    assert option["value"] == "0 to 16"
    assert "0 to 255" in dict(option["options"])
    for words, brightest in (("0 to 255", 16), ("0 to 32", 128), ("0 to 8", 255)):
        choice = Choice(n_processes=0, reading={"values": words})
        data, report = taken_in(path, root, choice, words)
        assert data.images.max() == brightest
        assert ("clipped" in report.facts) == (words == "0 to 8")
    assert "two numbers" in refused(path, tmp_path / "other", Choice(reading={"values": "dark"}))


def test_a_range_can_be_chosen_only_where_there_is_one(tmp_path, root):
    write(tmp_path / "in" / "a.png", encoded(picture(1)))
    choice = Choice(n_processes=0, reading={"values": "0 to 1"})
    assert "'values' is nothing to choose" in refused(tmp_path / "in", root, choice)


def test_what_is_added_later_is_on_the_scale_of_what_was_there(tmp_path, root):
    taken_in(as_npy(tmp_path / "x", ROWS.astype(np.uint8)), root)
    more = np.full((1, 8, 8), 4, np.uint8)
    more[0, 0, 0] = 16
    (first,) = root.iterdir()
    added = import_to_end(add_later(as_npy(tmp_path / "y", more), root, to=first.name, choice=HERE))
    pixels = np.load(added.folder / "examples.npy")
    assert pixels[-1, 0, 0, 0] == 255
    assert pixels[-1, 1, 1, 0] == 64


@pytest.mark.parametrize(
    ("value", "words"),
    [(0, "black all over"), (2, "black all over"), (90, "of one colour all over")],
)
def test_images_in_which_nothing_can_be_seen_are_a_warning(value, words, tmp_path, root):
    """Masks of class numbers, say: every file is black to the eye."""
    for k in range(3):
        values = np.full((8, 8), value, np.uint8)
        values[0, k] = value + 1
        write(tmp_path / "in" / f"{k}.png", encoded(values))
    _, report = taken_in(tmp_path / "in", root)
    (warning,) = report.warnings()
    assert warning.startswith(f"3 of 3 look {words}.")
    assert report.to_json()["warnings"] == [warning]


def test_a_few_such_images_are_said_without_a_warning(tmp_path, root):
    for k in range(3):
        write(tmp_path / "in" / f"{k}.png", encoded(picture(k)))
    write(tmp_path / "in" / "black.png", encoded(np.zeros((12, 12), np.uint8)))
    _, report = taken_in(tmp_path / "in", root)
    assert report.warnings() == []
    assert "1 of 4 look black all over." in report.sentences()
