"""What every format of an export must do."""

import json

import numpy as np
import pytest

from ssvae_core.errors import UserError
from ssvae_core.export import FORMATS, ExportOptions, export
from ssvae_core.export.writing import EXPORT_FILE
from tests.support.export_files import LIGHT, written
from tests.support.small_export import NAMES, small_content

# Every format


@pytest.mark.parametrize("name", LIGHT)
def test_every_format_writes_a_folder_that_says_what_it_is(name, tmp_path):
    content = small_content()
    folder = written(content, name, tmp_path / "out")
    about = json.loads((folder / EXPORT_FILE).read_text("utf-8"))
    assert about["format"] == name
    assert about["data_fingerprint"] == "f00d"
    assert about["model_version"] == "12.840"
    assert about["labels"] == 7
    assert list(about["classes"].values()) == list(NAMES)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]  # nothing is left beside it


@pytest.mark.parametrize("name", LIGHT)
def test_every_format_has_a_title_and_says_what_it_is_for(name):
    assert FORMATS[name].title
    assert len(FORMATS[name].about) > 10


@pytest.mark.parametrize("name", LIGHT)
def test_an_empty_session_can_be_exported(name, tmp_path):
    written(small_content(said={}, guesses=None, truth=None, audit=None), name, tmp_path / "out")


@pytest.mark.parametrize("name", [name for name in LIGHT if FORMATS[name].needs_images])
def test_vectors_are_refused_by_formats_for_images(name, tmp_path):
    content = small_content(values=np.zeros((24, 5), np.float32))
    with pytest.raises(UserError, match=f"'{name}' is for images; 'pets' holds vectors"):
        list(export(content, name, tmp_path / "out"))


@pytest.mark.parametrize("name", [name for name in LIGHT if not FORMATS[name].needs_images])
def test_vectors_can_be_exported_by_the_others(name, tmp_path):
    written(small_content(values=np.zeros((24, 5), np.float32)), name, tmp_path / "out")


def test_an_unknown_format_is_refused_with_those_there_are(tmp_path):
    with pytest.raises(UserError, match=r"Unknown format 'xls'\. Choose one of: csv, jsonl"):
        list(export(small_content(), "xls", tmp_path))


def test_choices_out_of_range_are_refused():
    with pytest.raises(UserError, match="between 0 and 1, got 50"):
        ExportOptions(min_confidence=50)
    with pytest.raises(UserError, match="Unknown choice 'some'"):
        ExportOptions("some")


def test_progress_goes_from_nothing_to_all(tmp_path):
    shares = [progress.share for progress in export(small_content(2000), "csv", tmp_path / "out")]
    assert shares == sorted(shares)
    assert len(shares) == 5
    assert shares[-1] == 1.0
