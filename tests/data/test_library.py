"""Imported data sets: listed, renamed, deleted, and damaged ones."""

import json
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

from ssvae_core.data import load_dataset
from ssvae_core.data.library import (
    delete,
    folder_of,
    rename,
    set_encoder,
    set_features,
    shelved,
)
from ssvae_core.data.stored import EXAMPLES, MANIFEST
from ssvae_core.errors import UserError
from ssvae_core.importing.items import Item
from tests.support.small_files import encoded, picture
from tests.support.small_imports import Rows, folder_of_classes, take_in
from tests.support.whole_workspace import DAMAGES


def test_a_data_set_is_renamed_and_deleted(tmp_path, root):
    folder_of_classes(tmp_path / "in")
    imported = take_in(tmp_path / "in", root)
    rename("scans", "Other name", root)
    assert [each.name for each in shelved(root)] == ["Other name"]
    assert load_dataset("Other name", root).title == "Other name"
    with pytest.raises(UserError, match="needs a name"):
        rename("Other name", " \n", root)
    data = load_dataset(imported.id, root)
    delete(imported.id, root)
    assert shelved(root) == []
    assert data.images.max() > 0  # who has it open keeps it
    assert list(root.iterdir()) == []
    with pytest.raises(UserError, match="No data set 'scans' was imported"):
        folder_of("scans", root)


def test_of_two_with_one_name_the_newest_is_meant(root):
    first = take_in(Rows([Item("a", picture(1))]), root)
    second = take_in(Rows([Item("b", picture(2))]), root)
    assert load_dataset("scans", root).name == second.id
    assert load_dataset(first.id, root).name == first.id


def test_an_encoder_is_chosen_later_and_old_manifests_say_auto(root):
    imported = take_in(Rows([Item("a.png", picture(1)), Item("b.png", picture(2))]), root)
    assert load_dataset(imported.id, root).encoder == "auto"
    set_encoder(imported.id, "contrastive", root)
    assert load_dataset(imported.id, root).encoder == "contrastive"
    manifest = json.loads((imported.folder / MANIFEST).read_text())
    old = {name: manifest[name] for name in manifest if name not in ("encoder", "n_features")}
    (imported.folder / MANIFEST).write_text(json.dumps(old))
    data = load_dataset(imported.id, root)
    assert (data.encoder, data.features) == ("auto", None)


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
@pytest.mark.parametrize(
    "name", ["examples.npy", "classes.npy", "originals.bin", "originals.ends.npy"]
)
def test_of_a_damaged_test_part_the_rest_stays(name, damage, root):
    items = [Item(f"{k}", encoded(picture(k, 300, 300)), "ab"[k % 2]) for k in range(4)]
    items = [replace(item, in_test=k > 1) for k, item in enumerate(items)]
    imported = take_in(Rows(items), root)
    assert load_dataset(imported.id, root).notes == ()
    damage(imported.folder / f"test-{name}")
    rename(imported.id, "seen anew", root)
    data = load_dataset(imported.id, root)
    assert len(data) == 2
    if data.test_images is None:
        assert data.notes == ("The test images of 'seen anew' cannot be read and are left out.",)
        assert data.test_answer_key is None
    else:
        for k in range(2):
            data.test_original(k)


def test_features_are_given_later_and_damaged_ones_are_left_out(root):
    imported = take_in(Rows([Item("a.png", picture(1)), Item("b.png", picture(2))]), root)
    with pytest.raises(UserError, match="2 rows of features were expected"):
        set_features(imported.id, np.ones((3, 4), np.float32), root)
    set_features(imported.id, np.arange(8, dtype=np.float32).reshape(2, 4), root)
    data = load_dataset(imported.id, root)
    assert data.features.tolist() == [[0, 1, 2, 3], [4, 5, 6, 7]]
    assert (data.encoder, data.notes) == ("features", ())
    np.save(imported.folder / "features.npy", np.ones((1, 4), np.float32))
    set_encoder(imported.id, "auto", root)  # opened anew
    data = load_dataset(imported.id, root)
    assert data.features is None
    assert [note.split(" of ")[0] for note in data.notes] == ["The features"]


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        (MANIFEST, b"{", "is damaged"),
        (MANIFEST, b"[]", "is damaged"),
        (MANIFEST, b'{"format": 1}', "'name' is missing, or is another thing"),
        (EXAMPLES, b"\x93NUMPY", r"examples in .*examples.npy cannot be read"),
    ],
)
def test_a_damaged_data_set_is_said_and_the_others_are_listed(root, file, content, said):
    imported = take_in(Rows([Item("a.png", picture(1)), Item("b.png", picture(2))]), root)
    other = take_in(Rows([Item("c.png", picture(3))]), root)
    (imported.folder / file).write_bytes(content)
    with pytest.raises(UserError, match=said):
        load_dataset(str(imported.folder), root)
    assert other.id in [each.id for each in shelved(root)]


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [("classes.npy", b"", "The classes"), ("names.bin", b"short", "The file names")],
)
def test_a_part_that_can_be_done_without_is_left_out_and_that_is_said(root, file, content, said):
    imported = take_in(Rows([Item("a.png", picture(1)), Item("b.png", picture(2))]), root)
    (imported.folder / file).write_bytes(content)
    data = load_dataset(imported.id, root)
    assert len(data) == 2
    assert [note.split(" of ")[0] for note in data.notes] == [said]


def test_a_data_set_of_a_newer_app_is_said(root):
    imported = take_in(Rows([Item("a.png", picture(1))]), root)
    manifest = json.loads((imported.folder / MANIFEST).read_text())
    (imported.folder / MANIFEST).write_text(json.dumps({**manifest, "format": 99}))
    with pytest.raises(UserError, match="newer version of the app"):
        load_dataset(imported.id, root)


def test_opening_a_data_set_does_not_read_its_images(root, monkeypatch):
    imported = take_in(Rows([Item(f"{n}", picture(n, 64, 64)) for n in range(500)]), root)
    tracemalloc.start()
    try:
        data = load_dataset(imported.id, root)
        assert tracemalloc.get_traced_memory()[1] < 0.1 * data.images.nbytes
    finally:
        tracemalloc.stop()


def test_an_id_that_leads_elsewhere_is_nobodys(tmp_path, root):
    take_in(Rows([Item("a", picture(1))]), root)
    for name in ("..", "../root", "", ".", "x" * 5000, "a\0b"):
        with pytest.raises(UserError, match=r"Unknown data set|not imported"):
            load_dataset(name, root)
