"""Files of an imported data set: written whole or not at all."""

import json

import pytest

from ssvae_core.data.stored import mime_of, write_json


def test_json_that_cannot_be_written_leaves_the_file_as_it_was(tmp_path):
    path = tmp_path / "manifest.json"
    write_json(path, {"n": 3, "name": "käse"})
    with pytest.raises(TypeError):
        write_json(path, {"n": object()})
    assert json.loads(path.read_text("utf-8")) == {"n": 3, "name": "käse"}


def test_a_kept_original_is_a_png_or_a_jpeg():
    assert mime_of(b"\x89PNG\r\n") == "image/png"
    assert mime_of(b"\xff\xd8\xff") == "image/jpeg"
