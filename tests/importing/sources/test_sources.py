"""What every importer must do: give back what was put in, and say in words what it cannot."""

import gzip

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ssvae_core.data.import_report import Skipped
from ssvae_core.errors import UserError
from ssvae_core.importing.items import Item
from ssvae_core.importing.sources import IMPORTERS, open_source
from tests.support.small_cells import in_h5ad, small_cells
from tests.support.small_files import write
from tests.support.small_sources import (
    KEY,
    NAMES,
    PICTURES,
    N,
    idx_bytes,
    in_csv_of_paths,
    in_folder,
    in_parquet_of_bytes,
    in_zip,
    taken_in,
)


def in_npz(folder):
    path = folder / "x.npz"
    np.savez_compressed(path, images=PICTURES, labels=np.array(NAMES)[KEY])
    return path


def in_idx(folder):
    path = write(folder / "train-images-idx3-ubyte.gz", gzip.compress(idx_bytes(PICTURES)))
    write(folder / "train-labels-idx1-ubyte", idx_bytes(KEY.astype(np.uint8)))
    return path


def in_hugging_face(folder):
    return f"hf:{in_folder(folder / 'hf' / 'train').parent}"


MAKERS = {
    "folder": in_folder,
    "zip": in_zip,
    "arrays": in_npz,
    "idx": in_idx,
    "table": in_csv_of_paths,
    "hugging-face": in_hugging_face,
}


OF_NUMBERS = {"h5ad": lambda folder: in_h5ad(folder / "x.h5ad", small_cells(N))}


def test_every_importer_is_tried_here():
    assert {*MAKERS, *OF_NUMBERS} == {*IMPORTERS}  # what comes out of these: test_h5ad.py


@pytest.mark.parametrize("kind", [*MAKERS, "parquet"])
def test_what_is_put_in_comes_out(kind, tmp_path, root):
    make = {**MAKERS, "parquet": in_parquet_of_bytes}[kind]
    where = make(tmp_path / "in") if (tmp_path / "in").mkdir() is None else None
    source = open_source(where)
    assert type(source) is IMPORTERS["table" if kind == "parquet" else kind]
    data, report = taken_in(where, root)
    assert report.taken == len(data) == N
    assert report.skipped == {}
    assert data.shape == (8, 8, 1)
    names = {"0": "ape", "1": "bee", "2": "cat"} if kind == "idx" else {n: n for n in NAMES}
    assert tuple(names[name] for name in data.class_names) == NAMES
    found = dict(zip(map(np.ndarray.tobytes, data.images), data.answer_key, strict=True))
    assert found == dict(zip(map(np.ndarray.tobytes, PICTURES), KEY, strict=True))
    assert len(set(data.file_names)) == N


@pytest.mark.parametrize("kind", [*MAKERS, *OF_NUMBERS])
def test_a_source_gives_the_same_items_when_asked_again(kind, tmp_path):
    (tmp_path / "in").mkdir()
    source = open_source({**MAKERS, **OF_NUMBERS}[kind](tmp_path / "in"))

    def names():
        return [(item.name, item.class_name) for item in source.items()]

    assert names() == names()
    assert source.count() in (None, N)


def test_what_is_nothing_to_import_is_said(tmp_path):
    with pytest.raises(UserError, match=r"There is no /nowhere"):
        open_source("/nowhere/at all")
    write(tmp_path / "x.docx", b"hello")
    with pytest.raises(
        UserError, match=r"x.docx is nothing that can be imported. Expected a folder"
    ):
        open_source(tmp_path / "x.docx")
    with pytest.raises(UserError, match="cannot be read"):
        open_source("a\0b")


@settings(max_examples=50, deadline=None)
@given(
    st.binary(max_size=300), st.sampled_from(["csv", "npy", "npz", "parquet", "zip", "idx", "h5ad"])
)
def test_noise_is_refused_in_words_whatever_it_is_called(tmp_path_factory, content, suffix):
    folder = tmp_path_factory.mktemp("noise")
    path = write(folder / f"x.{suffix}", content)
    try:
        items = list(open_source(path).items())
    except UserError:
        return
    assert all(isinstance(item, Item | Skipped) for item in items)
