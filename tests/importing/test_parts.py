"""What is learned from and what is tested on have no image in common, and one shape."""

import numpy as np

from ssvae_core.data import load_dataset
from ssvae_core.importing.import_data import Choice
from ssvae_core.importing.items import Item
from tests.support.small_files import encoded, picture
from tests.support.small_imports import Rows, take_in


def image(seed, channels=1):
    return encoded(picture(seed, channels=channels))


def test_one_colour_image_makes_both_parts_colour(tmp_path, root):
    for in_test in (False, True):
        items = [Item(f"{k}", image(k), "a", in_test=k > 2) for k in range(5)]
        items.append(Item("c", image(9, 3), "b", in_test=in_test))
        data = load_dataset(take_in(Rows(items), root, f"colour {in_test}").id, root)
        assert data.shape == data.test_images.shape[1:] == (12, 12, 3)
        assert (len(data), len(data.test_images)) == ((3, 3) if in_test else (4, 2))
        assert np.array_equal(data.images[0, ..., 1], picture(0))
        assert np.array_equal(data.test_images[0, ..., 2], picture(3))


def test_contradictions_of_each_part_are_its_own(tmp_path, root):
    items = [
        *(Item(f"{label}{k}", image(1), label) for k, label in enumerate("ab")),
        *(Item(f"t{label}{k}", image(2), label, in_test=True) for k, label in enumerate("ab")),
        Item("c", image(3), "b"),
    ]
    imported = take_in(Rows(items), root)
    data = load_dataset(imported.id, root)
    assert (data.answer_key.tolist(), data.test_answer_key.tolist()) == ([-1, 1], [-1])
    found = imported.report.contradictions
    assert [(each.first, each.name, each.in_test) for each in found] == [
        ("a0", "b1", False),
        ("ta0", "tb1", True),
    ]


def test_who_keeps_duplicates_keeps_them_across_the_parts(tmp_path, root):
    items = [Item("a", image(1), "a"), Item("t", image(1), "a", in_test=True)]
    choice = Choice(n_processes=0, keeps_duplicates=True)
    data = load_dataset(take_in(Rows(items), root, choice=choice).id, root)
    assert np.array_equal(data.images, data.test_images)
    data = load_dataset(take_in(Rows(items), root, "once").id, root)
    assert (len(data), data.test_images) == (1, None)
