"""Files and folders that are whole or not there, and what a copied M1 is."""

import errno
import shutil

import pytest

from ssvae_core.atlas.starter_folders import copy_m1
from ssvae_core.storage.paths import ATLAS, IMAGE_ENCODER, M1
from ssvae_core.storage.whole import whole_folder, write_whole


def test_a_folder_stands_only_when_its_block_has_ended(tmp_path):
    (tmp_path / "it").mkdir()
    (tmp_path / "it" / "old").touch()
    with whole_folder(tmp_path / "it") as scratch:
        (scratch / "new").touch()
        assert [path.name for path in (tmp_path / "it").iterdir()] == ["old"]
    assert [path.name for path in tmp_path.rglob("*")] == ["it", "new"]


def test_a_block_that_fails_leaves_what_was_there_and_nothing_else(tmp_path):
    (tmp_path / "it").mkdir()

    def fails():
        with whole_folder(tmp_path / "it") as scratch:
            (scratch / "half").touch()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert [path.name for path in tmp_path.rglob("*")] == ["it"]


def test_a_generator_that_is_closed_within_the_block_leaves_nothing(tmp_path):
    def writes():
        with whole_folder(tmp_path / "it") as scratch:
            (scratch / "half").touch()
            yield

    work = writes()
    next(work)
    work.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("flush", [True, False])
def test_a_file_is_replaced_whole(tmp_path, flush):
    for text in ("one", "zwölf"):
        write_whole(tmp_path / "file", text, flush=flush)
        assert (tmp_path / "file").read_text("utf-8") == text
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.fixture
def learned(tmp_path):
    """A starter's folder with all that is learned."""
    for name in (M1, ATLAS, IMAGE_ENCODER):
        (tmp_path / "learned" / name).mkdir(parents=True)
        (tmp_path / "learned" / name / "weights").touch()
    return tmp_path / "learned"


def test_an_m1_comes_along_with_its_image_encoder_and_without_the_map(learned, tmp_path):
    copy_m1(learned, tmp_path / "other")
    assert {path.name for path in (tmp_path / "other").iterdir()} == {M1, IMAGE_ENCODER}
    assert (tmp_path / "other" / M1 / "weights").is_file()


def test_a_copy_that_fails_leaves_no_m1_so_that_the_next_one_does_it(
    learned, tmp_path, monkeypatch
):
    copytree = shutil.copytree

    def full(source, *arguments, **more):
        copytree(source, *arguments, **more)
        if source.name == M1:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copytree", full)
    with pytest.raises(OSError, match="No space"):
        copy_m1(learned, tmp_path / "other")
    assert not (tmp_path / "other" / M1).exists()
    monkeypatch.undo()
    copy_m1(learned, tmp_path / "other")
    assert (tmp_path / "other" / M1 / "weights").is_file()
