"""Folders of images: classes, links, names, and damage."""

import os

import pytest

from ssvae_core.importing.import_data import Choice
from tests.support.small_files import encoded, picture, write
from tests.support.small_sources import NAMES, N, in_folder, taken_in


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
    assert "broken %FF name.png" in set(data.file_names)


@pytest.mark.parametrize(
    "name",
    ["a\u202fb", "\u3000a", "x\u200cy", "\U0001f468\u200d\U0001f469", "cafe\u0301", "a\u202eb"],
)
def test_names_and_classes_are_as_on_the_disk(name, tmp_path, root):
    write(tmp_path / "in" / name / f"{name}.png", encoded(picture(0)))
    write(tmp_path / "in" / "other" / "b.png", encoded(picture(1)))
    data, report = taken_in(tmp_path / "in", root)
    assert f"{name}/{name}.png" in set(data.file_names)
    assert name.strip() in report.classes


def test_folders_whose_names_are_no_text_are_classes_of_their_own(tmp_path, root):
    for seed, name in enumerate((b"k\xe4se", b"k\xf6se")):
        write(tmp_path / "in" / os.fsdecode(name) / "1.png", encoded(picture(seed)))
    _, report = taken_in(tmp_path / "in", root)
    assert report.classes == {"k%E4se": 1, "k%F6se": 1}
