"""An export is written whole, where nothing else is, or not at all."""

import errno
from pathlib import Path

import pytest

from ssvae_core.errors import UserError
from ssvae_core.export import export
from tests.support.export_files import LIGHT, written
from tests.support.small_export import small_content


@pytest.mark.parametrize("name", LIGHT)
def test_an_export_is_never_written_over_something_else(name, tmp_path):
    (tmp_path / "mine.txt").write_text("precious")
    with pytest.raises(UserError, match=r"is no export\. It is left as it is"):
        list(export(small_content(), name, tmp_path, replace=True))
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("name", LIGHT)
def test_an_earlier_export_is_replaced_only_when_that_is_said(name, tmp_path):
    out = written(small_content(), name, tmp_path / "out")
    before = sorted(path.name for path in out.rglob("*"))
    (out / "note.txt").write_text("mine")
    with pytest.raises(UserError, match="holds an earlier export"):
        list(export(small_content(), name, out))
    list(export(small_content(), name, out, replace=True))
    assert sorted(path.name for path in out.rglob("*")) == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("name", LIGHT)
def test_an_export_that_is_stopped_leaves_nothing(name, tmp_path):
    work = export(small_content(), name, tmp_path / "out")
    next(work)
    work.close()
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path, monkeypatch):
    def full(self, data):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(
        UserError, match=r"^The disk is full: the export to .* was not written, and"
    ):
        list(export(small_content(), "imagefolder", tmp_path / "out"))
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_may_not_be_written_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match=r"cannot be written to .*: File exists\. Name another"):
        list(export(small_content(), "csv", tmp_path / "file" / "out"))
