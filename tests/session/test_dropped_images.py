"""Dropped images are kept by their content: a link finds what was dropped, or is told that not."""

import os

import pytest

from ssvae_core.errors import NotFound
from ssvae_core.session import dropped_images
from ssvae_core.session.dropped_images import DroppedImages


@pytest.fixture
def kept(tmp_path):
    return DroppedImages(tmp_path / "dropped")


def test_what_was_dropped_is_read_again_also_by_the_next_app(kept):
    name = kept.keep(b"an image")
    assert kept.keep(b"an image") == name
    assert name != kept.keep(b"another")
    assert DroppedImages(kept.folder).read(name) == b"an image"


@pytest.mark.parametrize("name", ["0" * 32, "", "..", "../labels.db", "0" * 31 + "/", "é" * 32])
def test_a_link_to_nothing_is_a_sentence(kept, name):
    (kept.folder.parent / "labels.db").write_bytes(b"labels")
    with pytest.raises(NotFound, match="Drop it on the page again"):
        kept.read(name)


def test_a_damaged_one_is_a_sentence_and_dropping_it_again_mends_it(kept):
    name = kept.keep(b"an image")
    (kept.folder / name).write_bytes(b"an imagf")
    with pytest.raises(NotFound, match="not kept any longer"):
        kept.read(name)
    assert kept.keep(b"an image") == name
    assert kept.read(name) == b"an image"


def test_what_was_dropped_longest_ago_goes_first(kept, monkeypatch):
    monkeypatch.setattr(dropped_images, "MOST_BYTES", 25)
    names = []
    for n, content in enumerate((b"a" * 10, b"b" * 10, b"c" * 10)):
        names.append(kept.keep(content))
        os.utime(kept.folder / names[-1], (n, n))
        if n == 1:
            kept.keep(b"a" * 10)  # looked at again: the other one is older now
    assert {path.name for path in kept.folder.iterdir()} == {names[0], names[2]}


def test_a_disk_that_takes_nothing_costs_the_link_alone(kept):
    kept.folder.write_bytes(b"a file in its place")
    assert kept.keep(b"an image") == ""
