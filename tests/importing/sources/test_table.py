"""Tables of paths, features and pixels, and bad ones."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ssvae_core.errors import UserError
from ssvae_core.importing.import_data import Choice
from tests.support.small_files import encoded, picture, write
from tests.support.small_sources import (
    KEY,
    NAMES,
    PICTURES,
    N,
    in_csv_of_paths,
    in_parquet_of_bytes,
    refused,
    taken_in,
)


def table_of_features(path, suffix):
    values = np.random.default_rng(1).normal(size=(N, 3)).astype(np.float32)
    columns = {"a": values[:, 0], "b": values[:, 1], "c": values[:, 2]}
    table = pa.table(
        {"id": [f"cell {k}" for k in range(N)], **columns, "species": np.array(NAMES)[KEY]}
    )
    if suffix == "parquet":
        pq.write_table(table, path)
    else:
        frame = table.to_pandas()
        frame.to_csv(path, index=False, sep="\t" if "tsv" in suffix else ";")
    return values


@pytest.mark.parametrize("suffix", ["csv", "tsv", "csv.gz", "parquet"])
def test_tables_of_features_are_vectors(suffix, tmp_path, root):
    values = table_of_features(tmp_path / f"x.{suffix}", suffix)
    data, _ = taken_in(tmp_path / f"x.{suffix}", root)
    assert np.allclose(data.images, values, rtol=1e-6)
    assert data.class_names == NAMES
    assert data.answer_key.tolist() == KEY.tolist()
    assert list(data.file_names) == [f"cell {k}" for k in range(N)]


def test_a_column_of_lists_is_vectors(tmp_path, root):
    values = np.random.default_rng(2).normal(size=(N, 5)).astype(np.float32)
    pq.write_table(pa.table({"n": KEY, "embedding": list(values)}), tmp_path / "x.parquet")
    data, _ = taken_in(tmp_path / "x.parquet", root)
    assert np.array_equal(data.images, values)


def test_columns_of_pixels_are_images(tmp_path, root):
    """As Kaggle writes MNIST."""
    head = ["label", *(f"pixel{k}" for k in range(64))]
    rows = np.column_stack([KEY, PICTURES.reshape(N, -1)])
    np.savetxt(tmp_path / "x.csv", rows, "%d", ",", header=",".join(head), comments="")
    data, _ = taken_in(tmp_path / "x.csv", root)
    assert np.array_equal(data.images[..., 0], PICTURES)
    assert data.answer_key.tolist() == KEY.tolist()


def test_bad_rows_are_skipped_with_their_lines(tmp_path, root):
    lines = ["a,b,label", "1,2,x", "3,,x", "4,word,y", "5,6", "7,8,y,9", "", '9,"10",z', "inf,1,x"]
    (tmp_path / "x.csv").write_text("\n".join(lines))
    data, report = taken_in(tmp_path / "x.csv", root)
    assert data.images.tolist() == [[1, 2], [3, 6], [9, 10]]  # what is missing: their median
    assert report.skipped["bad-row"].n == 4
    assert ("line 5", "2 cells; 3 were expected") in report.skipped["bad-row"].files


def test_files_that_a_table_names_are_missed_and_refused_in_words(tmp_path, root):
    path = in_csv_of_paths(tmp_path / "in")
    secret = write(tmp_path / "secret.png", encoded(picture(55)))
    with path.open("a") as file:
        file.write(f"files/nowhere.png,ape\n,ape\n{secret},ape\n../secret.png,ape\nfiles,ape\n")
    data, report = taken_in(path, root, Choice(within=(path.parent,), n_processes=0))
    assert len(data) == N
    assert report.skipped["missing"].n == 1
    assert report.skipped["bad-row"].n == 1
    assert report.skipped["no-permission"].n == 2
    assert report.skipped["not-image"].n == 1
    _, report = taken_in(path, root, name="free")
    assert report.taken == N + 1  # on the command line a path is a path; twice the same


def test_bad_tables_are_refused_in_words(tmp_path, root):
    for name, content, words in [
        ("empty.csv", b"", "is empty"),
        ("head.csv", b"a,b\n", "has no rows"),
        ("words.csv", b"a,b,c\nx,y,z\np,q,r\n", "no column of images"),
        ("noise.parquet", b"PAR1 noise", "cannot be read"),
        ("noise.csv.gz", b"\x1f\x8bnoise", "cannot be read"),
    ]:
        assert words in refused(write(tmp_path / "in" / name, content), root), name
    path = in_parquet_of_bytes(tmp_path / "in")
    content = bytearray(path.read_bytes())
    content[200:400] = bytes(200)
    path.write_bytes(content)
    with pytest.raises(UserError):  # as a whole: its pages are no longer to be trusted
        taken_in(path, root)
