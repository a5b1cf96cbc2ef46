"""Every source gives back what was put in it, and damage to it becomes a sentence."""

import csv
import gzip
import json
import struct
import zipfile

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_files import bad_files, encoded, picture, write

from ssvae_core.data import load_dataset
from ssvae_core.data.import_report import Skipped
from ssvae_core.errors import UserError
from ssvae_core.importing.importing import Choice, import_data, import_to_end
from ssvae_core.importing.items import Item, class_of, natural, shown
from ssvae_core.importing.sources import IMPORTERS, open_source
from ssvae_core.importing.sources.layout import label_text

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


def in_npz(folder):
    path = folder / "x.npz"
    np.savez_compressed(path, images=PICTURES, labels=np.array(NAMES)[KEY])
    return path


def idx_bytes(values, code=0x08):
    return (
        bytes([0, 0, code, values.ndim])
        + struct.pack(f">{values.ndim}I", *values.shape)
        + (values.tobytes())
    )


def in_idx(folder):
    path = write(folder / "train-images-idx3-ubyte.gz", gzip.compress(idx_bytes(PICTURES)))
    write(folder / "train-labels-idx1-ubyte", idx_bytes(KEY.astype(np.uint8)))
    return path


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


def taken_in(where, root, choice=HERE, name="x"):
    imported = import_to_end(import_data(where, root, name=name, choice=choice))
    return load_dataset(imported.id, root), imported.report


def refused(where, root, choice=HERE):
    with pytest.raises(UserError) as caught:
        taken_in(where, root, choice)
    assert not root.exists() or list(root.iterdir()) == []
    return str(caught.value)


@pytest.fixture
def root(tmp_path):
    return tmp_path / "root"


def test_every_importer_is_tried_here():
    assert set(MAKERS) == set(IMPORTERS)


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


@pytest.mark.parametrize("kind", MAKERS)
def test_a_source_gives_the_same_items_when_asked_again(kind, tmp_path):
    (tmp_path / "in").mkdir()
    source = open_source(MAKERS[kind](tmp_path / "in"))

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


# Folders


def test_a_folder_in_a_folder_is_no_class_if_there_is_no_other(tmp_path, root):
    in_folder(tmp_path / "in" / "scans" / "2026")
    data, _ = taken_in(tmp_path / "in", root)
    assert data.class_names == NAMES
    assert data.file_names[0] == "ape/00.png"


def test_train_and_test_are_no_classes(tmp_path, root):
    in_folder(tmp_path / "in" / "train")
    write(tmp_path / "in" / "test" / "dog" / "1.png", encoded(picture(99)))
    data, _ = taken_in(tmp_path / "in", root)
    assert data.class_names == (*NAMES, "dog")


def test_a_link_that_leads_in_a_circle_ends(tmp_path, root):
    in_folder(tmp_path / "in")
    (tmp_path / "in" / "ape" / "again").symlink_to(tmp_path / "in")
    data, report = taken_in(tmp_path / "in", root)
    assert len(data) == N
    assert set(report.skipped) <= {"duplicate"}


def test_links_that_lead_out_are_refused_if_the_folder_came_from_others(tmp_path, root):
    in_folder(tmp_path / "in")
    secret = write(tmp_path / "secret" / "a.png", encoded(picture(55)))
    (tmp_path / "in" / "link.png").symlink_to(secret)
    (tmp_path / "in" / "linked").symlink_to(secret.parent)
    (tmp_path / "in" / "within.png").symlink_to(tmp_path / "in" / "ape" / "00.png")
    confined = Choice(within=(tmp_path / "in",), n_processes=0)
    data, report = taken_in(tmp_path / "in", root, confined)
    assert len(data) == N
    assert report.skipped["no-permission"].n == 2
    assert report.n_duplicates == 1
    data, _ = taken_in(tmp_path / "in", root, name="free")
    assert len(data) == N + 1


def test_odd_names_are_shown_and_do_no_harm(tmp_path, root):
    folder = tmp_path / "in"
    for k, name in enumerate(["new\nline.png", "tab\t.png", "ünï.png", "a b  .png", "-rf.png"]):
        write(folder / name, encoded(picture(k)))
    (folder / b"broken \xff name.png".decode("utf-8", "surrogateescape")).write_bytes(
        encoded(picture(77))
    )
    data, _ = taken_in(folder, root)
    assert len(data) == 6
    assert all(name.isprintable() for name in data.file_names)
    assert "broken � name.png" in set(data.file_names)


@given(st.binary(max_size=30))
def test_a_shown_name_can_be_printed_and_stored(name):
    text = name.decode("utf-8", "surrogateescape")
    assert shown(text).isprintable()
    assert shown(shown(text)) == shown(text)
    shown(text).encode()


@given(st.permutations(["", "1", "2", "10", "a", "a2", "a10", "a10b", "b1", "²", "-"]))
def test_names_have_an_order_by_number(names):
    ordered = sorted(names, key=natural)
    assert ordered == ["", "1", "2", "10", "-", "a", "a2", "a10", "a10b", "b1", "²"]


def test_the_class_is_the_first_folder_that_is_no_split():
    assert class_of(("train", "cat", "2023")) == "cat"
    assert class_of(("Train",)) is None
    assert class_of(()) is None


# Zips


def test_bad_members_are_skipped_with_their_reasons(tmp_path, root):
    path = in_zip(tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        for name, (content, _) in bad_files().items():
            archive.writestr(f"top/{name}", content)
        archive.writestr("__MACOSX/top/ape/._00.png", b"x")
    data, report = taken_in(path, root)
    assert len(data) == N
    found = {name: group.reason for group in report.skipped.values() for name, _ in group.files}
    assert found.pop("top/ape/._00.png") == "not-image"
    assert found == {name: reason for name, (_, reason) in bad_files().items()}


def test_names_that_lead_out_of_a_zip_lead_nowhere(tmp_path, root):
    path = tmp_path / "x.zip"
    outside = tmp_path / "evil.png"
    with zipfile.ZipFile(path, "w") as archive:
        for k, name in enumerate(
            ["../../evil.png", "/etc/evil.png", "C:\\evil.png", "a\\b\\c.png"]
        ):
            archive.writestr(name, encoded(picture(k)))
    data, _ = taken_in(path, root)
    assert sorted(data.file_names) == ["a/b/c.png", "etc/evil.png", "evil.png", "evil.png"]
    assert not outside.exists()


def test_an_encrypted_member_is_said(tmp_path, root):
    path = in_zip(tmp_path)
    content = bytearray(path.read_bytes())
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(magic) + offset] |= 1  # the flag of the first member
    path.write_bytes(content)
    data, report = taken_in(path, root)
    assert len(data) == N - 1
    assert report.skipped["encrypted"].files == [("ape/00.png", "")]


def test_a_damaged_member_costs_only_itself(tmp_path, root):
    path = in_zip(tmp_path)
    content = bytearray(path.read_bytes())
    content[content.index(b"IDAT") + 8] ^= 0xFF
    path.write_bytes(content)
    data, report = taken_in(path, root)
    assert len(data) == N - 1
    assert report.skipped["broken"].n == 1


def test_a_zip_bomb_is_refused(tmp_path, root):
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.png", bytes(10_000_000))
    content = bytearray(path.read_bytes())
    at = content.index(b"PK\x01\x02") + 24
    content[at : at + 4] = struct.pack("<I", 2**32 - 2)  # it says 4 GB, as a bomb would unpack to
    path.write_bytes(content)
    assert "more than 200 times its size" in refused(path, root)


def test_a_zip_that_is_cut_short_is_said(tmp_path, root):
    path = in_zip(tmp_path)
    path.write_bytes(path.read_bytes()[:-40])
    assert "x.zip cannot be read as a zip" in refused(path, root)


# Arrays


@pytest.mark.parametrize("suffix", ["npy", "npz"])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", [np.uint8, ">u2", np.float64, bool])
def test_arrays_of_any_kind_and_order_come_in(suffix, order, dtype, tmp_path, root):
    values = PICTURES.astype(float)
    values[:, 0, 0], values[:, 0, 1] = 0, 255  # so that all have one range
    values = values > 99 if dtype is bool else values / (255 if dtype is np.float64 else 1)
    values = np.asarray(values.astype(dtype), order=order)
    path = tmp_path / f"x.{suffix}"
    if suffix == "npy":
        np.save(path, values)
    else:
        np.savez_compressed(path, whatever=values)
    data, _ = taken_in(path, root)
    expected = values * 255.0 if dtype in (bool, np.float64) else values
    assert np.array_equal(data.images[..., 0], np.rint(expected))


def test_channels_may_come_first_or_last(tmp_path, root):
    values = np.stack([picture(seed, 8, 8, 3) for seed in range(5)])
    np.save(tmp_path / "last.npy", values)
    np.save(tmp_path / "first.npy", np.moveaxis(values, -1, 1))
    for name in ("last", "first"):
        data, _ = taken_in(tmp_path / f"{name}.npy", root, name=name)
        assert np.array_equal(data.images, values)


def test_rows_of_numbers_are_vectors(tmp_path, root):
    values = np.random.default_rng(0).normal(size=(20, 7))
    values[3, 2] = np.nan
    np.savez(tmp_path / "x.npz", x=values, y=np.arange(20) % 2, class_names=["no", "yes"])
    data, report = taken_in(tmp_path / "x.npz", root)
    assert (data.kind, data.shape, len(data)) == ("vector", (7,), 19)
    assert np.array_equal(data.images, np.delete(values, 3, 0).astype(np.float32))
    assert data.class_names == ("no", "yes")
    assert data.answer_key.tolist() == np.delete(np.arange(20) % 2, 3).tolist()
    why = "a value is missing, or is not a finite number"
    assert report.skipped["bad-row"].files == [("#3", why)]


class Trap:
    def __reduce__(self):
        return (open, ("/tmp/never", "w"))


def bad_arrays(folder):
    """{file: words that its refusal must hold}."""
    np.save(folder / "pickled.npy", np.array([Trap()], object), allow_pickle=True)
    np.savez(folder / "pickled.npz", x=np.array([Trap()], object))
    np.save(folder / "good.npy", PICTURES)
    whole = (folder / "good.npy").read_bytes()
    write(folder / "cut.npy", whole[:-10])
    write(folder / "head.npy", whole[:20])
    write(folder / "huge.npy", whole.replace(b"(12, 8, 8)", b"(10**9,8,)")[:128])
    lying = whole.replace(b"(12, 8, 8), }        ", b"(99999999999, 8, 8),}")
    write(folder / "lying.npy", lying)
    write(folder / "noise.npy", b"noise")
    write(folder / "noise.npz", b"noise")
    np.savez(folder / "none.npz")
    np.save(folder / "text.npy", np.array(["a", "b"]))
    np.save(folder / "flat.npy", np.zeros(9))
    np.save(folder / "empty.npy", np.zeros((0, 8, 8)))
    np.save(folder / "five.npy", np.zeros((2, 8, 8, 8, 8)))
    np.savez(folder / "short.npz", images=PICTURES, labels=KEY[:-1])
    return {
        "pickled.npy": "Python objects",
        "pickled.npz": "Python objects",
        "cut.npy": "bytes",
        "head.npy": "cannot be read",
        "huge.npy": "cannot be read",
        "lying.npy": "are there",
        "noise.npy": "cannot be read",
        "noise.npz": "cannot be read",
        "none.npz": "no array",
        "text.npy": "expected numbers",
        "flat.npy": "expected images",
        "empty.npy": "is empty",
        "five.npy": "expected images",
        "short.npz": "one for each of the 12 rows",
    }


def test_a_bad_array_is_refused_in_words(tmp_path, root):
    (tmp_path / "in").mkdir()
    for name, words in bad_arrays(tmp_path / "in").items():
        said = refused(tmp_path / "in" / name, root)
        assert words in said, name
        assert name in said


# IDX


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


# Tables


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
    assert data.images.tolist() == [[1, 2], [9, 10]]
    assert report.skipped["bad-row"].n == 5
    assert ("line 5", "2 cells; 3 were expected") in report.skipped["bad-row"].files


def test_files_that_a_table_names_are_missed_and_refused_in_words(tmp_path, root):
    path = in_csv_of_paths(tmp_path / "in")
    secret = write(tmp_path / "secret.png", encoded(picture(55)))
    with path.open("a") as file:
        file.write(f"files/nowhere.png,ape\n,ape\n{secret},ape\n../secret.png,ape\nfiles,ape\n")
    data, report = taken_in(path, root, Choice(within=(path.parent,), n_processes=0))
    assert len(data) == N
    assert report.skipped["vanished"].n == 1
    assert report.skipped["bad-row"].n == 1
    assert report.skipped["no-permission"].n == 2
    assert report.skipped["not-image"].n == 1
    _, report = taken_in(path, root, name="free")
    assert report.taken == N + 1  # on the command line a path is a path; twice the same


def test_bad_tables_are_refused_in_words(tmp_path, root):
    for name, content, words in [
        ("empty.csv", b"", "is empty"),
        ("head.csv", b"a,b\n", "no column of"),
        ("words.csv", b"a,b,c\nx,y,z\np,q,r\n", "no column of files"),
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


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["csv", "npy", "npz", "parquet", "zip", "idx"]))
def test_noise_is_refused_in_words_whatever_it_is_called(tmp_path_factory, content, suffix):
    folder = tmp_path_factory.mktemp("noise")
    path = write(folder / f"x.{suffix}", content)
    try:
        items = list(open_source(path).items())
    except UserError:
        return
    assert all(isinstance(item, Item | Skipped) for item in items)


@pytest.mark.parametrize(
    ("value", "text"),
    [(3.0, "3"), ("3.0", "3"), (" cat ", "cat"), (None, None), (float("nan"), None), ("-1", None)],
)
def test_a_label_is_a_name(value, text):
    assert label_text(value) == text


# Hugging Face


def test_without_the_package_it_is_said_what_to_do(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(UserError, match="pip install datasets"):
        open_source("hf:some/where")


def test_a_data_set_that_datasets_cannot_find_is_said(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match="could not load"):
        open_source(f"hf:{tmp_path / 'empty'}")
