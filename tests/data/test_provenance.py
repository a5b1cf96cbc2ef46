"""What is written down of originals when they are imported."""

import numpy as np
import pytest

from ssvae_core.data import load_dataset
from ssvae_core.errors import Conflict
from tests.support.small_files import encoded, picture, write
from tests.support.small_imports import take_in


def test_sizes_are_those_of_the_files(tmp_path, root):
    write(tmp_path / "in" / "a.png", encoded(picture(1, 30, 50)))
    write(tmp_path / "in" / "b.png", encoded(picture(2, 9, 7)))
    found = load_dataset(take_in(tmp_path / "in", root).id, root).provenance
    assert [found.size(0), found.size(1)] == [(30, 50), (9, 7)]
    assert found.there == [str(tmp_path / "in")]


def test_sizes_of_another_length_are_damage(tmp_path, root):
    write(tmp_path / "in" / "a.png", encoded(picture(1)))
    imported = take_in(tmp_path / "in", root)
    np.save(imported.folder / "sizes.npy", np.zeros((5, 2), np.int32))
    with pytest.raises(Conflict, match="is damaged"):
        load_dataset(imported.id, root)
