"""An import from its first file to its data set."""

import tracemalloc

import numpy as np
import pytest

from ssvae_core.data import load_dataset
from ssvae_core.data.import_report import REASONS
from ssvae_core.data.library import set_role, shelved
from ssvae_core.errors import UserError
from ssvae_core.importing.import_data import Choice, add_later, import_data, import_to_end
from ssvae_core.importing.items import Item
from ssvae_core.importing.pixel_policy import Policy
from tests.support.small_files import encoded, picture, write, write_bad_files
from tests.support.small_imports import HERE, Rows, folder_of_classes, left_in, take_in


def test_a_folder_comes_in_with_its_classes_and_names(tmp_path, root):
    files = folder_of_classes(tmp_path / "in")
    imported = take_in(tmp_path / "in", root)
    data = load_dataset("scans", root)
    assert data is load_dataset(imported.id, root)  # opened once
    assert data.class_names == ("2", "10", "cat", "dog")  # 2 before 10
    assert list(data.file_names) == sorted(files, key=lambda name: (len(name) > 10, _order(name)))
    for example, name in enumerate(data.file_names):
        assert np.array_equal(data.images[example, ..., 0], files[name])
        assert data.class_names[data.answer_key[example]] == name.split("/")[0]
    assert data.labels is None
    assert isinstance(data.images, np.memmap)
    assert imported.report.from_folders
    assert imported.report.classes == {"2": 3, "10": 3, "cat": 3, "dog": 3}
    assert left_in(root) == []


def _order(name):
    folder, file = name.split("/")
    return (0, int(folder), file) if folder.isdecimal() else (1, folder, file)


def test_bad_files_never_stop_an_import_and_each_has_its_reason(tmp_path, root):
    files = folder_of_classes(tmp_path / "in")
    reasons = write_bad_files(tmp_path / "in")
    write(tmp_path / "in" / "cat" / "copy of 1.png", encoded(files["cat/1.png"], "BMP"))
    report = take_in(tmp_path / "in", root).report
    assert report.taken == len(files)
    assert report.files == len(files) + len(reasons) + 1
    found = {name: group.reason for group in report.skipped.values() for name, _ in group.files}
    assert found == {**reasons, "cat/copy of 1.png": "duplicate"}
    assert report.n_duplicates == 1
    assert report.n_skipped == len(reasons) + 1
    assert set(found.values()) <= set(REASONS)
    rows = report.as_csv().splitlines()
    assert rows[0] == "file,reason,detail"
    assert len(rows) == 1 + report.n_skipped
    assert "cat/copy of 1.png,Duplicate,same pixels as example 7" in rows
    assert f"{report.taken} of {report.files} files in " in report.headline()


def test_duplicates_can_be_kept(tmp_path, root):
    for name in ("a.png", "b.png"):
        write(tmp_path / "in" / name, encoded(picture(1)))
    assert len(load_dataset(take_in(tmp_path / "in", root).id, root)) == 1
    both = take_in(tmp_path / "in", root, "both", Choice(keeps_duplicates=True, n_processes=0))
    assert len(load_dataset(both.id, root)) == 2


def test_the_id_is_of_the_content(tmp_path, root):
    folder_of_classes(tmp_path / "in")
    first = take_in(tmp_path / "in", root, "My scans!")
    assert first.id.startswith("my-scans-")
    assert take_in(tmp_path / "in", root, "My scans!").id == first.id
    assert len(shelved(root)) == 1
    write(tmp_path / "in" / "cat" / "9.png", encoded(picture(999)))
    assert take_in(tmp_path / "in", root, "My scans!").id != first.id


def test_one_colour_image_makes_all_of_them_three_channels(tmp_path, root):
    files = folder_of_classes(tmp_path / "in")
    colour = picture(5, channels=3)
    write(tmp_path / "in" / "zebra" / "1.png", encoded(colour))
    data = load_dataset(take_in(tmp_path / "in", root).id, root)
    assert data.shape == (12, 12, 3)
    for example, name in enumerate(data.file_names):
        expected = colour if name == "zebra/1.png" else files[name][..., None].repeat(3, 2)
        assert np.array_equal(data.images[example], expected)
    grey = take_in(tmp_path / "in", root, "grey", Choice(Policy(channels="grey"), n_processes=0))
    assert load_dataset(grey.id, root).shape == (12, 12, 1)


def test_larger_originals_are_kept_to_look_at(tmp_path, root):
    write(tmp_path / "in" / "large.png", encoded(picture(1, 90, 90)))
    write(tmp_path / "in" / "small.png", encoded(picture(2, 20, 20)))
    choice = Choice(Policy(side=20), n_processes=0)
    data = load_dataset(take_in(tmp_path / "in", root, choice=choice).id, root)
    content, mime = data.original(0)
    assert mime == "image/png"
    assert content.startswith(b"\x89PNG")
    assert data.original(1) is None


@pytest.mark.parametrize("role", ["truth", "labels", "ignore"])
def test_what_class_names_mean_is_chosen_and_changed_later(tmp_path, root, role):
    folder_of_classes(tmp_path / "in")
    imported = take_in(tmp_path / "in", root, choice=Choice(role=role, n_processes=0))
    data = load_dataset(imported.id, root)
    assert (data.answer_key is not None, data.labels is not None, bool(data.class_names)) == {
        "truth": (True, False, True),
        "labels": (False, True, True),
        "ignore": (False, False, False),
    }[role]
    changed = set_role("scans", "labels", root)
    assert changed.labels.tolist() == [0] * 3 + [1] * 3 + [2] * 3 + [3] * 3
    assert changed.fingerprint == data.fingerprint


def test_an_empty_source_and_one_with_nothing_to_take_are_said(tmp_path, root):
    (tmp_path / "in").mkdir()
    with pytest.raises(UserError, match=r"in is empty: there is nothing to import\."):
        take_in(tmp_path / "in", root)
    write(tmp_path / "in" / "notes.txt", b"hello")
    with pytest.raises(UserError, match=r"Nothing could be taken .* Not an image: 1 \(notes.txt\)"):
        take_in(tmp_path / "in", root)
    np.save(tmp_path / "in" / "x.npy", np.zeros((3, 4, 4), np.uint8))
    with pytest.raises(UserError, match=r"Import x\.npy instead\?"):
        take_in(tmp_path / "in", root)
    assert list(root.iterdir()) == []


def test_memory_does_not_grow_with_the_number_of_images(root):
    """Of six times as many, each 3 kB, the peak is higher by a small part of what they are."""

    def peak(n, name):
        items = (Item(f"{k}", np.full((32, 32, 3), k % 251, np.uint8)) for k in range(n))
        tracemalloc.start()
        try:
            source = Rows(items)
            policy = Policy(32, "resize", low=0, high=1)
            source.count = lambda: None
            source.items = lambda: items
            choice = Choice(policy, keeps_duplicates=True, n_processes=0)
            events = import_data(source, root, name=name, choice=choice)
            assert import_to_end(events).report.taken >= n - 256
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    few, many = peak(300, "few"), peak(1800, "many")
    assert many - few < 0.25 * 1500 * 3072


# Added later


def test_images_added_later_come_after_the_old_ones_which_stay_where_they_are(tmp_path, root):
    folder_of_classes(tmp_path / "in")
    first = take_in(tmp_path / "in", root)
    before = load_dataset(first.id, root)
    images, key = np.array(before.images), before.answer_key.copy()
    folder_of_classes(tmp_path / "more", ("dog", "ape", "cat"), n=1)  # dog/0 is cat/0 of before
    write(tmp_path / "more" / "ape" / "new.png", encoded(picture(777, 30, 30)))
    second = import_to_end(add_later(tmp_path / "more", root, to="scans", choice=HERE))
    after = load_dataset(second.id, root)
    assert second.id != first.id
    assert np.array_equal(after.images[: len(images)], images)
    assert np.array_equal(after.answer_key[: len(key)], key)
    assert after.class_names == ("2", "10", "cat", "dog", "ape")
    assert list(after.file_names)[: len(images)] == list(before.file_names)
    assert second.report.earlier == len(before) == 12
    assert second.report.n_duplicates == 3 - (len(after) - len(before) - 1)
    assert after.file_names[-1] == "ape/new.png"
    assert after.images[-1].shape == (12, 12, 1)  # made like the old ones
    assert after.original(len(after) - 1) is not None
    newest = shelved(root)[0]
    assert (newest.id, newest.earlier) == (second.id, first.id)
    assert len(load_dataset(first.id, root)) == 12  # the earlier version is still there


def test_adding_what_is_there_already_is_said(tmp_path, root):
    folder_of_classes(tmp_path / "in")
    take_in(tmp_path / "in", root)
    with pytest.raises(UserError, match="is in scans already"):
        import_to_end(add_later(tmp_path / "in", root, to="scans", choice=HERE))
    assert len(shelved(root)) == 1


def test_colour_images_added_to_grey_ones_become_grey(tmp_path, root):
    folder_of_classes(tmp_path / "in")
    take_in(tmp_path / "in", root)
    write(tmp_path / "more" / "c.png", encoded(picture(5, channels=3)))
    added = import_to_end(add_later(tmp_path / "more", root, to="scans", choice=HERE))
    assert load_dataset(added.id, root).shape == (12, 12, 1)


def test_vectors_are_not_added_to_images(tmp_path, root):
    folder_of_classes(tmp_path / "in")
    take_in(tmp_path / "in", root)
    np.save(tmp_path / "x.npy", np.zeros((3, 4)))
    with pytest.raises(UserError, match=r"scans holds images, and .* vectors"):
        import_to_end(add_later(tmp_path / "x.npy", root, to="scans", choice=HERE))
