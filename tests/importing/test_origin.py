"""What a data set was made from is remembered, and read again as it was but for what is changed."""

import json
import os

import numpy as np
import pytest

from ssvae_core.data import load_dataset
from ssvae_core.data.library import rename, set_role, shelved
from ssvae_core.data.manifest import read_manifest
from ssvae_core.data.stored import MANIFEST
from ssvae_core.errors import Conflict
from ssvae_core.importing.import_data import Choice, add_later, import_to_end, read_again
from ssvae_core.importing.origin import Origin, origins_of, why_not_again
from ssvae_core.importing.pixel_policy import Policy
from tests.support.small_files import encoded, picture, write
from tests.support.small_imports import HERE, folder_of_classes, take_in

SMALLER = Choice(Policy(side=8), n_processes=0)


def labelled(tmp_path, **choices):
    """Six files in no folders, a file that names the classes of five, and the choice of both."""
    for k in range(6):
        write(tmp_path / "in" / f"{k}.png", encoded(picture(k)))
    rows = [f"{k}.png,{'cat' if k % 2 else 'dog'}" for k in range(5)]
    (tmp_path / "l.csv").write_text("\n".join(["file_name,label", *rows, ""]))
    choice = Choice(role="labels", labels=tmp_path / "l.csv", n_processes=0)
    return Choice(**{**vars(choice), **choices})


def again(imported, root, choice=SMALLER):
    return import_to_end(read_again(imported.id, root, choice))


def test_labels_of_a_file_stay_when_another_side_is_read(tmp_path, root):
    first = take_in(tmp_path / "in", root, choice=labelled(tmp_path))
    before = load_dataset(first.id, root)
    second = again(first, root)
    after = load_dataset(second.id, root)
    assert after.shape == (8, 8, 1)
    assert after.class_names == before.class_names == ("dog", "cat")
    assert after.labels.tolist() == before.labels.tolist() == [0, 1, 0, 1, 0, -1]
    assert second.instead_of == first.id
    assert len(shelved(root)) == 2  # who reads it again removes it


def test_a_file_of_labels_is_found_from_another_folder(tmp_path, root, monkeypatch):
    choice = labelled(tmp_path)
    monkeypatch.chdir(tmp_path)
    relative = Choice(**{**vars(choice), "labels": (tmp_path / "l.csv").relative_to(tmp_path)})
    first = take_in("in", root, choice=relative)
    monkeypatch.chdir(os.sep)
    assert again(first, root).report.classes == {"cat": 2, "dog": 3}


@pytest.mark.parametrize("what", ["gone", "changed", "a folder"])
def test_labels_that_are_gone_or_changed_are_said_and_nothing_is_read(tmp_path, root, what):
    first = take_in(tmp_path / "in", root, choice=labelled(tmp_path))
    (tmp_path / "l.csv").unlink()
    if what == "changed":
        (tmp_path / "l.csv").write_text("file_name,label\n0.png,bird\n")
    elif what == "a folder":
        (tmp_path / "l.csv").mkdir()
    with pytest.raises(Conflict, match=r"l\.csv has changed" if what == "changed" else "are gone"):
        again(first, root)
    assert [each.id for each in shelved(root)] == [first.id]


def test_every_choice_stays_but_the_one_that_is_changed(tmp_path, root):
    write(tmp_path / "in" / "again.png", encoded(picture(0)))
    write(tmp_path / "in" / "wide.png", encoded(picture(9, 12, 30)))
    policy = Policy(side=16, fit="crop", channels="colour")
    chosen = labelled(tmp_path, policy=policy, keeps_duplicates=True)
    first = take_in(tmp_path / "in", root, choice=chosen)
    changes = {
        "side": Choice(Policy(side=8), n_processes=0),
        "fit": Choice(Policy(fit="pad"), n_processes=0),
        "channels": Choice(Policy(channels="grey"), n_processes=0),
    }
    for name, choice in changes.items():
        manifest = read_manifest(again(first, root, choice).folder)
        expected = {"side": 16, "fit": "crop", "channels": "colour"}
        expected[name] = getattr(choice.policy, name)
        assert {key: manifest["policy"][key] for key in expected} == expected
        assert (manifest["n"], manifest["role"]) == (8, "labels")
        assert manifest["class_names"] == ["dog", "cat"]


def test_how_a_file_is_read_stays_until_something_of_it_is_changed():
    origin = Origin.of("x.csv", Choice(reading={"header": "none", "label": "2"}))
    origin = Origin(**json.loads(json.dumps(origin.to_json())))
    assert origin.choice(SMALLER).reading == {"header": "none", "label": "2"}
    assert origin.choice(Choice(reading={"header": "1"})).reading == {"header": "1"}


@pytest.mark.parametrize("role", ["truth", "labels", "ignore"])
def test_the_role_and_the_name_that_it_got_since_stay(tmp_path, root, role):
    folder_of_classes(tmp_path / "in")
    first = take_in(tmp_path / "in", root)
    set_role(first.id, role, root)
    rename(first.id, "Pets", root)
    manifest = read_manifest(again(first, root).folder)
    assert (manifest["name"], manifest["role"]) == ("Pets", role)


def test_a_name_and_a_role_that_it_gets_while_it_is_read_stay(tmp_path, root):
    folder_of_classes(tmp_path / "in")
    first = take_in(tmp_path / "in", root)
    events = read_again(first.id, root, SMALLER)
    next(events)
    set_role(first.id, "labels", root)
    rename(first.id, "Pets", root)
    manifest = read_manifest(import_to_end(events).folder)
    assert (manifest["name"], manifest["role"]) == ("Pets", "labels")


def test_a_name_that_it_gets_while_the_same_is_read_stays(tmp_path, root):
    folder_of_classes(tmp_path / "in")
    first = take_in(tmp_path / "in", root)
    events = read_again(first.id, root, HERE)
    next(events)
    rename(first.id, "Pets", root)
    second = import_to_end(events)
    assert (second.id, read_manifest(second.folder)["name"]) == (first.id, "Pets")


@pytest.mark.parametrize("lost", ["images", "classes", "labels"])
def test_what_would_hold_less_takes_no_place(tmp_path, root, lost):
    files = folder_of_classes(tmp_path / "in", ("cat", "dog"), n=2)
    first = take_in(tmp_path / "in", root)
    if lost == "images":
        (tmp_path / "in" / "cat" / "0.png").unlink()
    elif lost == "classes":
        (tmp_path / "in" / "cat").rename(tmp_path / "in" / "ape")
    else:
        (tmp_path / "in" / "cat" / "0.png").rename(tmp_path / "in" / "0.png")
    second = again(first, root)
    assert second.instead_of == ""
    assert "scans as it was before stays beside this one" in second.report.notes[0]
    assert "4 examples, 4 labels, 2 classes against" in second.report.notes[0]
    assert len(load_dataset(first.id, root)) == len(files)
    assert json.loads((second.folder / "report.json").read_text())["notes"] == second.report.notes


def test_labels_beside_the_images_that_are_gone_are_not_forgotten(tmp_path, root):
    """Those of IDX lie in a file of their own, which nobody named."""
    from tests.support.small_sources import KEY, PICTURES, idx_bytes

    (tmp_path / "t-images-idx3-ubyte").write_bytes(idx_bytes(PICTURES))
    (tmp_path / "t-labels-idx1-ubyte").write_bytes(idx_bytes(KEY.astype(np.uint8)))
    first = take_in(tmp_path / "t-images-idx3-ubyte", root)
    (tmp_path / "t-labels-idx1-ubyte").unlink()
    second = again(first, root)
    assert second.instead_of == ""
    assert "12 labels, 3 classes against 12 examples, 0 labels, 0 classes" in second.report.notes[0]


def test_the_manifest_names_all_that_a_set_was_made_from(tmp_path, root):
    choice = labelled(tmp_path)
    first = take_in(tmp_path / "in", root, choice=choice)
    write(tmp_path / "more" / "9.png", encoded(picture(9)))
    more = Choice(keeps_duplicates=True, within=(tmp_path / "more",), n_processes=0)
    second = import_to_end(add_later(tmp_path / "more", root, to=first.id, choice=more))
    manifest = read_manifest(second.folder)
    one, two = origins_of(manifest)
    assert (one.where, one.labels) == (str(tmp_path / "in"), str(tmp_path / "l.csv"))
    assert len(one.labels_sha256) == 64
    assert (two.where, two.labels, two.keeps_duplicates) == (str(tmp_path / "more"), "", True)
    assert two.within == [str(tmp_path / "more")]
    assert "Images were added to scans" in why_not_again(manifest)
    with pytest.raises(Conflict, match="Images were added"):
        again(second, root)


def as_an_older_version_wrote(folder, **changes):
    manifest = read_manifest(folder)
    del manifest["origins"]
    (folder / MANIFEST).write_text(json.dumps({**manifest, **changes}))


def test_a_manifest_of_an_older_version_is_read_again_with_what_it_says(tmp_path, root):
    folder_of_classes(tmp_path / "in")
    first = take_in(tmp_path / "in", root, choice=Choice(Policy(12, "crop", "grey"), n_processes=0))
    as_an_older_version_wrote(first.folder, role="labels")
    second = again(first, root)
    manifest = read_manifest(second.folder)
    assert (manifest["policy"]["fit"], manifest["policy"]["channels"]) == ("crop", "grey")
    assert manifest["role"] == "labels"
    assert second.instead_of == first.id


def test_labels_of_a_file_that_an_older_version_did_not_note_are_not_forgotten(tmp_path, root):
    first = take_in(tmp_path / "in", root, choice=labelled(tmp_path))
    as_an_older_version_wrote(first.folder)
    with pytest.raises(Conflict, match="an older version did not note"):
        again(first, root)
    write(tmp_path / "more" / "9.png", encoded(picture(9)))
    added = import_to_end(add_later(tmp_path / "more", root, to=first.id, choice=HERE))
    assert read_manifest(added.folder)["origins"] is None


def test_what_came_over_the_network_is_not_fetched_again_by_a_page(tmp_path, root):
    folder_of_classes(tmp_path / "in")
    first = take_in(tmp_path / "in", root)
    manifest = read_manifest(first.folder)
    manifest["origins"][0]["where"] = "hf:pets@train"
    assert why_not_again(manifest) == (
        "scans came from hf:pets@train: import it once more on the command line."
    )


def test_who_may_open_less_opens_what_lies_in_the_source_and_no_more(tmp_path, root):
    folder_of_classes(tmp_path / "in", ("cat",), n=1)
    write(tmp_path / "in" / "dog" / "0.png", encoded(picture(5)))
    secret = write(tmp_path / "secret" / "1.png", encoded(picture(6)))
    (tmp_path / "in" / "cat" / "link.png").symlink_to(secret)
    first = take_in(tmp_path / "in", root)
    assert len(load_dataset(first.id, root)) == 3
    confined = Choice(Policy(side=8), within=(tmp_path / "home",), n_processes=0)
    second = again(first, root, confined)
    assert len(load_dataset(second.id, root)) == 2
    assert second.instead_of == ""
