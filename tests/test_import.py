"""An import from its first file to its data set: whole, or not there at all."""

import json
import os
import signal
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from small_files import encoded, picture, write, write_bad_files

from ssvae_core.data import load_dataset
from ssvae_core.data.import_report import REASONS, Report
from ssvae_core.data.library import delete, folder_of, rename, report_of, set_role, shelved
from ssvae_core.data.preview import preview
from ssvae_core.data.stored import EXAMPLES, MANIFEST, PREFIX
from ssvae_core.errors import UserError
from ssvae_core.importing.draft import RowFile, clean
from ssvae_core.importing.importing import (
    Choice,
    ImportCancelled,
    add_later,
    import_data,
    import_to_end,
)
from ssvae_core.importing.items import Item, Source
from ssvae_core.importing.pixel_policy import Policy

ROOT = Path(__file__).resolve().parents[1]
HERE = Choice(n_processes=0)


class Rows(Source):
    """A source for tests: whatever items it is given."""

    title = "rows"

    def __init__(self, items):
        super().__init__("rows")
        self._items = items

    @staticmethod
    def accepts(where):
        return False

    def items(self):
        return iter(self._items)


def take_in(source, root, name="scans", choice=HERE):
    return import_to_end(import_data(source, root, name=name, choice=choice))


def folder_of_classes(folder, classes=("cat", "dog", "10", "2"), n=3):
    """PNG files in a folder for each class: {name: pixels}."""
    found = {}
    for place, name in enumerate(classes):
        for number in range(n):
            values = picture(100 * place + number)
            write(folder / name / f"{number}.png", encoded(values))
            found[f"{name}/{number}.png"] = values
    return found


@pytest.fixture
def root(tmp_path):
    return tmp_path / "root"


def left_in(root):
    """What lies in the root besides whole data sets."""
    return [path.name for path in root.iterdir() if not (path / MANIFEST).is_file()]


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
    write(tmp_path / "in" / "dog" / "copy of 1.png", encoded(files["cat/1.png"], "BMP"))
    report = take_in(tmp_path / "in", root).report
    assert report.taken == len(files)
    assert report.files == len(files) + len(reasons) + 1
    found = {name: group.reason for group in report.skipped.values() for name, _ in group.files}
    assert found == {**reasons, "dog/copy of 1.png": "duplicate"}
    assert report.n_duplicates == 1
    assert report.n_skipped == len(reasons) + 1
    assert set(found.values()) <= set(REASONS)
    rows = report.as_csv().splitlines()
    assert rows[0] == "file,reason,detail"
    assert len(rows) == 1 + report.n_skipped
    assert "dog/copy of 1.png,Duplicate,same pixels as example 7" in rows
    assert f"{report.taken} of {report.files} files in " in report.headline()


def test_a_report_comes_back_from_its_file(tmp_path, root):
    folder_of_classes(tmp_path / "in")
    write_bad_files(tmp_path / "in")
    imported = take_in(tmp_path / "in", root)
    again = report_of("scans", root)
    assert again == imported.report
    assert Report.from_json(json.loads(json.dumps(again.to_json()))) == again


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


def test_too_many_folders_are_no_classes(root):
    items = [Item(f"{n}.png", picture(n, 4, 4), f"patient {n}") for n in range(251)]
    imported = take_in(Rows(items), root)
    assert imported.report.class_role == "ignore"
    assert "more than 250" in imported.report.sentences()[0]
    assert load_dataset(imported.id, root).class_names == ()


# Whole or not at all


def test_a_cancelled_import_leaves_nothing(tmp_path, root):
    folder_of_classes(tmp_path / "in")
    events = import_data(tmp_path / "in", root, name="scans", choice=HERE)
    for progress in events:
        if progress.done:
            break
    assert [name for name in os.listdir(root) if name.startswith(PREFIX)]
    events.close()
    assert list(root.iterdir()) == []
    choice = Choice(n_processes=0, should_stop=lambda: True)
    with pytest.raises(ImportCancelled, match="nothing of it was kept"):
        take_in(tmp_path / "in", root, choice=choice)
    assert list(root.iterdir()) == []


def test_a_killed_import_is_never_shown_and_cleaned_up_at_the_next_start(tmp_path, root):
    folder_of_classes(tmp_path / "in")
    code = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from ssvae_core.importing.importing import Choice, import_data\n"
        "events = import_data(sys.argv[1], Path(sys.argv[2]), name='x', choice=Choice())\n"
        "next(event for event in events if event.message == 'writing')\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "in", root], cwd=ROOT, capture_output=True
    )
    assert done.returncode == -signal.SIGKILL
    (left,) = left_in(root)
    assert (root / left / EXAMPLES).is_file()
    assert shelved(root) == []
    with pytest.raises(UserError, match="Unknown data set 'x'"):
        load_dataset("x", root)
    take_in(tmp_path / "in", root)
    assert left_in(root) == []


def test_an_import_under_way_is_not_cleaned_up_by_another(tmp_path, root):
    folder_of_classes(tmp_path / "in")
    events = import_data(tmp_path / "in", root, name="scans", choice=HERE)
    next(event for event in events if event.done)
    assert clean(root) == []
    *_, last = events
    assert len(load_dataset(last.imported.id, root)) == 12


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path, root):
    """The system refuses files over 100 kB to a process: as a disk does that is full."""
    array = np.random.default_rng(0).integers(0, 256, (500, 28, 28), dtype=np.uint8)
    np.save(tmp_path / "x.npy", array)
    code = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from ssvae_core.importing.importing import import_to_end, import_data\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "try:\n"
        "    import_to_end(import_data(sys.argv[1], Path(sys.argv[2]), name='x'))\n"
        "except Exception as error:\n"
        "    print(type(error).__name__, error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "x.npy", root],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.stdout.startswith(f"UserError The disk of {root} is full"), done.stderr
    assert list(root.iterdir()) == []


def test_what_cannot_fit_is_refused_before_it_is_read(root, monkeypatch):
    class Claims(Rows):
        def count(self):
            return 10**12

    with pytest.raises(UserError, match=r"images of 12 pixels need .* GB are free"):
        take_in(Claims([Item("a", picture(1))]), root)
    assert not root.exists()


def test_a_folder_that_may_not_be_written_is_said(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UserError, match="could not be written"):
        take_in(Rows([Item("a", picture(1))]), tmp_path / "file" / "root")


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


# On the shelf


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


@pytest.mark.parametrize(
    ("file", "content"),
    [
        (MANIFEST, b"{"),
        (MANIFEST, b"[]"),
        (EXAMPLES, b"\x93NUMPY"),
        ("classes.npy", b""),
        ("names.bin", b"short"),
    ],
)
def test_a_damaged_data_set_is_said(root, file, content):
    imported = take_in(Rows([Item("a.png", picture(1)), Item("b.png", picture(2))]), root)
    (imported.folder / file).write_bytes(content)
    with pytest.raises(UserError, match="damaged"):
        load_dataset(str(imported.folder), root)


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


def test_a_preview_shows_some_of_each_class_as_the_model_sees_them(tmp_path, root):
    folder_of_classes(tmp_path / "in", n=5)
    write(tmp_path / "in" / "loose.png", encoded(picture(999)))
    data = load_dataset(take_in(tmp_path / "in", root).id, root)
    rows = preview(data, per_class=3, seed=1)
    assert [(row.class_name, row.n) for row in rows] == [
        *((name, 5) for name in data.class_names),
        ("", 1),
    ]
    for row in rows:
        assert np.array_equal(row.images, data.images[row.examples])
        assert len(row.examples) == min(3, row.n)
    again = preview(data, per_class=3, seed=1)
    assert all(np.array_equal(a.examples, b.examples) for a, b in zip(rows, again, strict=True))


@pytest.mark.parametrize("n", [0, 1, 1000])
def test_a_file_of_rows_is_an_npy_of_any_length(tmp_path, n):
    rows = np.arange(n * 6, dtype=np.float32).reshape(n, 2, 3)
    file = RowFile(tmp_path / "x.npy", (2, 3), np.float32)
    for row in rows:
        file.add(row[None])
    file.close()
    assert np.array_equal(np.load(tmp_path / "x.npy", allow_pickle=False), rows)
