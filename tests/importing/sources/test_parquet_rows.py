"""What a Parquet schema says of images and classes, and what is said where it leaves a choice."""

import datetime
import decimal
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ssvae_core.importing.import_data import Choice
from tests.support.small_files import encoded, write
from tests.support.small_sources import KEY, NAMES, PICTURES, N, refused, taken_in

CONTENT = [encoded(each) for each in PICTURES]
IMAGES = [{"bytes": content, "path": None} for content in CONTENT]
OTHERS = [{"bytes": encoded(255 - each), "path": None} for each in PICTURES]
IMAGE = {"_type": "Image"}
CLASSES = {"_type": "ClassLabel", "names": list(NAMES)}


def parquet(folder, columns, features=None):
    found = pa.table(columns)
    if features:
        notes = {"huggingface": json.dumps({"info": {"features": features}})}
        found = found.replace_schema_metadata(notes)
    pq.write_table(found, folder / "x.parquet")
    return folder / "x.parquet"


def as_said(**reading):
    return Choice(n_processes=0, reading=reading)


@pytest.mark.parametrize("other", ["mask", "segmentation", "depth_map", "thumbnail"])
def test_of_two_columns_of_images_the_names_decide(other, tmp_path, root):
    path = parquet(tmp_path, {other: OTHERS, "picture": IMAGES, "label": KEY})
    data, report = taken_in(path, root)
    assert np.array_equal(data.images[..., 0], PICTURES)
    assert "The images are those of the column picture" in report.notes[0]
    data, _ = taken_in(path, root, as_said(image=other))
    assert np.array_equal(data.images[..., 0], 255 - PICTURES)


def test_bytes_that_are_no_image_are_not_taken_for_one(tmp_path, root):
    path = parquet(tmp_path, {"digest": [b"0123"] * N, "content": CONTENT, "label": KEY})
    assert np.array_equal(taken_in(path, root)[0].images[..., 0], PICTURES)


@pytest.mark.parametrize(
    ("values", "feature", "words"),
    [
        (OTHERS, IMAGE, "label holds images"),
        ([[k % 3, 1] for k in range(N)], {"_type": "Sequence", "feature": CLASSES}, "several"),
        ([[k % 3] for k in range(N)], [CLASSES], "several"),
        ([[k % 3, 1] for k in range(N)], None, "several"),
        ([["a", "b"]] * N, None, "several"),
        ([{"id": k, "name": "ape"} for k in range(N)], None, "label holds records"),
    ],
)
def test_what_is_no_class_becomes_none_and_is_said(values, feature, words, tmp_path, root):
    features = {"image": IMAGE, "label": feature} if feature else None
    path = parquet(tmp_path, {"image": IMAGES, "label": values}, features)
    data, report = taken_in(path, root)
    assert data.class_names == ()
    assert any(words in note for note in report.notes)


@pytest.mark.parametrize("name", ["fine_label", "breed", "race_of_dog", "kind"])
def test_classes_of_the_schema_are_read_whatever_they_are_called(name, tmp_path, root):
    columns = {"image": IMAGES, "width": [8, 9] * (N // 2), name: KEY}
    path = parquet(tmp_path, columns, {"image": IMAGE, name: CLASSES})
    data, _ = taken_in(path, root)
    assert data.class_names == NAMES
    assert data.answer_key.tolist() == KEY.tolist()


@pytest.mark.parametrize("names", [("coarse_label", "fine_label"), ("super", "sub")])
def test_of_several_columns_of_classes_one_is_taken_and_said(names, tmp_path, root):
    coarse, fine = names
    two = {"_type": "ClassLabel", "names": ["x", "y"]}
    columns = {"image": IMAGES, coarse: KEY % 2, fine: KEY}
    path = parquet(tmp_path, columns, {"image": IMAGE, coarse: two, fine: CLASSES})
    data, report = taken_in(path, root)
    assert data.class_names == NAMES
    assert report.notes == [f"The classes are those of {fine}; {coarse} holds classes too."]
    assert taken_in(path, root, as_said(label=coarse))[0].class_names == ("x", "y")
    assert taken_in(path, root, as_said(label="none"))[0].class_names == ()


@pytest.mark.parametrize(
    ("values", "names"),
    [
        (pa.array(np.array(NAMES)[KEY]).dictionary_encode(), NAMES),
        (pa.array(np.array(NAMES)[KEY], pa.large_string()), NAMES),
        ([k == 0 for k in KEY], ("False", "True")),
        ([float(k) for k in KEY], ("0", "1", "2")),
        ([decimal.Decimal(int(k)) for k in KEY], ("0", "1", "2")),
        ([datetime.date(2024, 1, 1 + k) for k in KEY], ("2024-01-01", "2024-01-02", "2024-01-03")),
        (["ape" if k else None for k in KEY], ("ape",)),
        (pa.nulls(N), ()),
    ],
)
def test_labels_of_any_type_are_names(values, names, tmp_path, root):
    data, _ = taken_in(parquet(tmp_path, {"image": IMAGES, "label": values}), root)
    assert data.class_names == names


def test_the_schema_of_datasets_as_older_versions_wrote_it(tmp_path, root):
    older = {"names": {"0": "ape", "1": "bee", "2": "cat"}, "_type": "ClassLabel", "id": None}
    path = parquet(tmp_path, {"image": IMAGES, "label": KEY}, {"image": IMAGE, "label": older})
    assert taken_in(path, root)[0].class_names == NAMES
    for damaged in ("[]", '{"info": 3}', '{"info": {"features": [1]}}', "{"):
        found = pa.table({"image": IMAGES, "label": KEY})
        notes = {"huggingface": damaged}
        pq.write_table(found.replace_schema_metadata(notes), path)
        assert taken_in(path, root)[0].class_names == ("0", "1", "2")


def test_features_of_any_number_type_are_read_and_dates_are_not(tmp_path, root):
    columns = {
        "a": np.arange(N) / 2,
        "b": [decimal.Decimal("1.5")] * N,
        "c": [True, False] * (N // 2),
        "when": [datetime.datetime(2024, 1, 1)] * N,
        "species": np.array(NAMES)[KEY],
    }
    data, report = taken_in(parquet(tmp_path, columns), root)
    assert data.images[1].tolist() == [0.5, 1.5, 0]
    assert data.class_names == NAMES
    assert report.notes == ["Columns that were left alone: when (dates)."]


def test_pixels_in_columns_are_images_with_their_class(tmp_path, root):
    pixels = {str(k + 1): column for k, column in enumerate(PICTURES.reshape(N, -1).T)}
    data, _ = taken_in(parquet(tmp_path, {"0": KEY, **pixels}), root)
    assert np.array_equal(data.images[..., 0], PICTURES)
    assert data.class_names == ("0", "1", "2")


def test_addresses_and_lists_of_images_are_refused_in_words(tmp_path, root):
    addresses = [f"https://example.org/{k}.png" for k in range(N)]
    for name in ("url", "image", "file_name"):
        said = refused(parquet(tmp_path, {name: addresses, "label": KEY}), root)
        assert f"{name} (addresses of the network)" in said
        assert "download the images" in said
    said = refused(parquet(tmp_path, {"images": [[each] for each in IMAGES]}), root)
    assert "images (several images each)" in said


@pytest.mark.parametrize("type_", [pa.binary(), pa.large_binary(), pa.binary_view()])
def test_classes_in_bytes_are_words_beside_images_in_bytes(type_, tmp_path, root):
    words = pa.array([NAMES[k].encode() for k in KEY], type_)
    path = parquet(tmp_path, {"label": words, "content": pa.array(CONTENT, type_)})
    assert taken_in(path, root)[0].class_names == NAMES


def test_a_broken_first_image_leaves_the_others(tmp_path, root):
    path = parquet(tmp_path, {"content": [b"\0broken", *CONTENT[1:]], "label": KEY})
    data, report = taken_in(path, root)
    assert len(data) == N - 1
    assert report.n_skipped == 1


def test_images_that_are_only_named_are_found_beside_the_table(tmp_path, root):
    for k in range(N):
        write(tmp_path / f"in/{k}.png", CONTENT[k])
    images = [{"bytes": None, "path": f"in/{k}.png"} for k in range(N)]
    path = parquet(tmp_path, {"image": images, "label": KEY}, {"image": IMAGE, "label": CLASSES})
    assert taken_in(path, root)[0].class_names == NAMES
    (tmp_path / "in/3.png").unlink()
    assert taken_in(path, root)[1].skipped["missing"].files[0][0] == "in/3.png"


def test_text_that_is_not_utf_8_is_refused_in_words(tmp_path, root):
    raw = pa.py_buffer(b"K\xe4se" * N)
    offsets = pa.py_buffer(np.arange(0, 4 * N + 1, 4, dtype=np.int32))
    damaged = pa.StringArray.from_buffers(N, offsets, raw)
    said = refused(parquet(tmp_path, {"image": IMAGES, "label": damaged}), root)
    assert "holds what cannot be read" in said


def test_an_example_without_an_image_is_skipped(tmp_path, root):
    images = [None if k == 3 else each for k, each in enumerate(IMAGES)]
    _, report = taken_in(parquet(tmp_path, {"image": images, "label": KEY}), root)
    assert report.skipped["bad-row"].files == [("row 4", "it holds no image")]
