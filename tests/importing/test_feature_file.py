"""Files of features: read as rows of numbers, and found by name or by order."""

from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ssvae_core.errors import UserError
from ssvae_core.importing.feature_file import read_features
from tests.support.small_files import write

read_here = partial(read_features, is_apart=False)
ROWS = np.random.default_rng(0).normal(size=(6, 5)).astype(np.float32)
FILES = [f"cat/{k}.png" for k in range(6)]


def in_npy(path):
    np.save(path, ROWS.astype(np.float64))
    return path


def in_npz(path):
    np.savez(path, embeddings=ROWS)
    return path


def in_csv(path):
    np.savetxt(path, ROWS, "%.9g", ",", header="a,b,c,d,e", comments="")
    return path


@pytest.mark.parametrize("made", [in_npy, in_npz, in_csv])
def test_rows_without_names_are_those_of_the_images_in_their_order(made, tmp_path):
    found = read_here(made(tmp_path / f"x.{made.__name__[3:]}"))
    assert np.allclose(found.of_examples(FILES, 6), ROWS, rtol=1e-6)
    with pytest.raises(UserError, match="6 rows of features, and there are 7 images"):
        found.of_examples(None, 7)


def test_rows_with_names_are_found_by_them(tmp_path):
    order = [3, 1, 0, 5, 4, 2]
    columns = {"file_name": [FILES[k] for k in order], "embedding": list(ROWS[order])}
    pq.write_table(pa.table(columns), tmp_path / "x.parquet")
    found = read_here(tmp_path / "x.parquet")
    assert np.array_equal(found.of_examples(FILES, 6), ROWS)
    assert np.array_equal(found.of_examples(FILES[2:4], 2), ROWS[2:4])
    with pytest.raises(UserError, match=r"no features of 1 of the 2 images, such as dog/7.png"):
        found.of_examples([FILES[0], "dog/7.png"], 2)


def test_a_file_is_read_in_a_process_of_its_own_unless_told_otherwise(tmp_path):
    assert np.allclose(read_features(in_npy(tmp_path / "x.npy")).rows, ROWS, rtol=1e-6)


def test_numbers_that_could_be_pixels_are_features_here(tmp_path):
    np.save(tmp_path / "x.npy", np.random.default_rng(0).normal(size=(3, 784)))
    assert read_here(tmp_path / "x.npy").rows.shape == (3, 784)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (np.ones((3, 4)), "All rows of x.npy are the same"),
        (np.array([[0, 1], [np.inf, 1]]), r"Row 2 of x.npy is no features: .* not finite"),
        (np.zeros((3, 8, 8, 3), np.uint8), None),
        (np.array([["a", "b"]]), "expected numbers"),
    ],
)
def test_what_is_no_features_is_refused_in_words(rows, said, tmp_path):
    np.save(tmp_path / "x.npy", rows)
    with pytest.raises(UserError, match=said):
        read_here(tmp_path / "x.npy")


def test_an_array_that_holds_code_is_never_run(tmp_path):
    np.save(tmp_path / "x.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(UserError, match=r"x\.npy"):
        read_here(tmp_path / "x.npy")
    with pytest.raises(UserError, match=r"no\.npy"):
        read_here(tmp_path / "no.npy")
    with pytest.raises(UserError, match=r"x\.parquet"):
        read_here(write(tmp_path / "x.parquet", b"PAR1 noise"))
