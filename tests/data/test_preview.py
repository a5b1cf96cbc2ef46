"""A preview shows what the model will see."""

import numpy as np

from ssvae_core.data import load_dataset
from ssvae_core.data.preview import preview
from tests.support.small_files import encoded, picture, write
from tests.support.small_imports import folder_of_classes, take_in


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
