"""Labels in a file of their own find the images of an import, by name or by order."""

import json

import numpy as np
import pytest

from ssvae_core.data import load_dataset
from ssvae_core.data.library import shelved
from ssvae_core.errors import UserError
from ssvae_core.importing.import_data import Choice, import_data, import_to_end
from ssvae_core.importing.label_lookup import Answers
from tests.support.small_files import encoded, picture, write
from tests.support.small_label_files import FILES, SAID, as_csv


@pytest.fixture
def images(tmp_path):
    for seed, name in enumerate(FILES):
        write(tmp_path / "in" / name, encoded(picture(seed)))
    write(tmp_path / "in" / "Thumbs.db", b"x")
    return tmp_path / "in"


def as_jsonl(path):
    rows = [{"file": f"./{name}", "label": label} for name, label in SAID.items()]
    path.write_text("\n".join(map(json.dumps, rows)))


def as_coco(path):
    names = sorted(set(SAID.values()))
    path.write_text(
        json.dumps(
            {
                "images": [{"id": k, "file_name": name} for k, name in enumerate(SAID)],
                "annotations": [
                    {"id": k, "image_id": k, "category_id": names.index(label)}
                    for k, label in enumerate(SAID.values())
                ],
                "categories": [{"id": k, "name": name} for k, name in enumerate(names)],
            }
        )
    )


def as_label_studio(path):
    path.write_text(
        json.dumps(
            [
                {
                    "data": {"image": f"x.png?d={name}", "file_name": name},
                    "annotations": [
                        {"result": [{"type": "choices", "value": {"choices": [label]}}]}
                    ],
                }
                for name, label in SAID.items()
            ]
        )
    )


FORMS = {"x.csv": as_csv, "x.jsonl": as_jsonl, "coco.json": as_coco, "ls.json": as_label_studio}


def taken_in(images, root, labels, role="labels"):
    choice = Choice(role=role, labels=labels, n_processes=0)
    imported = import_to_end(import_data(images, root, name="x", choice=choice))
    return load_dataset(imported.id, root), imported.report


@pytest.mark.parametrize("form", FORMS)
def test_labels_of_every_form_find_their_images_by_name(form, tmp_path, images):
    FORMS[form](tmp_path / form)
    data, report = taken_in(images, tmp_path / "root", tmp_path / form)
    found = dict(zip(data.file_names, data.labels.tolist(), strict=True))
    assert {name: data.class_names[k] for name, k in found.items() if k >= 0} == SAID
    assert found["b/3.png"] == -1
    assert set(data.class_names) == {"cat", "dog"}  # and no folder is a class
    assert not report.from_folders
    truth, _ = taken_in(images, tmp_path / "root", tmp_path / form, "truth")
    assert truth.answer_key.tolist() == data.labels.tolist()
    assert truth.labels is None


def test_a_name_without_its_folders_is_enough_if_it_is_nobody_elses(tmp_path, images):
    (tmp_path / "x.csv").write_text("file,label\n3.png,ape\nelsewhere/2.png,bee\n")
    data, _ = taken_in(images, tmp_path / "root", tmp_path / "x.csv")
    assert data.labels.tolist() == [-1, 1, -1, 0]
    (tmp_path / "y.csv").write_text("file,label\nu/1.png,ape\nv/1.png,bee\n3.png,ape\n")
    data, _ = taken_in(images, tmp_path / "root", tmp_path / "y.csv")
    assert data.labels.tolist() == [-1, -1, -1, 0]


@pytest.mark.parametrize("form", ["npy", "txt", "csv", "csv with a head"])
def test_labels_without_names_go_by_order(form, tmp_path, images):
    labels = ["ape", "bee", "", "ape"]
    path = tmp_path / f"x.{form[:3]}"
    if form == "npy":
        np.save(path, np.array(labels))
    else:
        none = '""' if path.suffix == ".csv" else ""
        head = ["label"] if "head" in form else []
        path.write_text("\n".join([*head, "ape", "bee", none, "ape"]))
    data, _ = taken_in(images, tmp_path / "root", path)
    assert data.labels.tolist() == [0, 1, -1, 0]


@pytest.mark.parametrize("n", [3, 5])
def test_as_many_labels_as_images_are_needed(n, tmp_path, images):
    np.save(tmp_path / "x.npy", np.arange(n))
    with pytest.raises(UserError, match=rf"x.npy holds {n} labels, and there are 4 files"):
        taken_in(images, tmp_path / "root", tmp_path / "x.npy")
    assert shelved(tmp_path / "root") == []


def test_labels_of_other_images_are_refused_and_of_some_others_said(tmp_path, images):
    (tmp_path / "x.csv").write_text("file,label\nq.png,ape\n")
    with pytest.raises(UserError, match=r"None of the files that x.csv names .* It names q.png"):
        taken_in(images, tmp_path / "root", tmp_path / "x.csv")
    (tmp_path / "x.csv").write_text("file,label\nq.png,ape\n3.png,ape\n")
    _, report = taken_in(images, tmp_path / "root", tmp_path / "x.csv")
    assert '1 file that x.csv names is not there: "q.png".' in report.sentences()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.json", b"{"),
        ("x.json", b'{"a": 1}'),
        ("x.jsonl", b"[1]\n"),
        ("x.csv", b""),
        ("x.npy", b"noise"),
        ("x.pdf", b"%PDF"),
        ("gone.csv", None),
    ],
)
def test_a_file_that_holds_no_labels_is_refused_in_words(name, content, tmp_path):
    if content is not None:
        write(tmp_path / name, content)
    with pytest.raises(UserError):
        Answers(tmp_path / name)
