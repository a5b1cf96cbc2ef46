"""Labels in a file of their own find the images of an import, by name or by order."""

import json
import zipfile
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ssvae_core.data import load_dataset
from ssvae_core.data.library import shelved
from ssvae_core.errors import UserError
from ssvae_core.importing.import_data import Choice, add_later, import_data, import_to_end
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


def classes_of(data):
    """{file: class} of a data set."""
    names = [None if k < 0 else data.class_names[k] for k in data.labels.tolist()]
    return dict(zip(data.file_names, names, strict=True))


@pytest.fixture
def import_with(tmp_path):
    """Import files of these names with a file of labels: {file: class}, and the sentences said."""

    def take(files, content, name="l.csv", folder="in"):
        for seed, file in enumerate(files):
            write(tmp_path / folder / file, encoded(picture(seed)))
        text = content if isinstance(content, str) else json.dumps(content)
        (tmp_path / name).write_text(text)
        data, report = taken_in(tmp_path / folder, tmp_path / "root", tmp_path / name)
        return classes_of(data), report.sentences()

    return take


@pytest.mark.parametrize("above", ["", "img/", "C:\\img\\"])
def test_files_of_one_name_get_the_label_of_their_own_path(above, import_with):
    files = ["cat/001.png", "dog/001.png", "dog/002.png"]
    rows = [f"{above}{name},{name[:3]}" for name in files[:2]]
    found, said = import_with(files, "\n".join(["file_name,label", *rows]))
    assert found == {"cat/001.png": "cat", "dog/001.png": "dog", "dog/002.png": None}
    assert said == []


def test_a_label_of_one_of_two_files_of_a_name_is_not_the_others(import_with):
    files = ["cat/001.png", "dog/001.png", "dog/002.png"]
    found, said = import_with(files, "file_name,label\ncat/001.png,cat\ncat/002.png,cat\n")
    assert found == {"cat/001.png": "cat", "dog/001.png": None, "dog/002.png": None}
    assert said == ['1 file that l.csv names is not there: "cat/002.png".']


def test_a_row_that_could_be_of_several_files_is_named_and_given_to_none(import_with):
    files = ["cat/001.png", "dog/001.png", "dog/002.png"]
    found, said = import_with(files, "file_name,label\n001.png,cat\n002.png,dog\n")
    assert found == {"cat/001.png": None, "dog/001.png": None, "dog/002.png": "dog"}
    assert '"001.png"' in said[0]
    assert "given to none" in said[0]


def test_labels_of_other_folders_are_not_those_of_the_one_that_is_imported(import_with):
    rows = "file_name,label\ncat/1.png,cat\ndog/1.png,dog\ncat/2.png,cat\n"
    found, said = import_with(["1.png", "2.png"], rows, folder="dog")
    assert found == {"1.png": "dog", "2.png": None}
    assert '"cat/1.png", "cat/2.png"' in said[0]


def test_labels_that_all_could_be_of_several_files_are_refused(import_with):
    with pytest.raises(UserError, match=r"could be of several files of the import, such as 1\.png"):
        import_with(["a/1.png", "b/1.png"], "file_name,label\n1.png,cat\n")


@pytest.mark.parametrize(
    ("file", "named"),
    [("cafe\u0301.png", "caf\xe9.png"), ("\u3000a\u202fb.png", "\u3000a\u202fb.png")],
)
def test_spellings_of_one_name_are_one_and_no_space_makes_a_class(file, named, import_with):
    found, said = import_with([file, "b.png"], f"file_name,label\n{named}, cat\nb.png,cat \n")
    assert found == {file: "cat", "b.png": "cat"}
    assert said == []


def test_what_is_no_label_in_a_file_is_said_by_its_word(import_with):
    rows = "file_name,label\na.png,none\nb.png,1.0\nc.png,-1\nd.png,None\n"
    found, said = import_with(["a.png", "b.png", "c.png", "d.png"], rows)
    assert found == {"a.png": None, "b.png": "1", "c.png": None, "d.png": None}
    (note,) = said
    assert all(word in note for word in ('"none" (1)', '"-1" (1)', '"None" (1)'))


def test_long_names_are_classes_of_their_own(import_with):
    names = {f"{letter}.png": "x" * 200 + letter for letter in "abc"}
    rows = "\n".join(f"{file},{name}" for file, name in names.items())
    found, _ = import_with(list(names), f"file_name,label\n{rows}\n")
    assert found == names


@pytest.mark.parametrize(
    ("marks", "stands"), [([{}, {}], "cat"), ([{}, {"ground_truth": True}], "dog")]
)
def test_of_two_people_the_later_stands_or_the_ground_truth_and_it_is_said(
    marks, stands, import_with
):
    answers = [
        {
            "result": [{"type": "choices", "value": {"choices": [name]}}],
            "created_at": f"2026-01-{day}T00:00:00Z",
            "completed_by": day,
            **mark,
        }
        for name, day, mark in zip(("cat", "dog"), ("02", "01"), marks, strict=True)
    ]
    tasks = [{"data": {"image": "a.png"}, "annotations": answers}]
    found, said = import_with(["a.png", "b.png"], tasks, "l.json")
    assert found == {"a.png": stands, "b.png": None}
    assert said[0].startswith("1 file has several classes in l.json.")
    assert said[0].endswith(f'"a.png" is {stands}, not {"dog" if stands == "cat" else "cat"}.')


def test_rows_that_disagree_without_a_time_are_said_and_the_last_one_stands(import_with):
    rows = "file_name,label\na.png,cat\nx/a.png,dog\nb.png,cat\nb.png,cat\n"
    found, said = import_with(["a.png", "b.png"], rows)
    assert found == {"a.png": "dog", "b.png": "cat"}
    (note,) = said
    assert '"a.png" is dog, not cat' in note


def test_more_disagreements_than_are_told_are_counted(import_with):
    files = [f"{n}.png" for n in range(8)]
    rows = "\n".join(f"{file},{name}" for name in ("cat", "dog") for file in files)
    _, said = import_with(files, f"file_name,label\n{rows}\n")
    assert said[0].startswith("8 files have several classes")
    assert said[0].endswith("and 3 more.")


def test_the_order_of_labels_is_taken_only_of_what_is_a_list_of_them(import_with):
    with pytest.raises(UserError, match="no class alone"):
        import_with(["a.png", "b.png"], "a.png\nb.png\n", "l.txt")
    found, _ = import_with(["a.png", "b.png"], "b.png 0\na.png 1\n", "l.txt")
    assert found == {"a.png": "1", "b.png": "0"}


def test_empty_lines_below_a_list_of_labels_are_no_labels(import_with):
    assert import_with(["a.png", "b.png"], "cat\ndog\n\n\n", "l.txt")[0] == {
        "a.png": "cat",
        "b.png": "dog",
    }


def test_dates_of_parquet_are_times(tmp_path, images):
    days = [date(2026, 1, 2), date(2026, 1, 1)]
    table = pa.table({"file": ["3.png"] * 2, "label": ["cat", "dog"], "date": days})
    pq.write_table(table, tmp_path / "l.parquet")
    data, report = taken_in(images, tmp_path / "root", tmp_path / "l.parquet")
    assert classes_of(data)["b/3.png"] == "cat"
    assert not any("told" in note for note in report.notes)


def test_a_note_is_said_once(import_with):
    _, said = import_with(["a.png", "b.png"], "file,label\na.png,Cat\nb.png,cat\n")
    assert said == ['Different classes, though their names are much alike: "Cat", "cat".']


def test_images_in_a_table_are_known_by_their_whole_path(tmp_path):
    names = ["cat/1.png", "dog/1.png", "/tmp/cache/2.png"]
    images = [{"bytes": encoded(picture(n)), "path": name} for n, name in enumerate(names)]
    pq.write_table(pa.table({"image": images}), tmp_path / "x.parquet")
    (tmp_path / "l.csv").write_text("file,label\ncat/1.png,cat\nx/dog/1.png,dog\n2.png,cow\n")
    data, _ = taken_in(tmp_path / "x.parquet", tmp_path / "root", tmp_path / "l.csv")
    assert classes_of(data) == {"cat/1.png": "cat", "dog/1.png": "dog", "2.png": "cow"}


@pytest.mark.parametrize("wrapper", ["", "photos/"])
def test_files_in_an_archive_get_the_label_of_their_own_path(wrapper, tmp_path):
    files = [f"{wrapper}cat/1.png", f"{wrapper}dog/1.png", f"{wrapper}dog/2.png"]
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        for n, file in enumerate(files):
            archive.writestr(file, encoded(picture(n)))
    (tmp_path / "l.csv").write_text("file,label\nphotos/cat/1.png,cat\nphotos/cat/2.png,cow\n")
    data, _ = taken_in(tmp_path / "x.zip", tmp_path / "root", tmp_path / "l.csv")
    assert classes_of(data) == {"cat/1.png": "cat", "dog/1.png": None, "dog/2.png": None}


def test_labels_of_what_is_added_find_it_and_leave_the_rest(tmp_path, images):
    (tmp_path / "l.csv").write_text("file,label\nb/3.png,cat\n")
    data, _ = taken_in(images, tmp_path / "root", tmp_path / "l.csv")
    write(tmp_path / "more" / "c" / "3.png", encoded(picture(99)))
    (tmp_path / "m.csv").write_text("file,label\nc/3.png,Cat\nb/3.png,dog\n")
    choice = Choice(role="labels", labels=tmp_path / "m.csv", n_processes=0)
    root = tmp_path / "root"
    added = import_to_end(add_later(tmp_path / "more", root, to=data.name, choice=choice))
    found = classes_of(load_dataset(added.id, root))
    assert [found["b/3.png"], found["3.png"]] == ["cat", "Cat"]
