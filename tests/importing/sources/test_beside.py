"""Files that a table names as another system, another folder or nobody in particular would."""

import pytest

from ssvae_core.importing.import_data import Choice
from tests.support.small_files import encoded, write
from tests.support.small_sources import PICTURES, refused, taken_in


@pytest.fixture
def folder(tmp_path):
    for k, name in enumerate(["a.png", "B.JPG", "in/c.png", "d.1.png", "one/t.png", "two/t.png"]):
        write(tmp_path / "x" / name, encoded(PICTURES[k]))
    for name in ("a.txt", ".hidden/u.png"):
        write(tmp_path / "x" / name, b"notes")
    return tmp_path / "x"


def imported(folder, root, *names, header="file_name", **choice):
    path = folder / "labels.csv"
    path.write_text(f"{header},label\n" + "".join(f'"{name}",ape\n' for name in names))
    return taken_in(path, root, Choice(n_processes=0, **choice))


@pytest.mark.parametrize(
    "names",
    [
        ("a.png", "in\\c.png", ".\\B.JPG"),
        ("in\\c.png", "in/c.png", "./in/c.png"),
        ("C:\\data\\x\\a.png", "C:\\data\\x\\in\\c.png"),
        ("C:/data/x\\a.png", "C:/data/x/in\\c.png"),
        ("\\\\server\\share\\a.png", "\\\\server\\share\\B.JPG"),
        ("/home/bob/x/a.png", "/home/bob/x/in/c.png"),
        ("x/a.png", "x/B.JPG", "x/in/c.png"),
        ("A.PNG", "b.jpg", "In/C.png"),
        ("a", "b", "in/c", "d.1"),
        ("c.png", "c"),
        ("in/c%2Epng", "B%2EJPG"),
        ("/a.png", "/in/c.png"),
        ("b.jpeg", "c.png"),
    ],
)
def test_every_file_is_found(names, folder, root):
    data, report = imported(folder, root, *names, keeps_duplicates=True)
    assert (len(data), report.skipped) == (len(names), {})


@pytest.mark.parametrize("header", ["id", "image_id", "name", "sample_id"])
def test_ids_are_the_names_of_files_without_their_ending(header, folder, root):
    data, report = imported(folder, root, "a", "b", "c", header=header)
    assert len(data) == 3
    read_as = {option["name"]: option["value"] for option in report.reading}
    assert (read_as["file"], read_as["label"]) == (header, "label")
    for k in range(3):
        write(folder / f"n/{k + 7}.png", encoded(PICTURES[k + 7]))
    data, _ = imported(folder / "n", root, 7, 8, 9, header=header)
    assert len(data) == 3


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("nowhere.png", "there is no such file beside the table"),
        ("other/a.png", "there is no such file beside the table"),  # not the a.png that is here
        ("a.bmp", "there is no such file beside the table"),
        ("u", "there is no such file beside the table"),
        ("t.png", "2 files beside the table are called so"),
        ("t", "2 files beside the table are called so"),
        ("https://example.org/a.png", "an address of the network: nothing is fetched"),
        ("q" * 5000 + ".png", "there is no such file beside the table"),
    ],
)
def test_what_is_not_one_file_is_said_and_never_guessed(name, why, folder, root):
    data, report = imported(folder, root, name, "a.png", "in/c.png")
    assert len(data) == 2
    assert report.skipped["missing"].title == "Not found"
    assert report.skipped["missing"].files == [(name, why)]


def test_a_table_of_files_that_are_not_there_is_refused(folder, root):
    (folder / "labels.csv").write_text("file,label\nq.png,ape\nw.png,bee\n")
    said = refused(folder / "labels.csv", root)
    assert "Not found: 2 (q.png, there is no such file beside the table)" in said
    assert "anished" not in said


def test_files_in_the_folder_above_are_found_if_all_are_there(folder, root):
    (folder / "labels").mkdir()
    data, report = imported(folder / "labels", root, "a.png", "in\\c.png")
    assert len(data) == 2
    assert report.notes == ["The files lie in the folder above the table, x."]


def test_a_start_that_is_not_there_is_left_off_and_said(folder, root):
    _, report = imported(folder, root, "D:\\a.png", "D:\\in\\c.png")
    assert report.notes == ["Its paths begin with D:/, which is not there: that was left off."]


def test_files_elsewhere_stay_closed_however_they_are_named(folder, root, tmp_path):
    write(tmp_path / "secret.png", encoded(PICTURES[9]))
    names = ["..\\secret.png", "in\\..\\..\\secret.png", str(tmp_path / "secret.png")]
    names += ["%2e%2e/secret.png", "../nowhere.png", "/etc/nowhere"]  # as if they were there
    _, report = imported(folder, root, "a.png", *names, within=(folder,))
    assert report.taken == 1
    assert {name for name, _ in report.skipped["no-permission"].files} == set(names)
