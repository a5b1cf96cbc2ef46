"""A data set under way is whole, or not there at all."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ssvae_core.data import load_dataset
from ssvae_core.data.library import shelved
from ssvae_core.data.stored import EXAMPLES, PREFIX
from ssvae_core.errors import UserError
from ssvae_core.importing.draft import RowFile
from ssvae_core.importing.draft_folder import clean
from ssvae_core.importing.import_data import Choice, ImportCancelled, import_data
from ssvae_core.importing.items import Item
from tests.support.small_files import picture
from tests.support.small_imports import HERE, Rows, folder_of_classes, left_in, take_in

ROOT = Path(__file__).resolve().parents[2]


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
        "from ssvae_core.importing.import_data import Choice, import_data\n"
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
        "from ssvae_core.importing.import_data import import_to_end, import_data\n"
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
    assert done.stdout.startswith(f"NotWritten The disk of {root} is full"), done.stderr
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


@pytest.mark.parametrize("damage", ["examples.npy", "manifest.json", "names.bin"])
def test_what_is_damaged_is_whole_when_the_same_is_imported_again(tmp_path, root, damage):
    folder_of_classes(tmp_path / "in")
    first = take_in(tmp_path / "in", root)
    content = {path.name: path.read_bytes() for path in first.folder.iterdir()}
    (first.folder / damage).write_bytes(content[damage][:-20])
    assert take_in(tmp_path / "in", root).id == first.id
    assert (first.folder / "examples.npy").read_bytes() == content["examples.npy"]
    assert len(load_dataset(first.id, root)) == 12


@pytest.mark.parametrize("n", [0, 1, 1000])
def test_a_file_of_rows_is_an_npy_of_any_length(tmp_path, n):
    rows = np.arange(n * 6, dtype=np.float32).reshape(n, 2, 3)
    file = RowFile(tmp_path / "x.npy", (2, 3), np.float32)
    for row in rows:
        file.add(row[None])
    file.close()
    assert np.array_equal(np.load(tmp_path / "x.npy", allow_pickle=False), rows)
