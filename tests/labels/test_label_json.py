"""Labels in COCO and Label Studio: several people, ids in text, categories listed twice."""

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ssvae_core.errors import UserError
from ssvae_core.labels.label_files import read_labels

IMAGES = [{"id": 1, "file_name": "a.png"}, {"id": 2, "file_name": "b.png"}]


def read(tmp_path, found, encoding="utf-8"):
    path = tmp_path / "labels.json"
    path.write_text(json.dumps(found, ensure_ascii=False), encoding)
    return read_labels(path)


def said(file):
    return [(row.file_name, row.class_name) for row in file.rows]


def coco(tmp_path, categories, annotations, images=IMAGES):
    found = {"images": images, "categories": categories, "annotations": annotations}
    return read(tmp_path, found)


def answer(name, at="2026-01-01T00:00:00Z", who=1, **more):
    chosen = {"type": "choices", "value": {"choices": [name]}}
    return {"result": [chosen], "created_at": at, "completed_by": who, **more}


def task(*answers, image="a.png"):
    return {"data": {"image": image}, "annotations": list(answers)}


def test_ids_in_text_are_the_numbers_that_they_name(tmp_path):
    categories = [{"id": "1", "name": "cat"}, {"id": 2.0, "name": "dog"}]
    annotations = [{"image_id": "1", "category_id": 1}, {"image_id": 2.0, "category_id": "2"}]
    file = coco(tmp_path, categories, annotations)
    assert said(file) == [("a.png", "cat"), ("b.png", "dog")]
    assert file.notes == ()


@pytest.mark.parametrize("other", ["cat", " cat ", "cat\u200b"])
def test_categories_of_one_name_are_one_class_and_it_is_said(other, tmp_path):
    categories = [{"id": 1, "name": "cat"}, {"id": 2, "name": other}]
    annotations = [{"image_id": 1, "category_id": k} for k in (1, 2)]
    file = coco(tmp_path, categories, [*annotations, {"image_id": 2, "category_id": 2}])
    assert said(file) == [("a.png", "cat"), ("b.png", "cat")]
    assert file.classes == ("cat",)
    assert file.notes == ('Listed twice, and one class each: "cat".',) or "twice" in file.notes[0]


def test_an_id_of_two_names_is_no_class_and_what_no_category_has_is_left_out(tmp_path):
    categories = [{"id": 1, "name": "cat"}, {"id": "1", "name": "dog"}, {"id": 3, "name": "cow"}]
    annotations = [{"image_id": 1, "category_id": k} for k in (1, 9)]
    file = coco(tmp_path, categories, [*annotations, {"image_id": 2, "category_id": 3}])
    assert said(file) == [("b.png", "cow")]
    assert any("share" in note and "1" in note for note in file.notes)
    assert any("left out: 2" in note for note in file.notes)


def test_images_of_one_id_are_left_out(tmp_path):
    images = [*IMAGES, {"id": "2", "file_name": "c.png"}]
    annotations = [{"image_id": k, "category_id": 1} for k in (1, 2)]
    file = coco(tmp_path, [{"id": 1, "name": "cat"}], annotations, images)
    assert said(file) == [("a.png", "cat")]
    assert '"2"' in file.notes[0]


def test_annotators_of_one_image_each_have_a_vote_and_one_who_names_two_classes_none(tmp_path):
    categories = [{"id": 1, "name": "cat"}, {"id": 2, "name": "dog"}]
    annotations = [
        {"image_id": 1, "category_id": 1, "annotator": "ann", "created_at": "2026-01-02"},
        {"image_id": 1, "category_id": 2, "annotator": "bob", "created_at": "2026-01-01"},
        {"image_id": 2, "category_id": 1, "annotator": "ann"},
        {"image_id": 2, "category_id": 2, "annotator": "ann"},
    ]
    file = coco(tmp_path, categories, annotations)
    assert [(row.class_name, row.annotator) for row in file.rows] == [
        ("dog", "bob"),
        ("cat", "ann"),
    ]
    assert 'left out: "b.png"' in file.notes[0]


def test_a_category_that_is_called_none_is_a_class_and_it_is_said(tmp_path):
    file = coco(tmp_path, [{"id": 1, "name": "none"}], [{"image_id": 1, "category_id": 1}])
    assert said(file) == [("a.png", "none")]
    assert file.notes == ('Listed as a class, and taken as one: "none".',)


@pytest.mark.parametrize(
    "times",
    [
        ("2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z"),
        ("2026-01-01T12:00:00+02:00", "2026-01-01T11:00:00+02:00"),
        ("2026-01-01T09:00:00-05:00", "2026-01-01T10:00:00Z"),
        (1767312000, 1767225600),
        (1767312000000, 1767225600000),
    ],
)
def test_of_two_people_the_later_one_comes_last(times, tmp_path):
    found = [task(answer("cat", times[0], 1), answer("dog", times[1], 2))]
    file = read(tmp_path, found)
    assert [(row.class_name, row.annotator) for row in file.rows] == [("dog", "2"), ("cat", "1")]
    assert file.classes == ("cat", "dog")


def test_an_answer_that_was_changed_is_of_then(tmp_path):
    changed = answer("cat", "2026-01-01T00:00:00Z", updated_at="2026-01-09T00:00:00Z")
    file = read(tmp_path, [task(changed, answer("dog", "2026-01-05T00:00:00Z"))])
    assert [row.class_name for row in file.rows] == ["dog", "cat"]


def test_the_ground_truth_overrules(tmp_path):
    truth = answer("dog", "2026-01-01T00:00:00Z", 2, ground_truth=True)
    file = read(tmp_path, [task(truth, answer("cat", "2026-01-02T00:00:00Z"))])
    assert [(row.class_name, row.is_settled) for row in file.rows] == [
        ("cat", False),
        ("dog", True),
    ]


@pytest.mark.parametrize(
    ("image", "name"),
    [
        ("/data/upload/3/0123abcd-a b.png", "a b.png"),
        ("/data/local-files/?d=x/a%20b.png", "x/a b.png"),
        ("s3://bucket/x/a.png", "/x/a.png"),
        ("https://host/x/a.png?token=1", "/x/a.png"),
        ("x/a.png", "x/a.png"),
    ],
)
def test_a_task_names_its_file_with_its_folders(image, name, tmp_path):
    assert said(read(tmp_path, [task(answer("cat"), image=image)])) == [(name, "cat")]


def test_small_exports_of_label_studio_are_tables(tmp_path):
    rows = [
        {"image": "/data/upload/1/0123abcd-a.png", "choice": name, "annotator": who, **at}
        for name, who, at in (
            ("cat", 1, {"created_at": "2026-01-02T00:00:00Z"}),
            ("dog", 2, {"created_at": "2026-01-01T00:00:00Z"}),
            ({"choices": ["cat", "dog"]}, 3, {}),
        )
    ]
    file = read(tmp_path, rows)
    assert [(row.class_name, row.annotator) for row in file.rows] == [("dog", "2"), ("cat", "1")]
    assert 'left out: "a.png"' in file.notes[0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252"])
def test_json_is_read_in_whatever_encoding_or_it_is_said(encoding, tmp_path):
    file = read(tmp_path, [{"file": "a.png", "label": "Käse"}], encoding)
    assert said(file) == [("a.png", "Käse")]
    assert bool(file.notes) == (encoding == "cp1252")


def test_json_in_no_encoding_is_refused_with_its_line(tmp_path):
    path = tmp_path / "l.jsonl"
    text = '{"file": "a.png", "label": "cat"}\n{"file": "b.png", "label": "кошка"}\n'
    path.write_text(text, "cp1251")
    with pytest.raises(UserError, match=r"Line 2 of l.jsonl .* Save it as UTF-8"):
        read_labels(path)
    path.write_text('{"file": "a.png", "label": "cat"}\n{"file": \n')
    with pytest.raises(UserError, match="line 2 is no JSON"):
        read_labels(path)


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4)
keys = st.sampled_from(
    [
        *("data", "image", "annotations", "result", "type", "value", "choices", "meta", "ssvae"),
        *("images", "categories", "id", "name", "file_name", "category_id", "image_id", "label"),
        *("votes", "example", "created_at", "completed_by", "ground_truth", "predictions", "info"),
    ]
)
anything = st.recursive(
    scalars,
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(keys, inside, max_size=5),
    max_leaves=20,
)


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(st.lists(st.fixed_dictionaries({"data": anything, "annotations": anything})) | anything)
def test_whatever_json_holds_it_is_read_or_refused(tmp_path_factory, found):
    path = tmp_path_factory.getbasetemp() / "fuzzed.json"
    path.write_text(json.dumps(found))
    with suppress(UserError):
        assert read_labels(path).rows
