"""Bundles: whole or not there, whatever happens while one is written."""

import errno
import json
import os
import subprocess
import sys

import numpy as np
import pytest

from ssvae_core.errors import UserError
from ssvae_core.storage.bundles import ARRAYS, FORMAT, MANIFEST, read_bundle, write_bundle

OLD, NEW = {"a": np.arange(5)}, {"a": np.arange(9)}


def value_in(folder):
    return read_bundle(folder)[0]["a"].tolist()


@pytest.fixture
def folder(tmp_path):
    """A bundle that was written before."""
    write_bundle(tmp_path / "bundle", OLD, {"made_by": "a test"})
    return tmp_path / "bundle"


@pytest.mark.parametrize("dtype", ["float32", "float16", "int64", "int16", "uint8", "bool"])
@pytest.mark.parametrize("shape", [(3, 4), (0, 2), ()], ids=str)
def test_arrays_come_back_as_they_were(tmp_path, dtype, shape):
    array = (np.random.default_rng(0).random(shape) * 9).astype(dtype)
    array = np.asarray(array)
    write_bundle(tmp_path / "b", {"array": array, "turned": array.T}, {})
    arrays, _ = read_bundle(tmp_path / "b")
    for name, expected in (("array", array), ("turned", array.T)):
        assert arrays[name].shape == expected.shape
        assert arrays[name].dtype == expected.dtype
        assert np.array_equal(arrays[name], expected)


def test_the_manifest_comes_back_with_what_it_was_given(folder):
    _, manifest = read_bundle(folder)
    assert manifest["made_by"] == "a test"
    assert manifest["format"] == FORMAT


def test_a_new_bundle_replaces_the_old_one_and_leaves_nothing_else(folder):
    write_bundle(folder, NEW, {})
    assert value_in(folder) == list(range(9))
    assert [path.name for path in folder.parent.iterdir()] == ["bundle"]


def test_folders_on_the_way_are_made(tmp_path):
    write_bundle(tmp_path / "a" / "b" / "c", OLD, {})
    assert value_in(tmp_path / "a" / "b" / "c") == list(range(5))


# What cannot be read


@pytest.mark.parametrize("position", [0, 8, 40, -1])
def test_one_damaged_byte_of_the_arrays_is_noticed(folder, position):
    content = bytearray((folder / ARRAYS).read_bytes())
    content[position] ^= 1
    (folder / ARRAYS).write_bytes(content)
    with pytest.raises(UserError, match=r"arrays\.safetensors is damaged"):
        read_bundle(folder)


@pytest.mark.parametrize("name", [ARRAYS, MANIFEST])
@pytest.mark.parametrize("size", [0, 10])
def test_a_file_cut_short_is_noticed(folder, name, size):
    os.truncate(folder / name, size)
    with pytest.raises(UserError, match=r"damaged|cannot be read"):
        read_bundle(folder)


@pytest.mark.parametrize("text", ["[]", "null", '"abc"', '{"format": "x"}', "\x80"])
def test_a_manifest_that_is_none_is_refused(folder, text):
    (folder / MANIFEST).write_bytes(text.encode("latin-1"))
    with pytest.raises(UserError):
        read_bundle(folder)


def test_a_bundle_of_a_newer_format_says_to_update(folder):
    manifest = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps({**manifest, "format": FORMAT + 1}))
    with pytest.raises(UserError, match=r"newer version of the app .* Update the app"):
        read_bundle(folder)


def test_a_missing_bundle_is_named(tmp_path):
    with pytest.raises(UserError, match=r"nowhere cannot be read"):
        read_bundle(tmp_path / "nowhere")


# When it cannot be written


def test_a_full_disk_is_said_and_leaves_the_old_bundle(folder, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UserError, match=r"bundle could not be saved in .*No space left on device"):
        write_bundle(folder, NEW, {})
    assert value_in(folder) == list(range(5))
    assert [path.name for path in folder.parent.iterdir()] == ["bundle"]


def test_a_place_that_cannot_be_written_is_said(tmp_path):
    """Its parent is a file; as root no folder refuses."""
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="b could not be saved"):
        write_bundle(tmp_path / "file" / "b", OLD, {})
    with pytest.raises(UserError, match="b could not be saved"):
        write_bundle(tmp_path / "file" / "deeper" / "b", OLD, {})


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_said(tmp_path):
    (tmp_path / "locked").mkdir(mode=0o555)
    with pytest.raises(UserError, match="who may write there"):
        write_bundle(tmp_path / "locked" / "b", OLD, {})


CRASH = """
import os, pathlib, sys
import numpy as np
from ssvae_core.files import write_bundle

real = {"fsync": os.fsync, "rename": pathlib.Path.rename}
calls = 0

def crashing(name):
    def call(*arguments):
        global calls
        calls += 1
        if calls == int(sys.argv[2]):
            os._exit(9)  # as kill -9 would: nothing is tidied up
        return real[name](*arguments)
    return call

os.fsync, pathlib.Path.rename = crashing("fsync"), crashing("rename")
write_bundle(pathlib.Path(sys.argv[1]), {"a": np.arange(9)}, {})
"""


@pytest.mark.parametrize("at_call", [1, 2, 3, 4])
def test_a_crash_in_the_middle_leaves_the_old_bundle(folder, at_call):
    """At either file, or at either of the two renames that swap the folders."""
    done = subprocess.run([sys.executable, "-c", CRASH, str(folder), str(at_call)], check=False)
    assert done.returncode == 9
    assert value_in(folder) == list(range(5))
    write_bundle(folder, NEW, {})
    assert value_in(folder) == list(range(9))


def test_a_swap_that_fails_puts_the_old_bundle_back(folder, monkeypatch):
    rename = type(folder).rename

    def refuses_the_new(path, target):
        if path.name.startswith(".writing-"):
            raise OSError(errno.EACCES, "Permission denied")
        return rename(path, target)

    monkeypatch.setattr(type(folder), "rename", refuses_the_new)
    with pytest.raises(UserError, match="What was saved before is still there"):
        write_bundle(folder, NEW, {})
    assert value_in(folder) == list(range(5))
