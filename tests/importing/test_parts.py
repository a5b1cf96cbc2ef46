"""What is learned from and what is tested on have no image in common, and one shape."""

import json

import numpy as np
import pytest

from ssvae_core.data import load_dataset
from ssvae_core.data.stored import DOMAINS, MANIFEST
from ssvae_core.importing.import_data import Choice, add_later, import_to_end
from ssvae_core.importing.items import Item
from tests.support.small_files import encoded, picture
from tests.support.small_imports import Rows, take_in

HERE = Choice(n_processes=0)


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


def test_domains_come_with_the_items_and_stay_when_images_are_added(root):
    of = ["here", "there", None, "here"]
    items = [Item(f"{k}", image(k), "a", domain=name) for k, name in enumerate(of)]
    items.append(Item("t", image(9), "a", in_test=True, domain="there"))
    imported = take_in(Rows(items), root)
    data = load_dataset(imported.id, root)
    assert data.domain_names == ("here", "there")
    assert (data.domains.tolist(), data.test_domains.tolist()) == ([0, 1, -1, 0], [1])
    assert data.domain_counts() == [("here", 2), ("there", 1)]
    assert data.in_domain(0).tolist() == [0, 3]
    assert imported.report.domains == {"here": 2, "there": 1}
    assert "Its examples are of 2 domains: here 2, there 1." in imported.report.notes

    more = [Item("m", image(20), domain="elsewhere"), Item("n", image(21), domain="there")]
    later = import_to_end(add_later(Rows(more), root, to=imported.id, choice=HERE))
    data = load_dataset(later.id, root)
    assert data.domain_names == ("here", "there", "elsewhere")
    assert data.domains.tolist() == [0, 1, -1, 0, 2, 1]
    assert data.test_domains.tolist() == [1]


def test_without_domains_nothing_is_written_of_them(root):
    imported = take_in(Rows([Item("a", image(1), "a"), Item("b", image(2), "a")]), root)
    assert not (imported.folder / DOMAINS).exists()
    data = load_dataset(imported.id, root)
    assert (data.domain_names, data.domains, data.domain_counts()) == ((), None, [])
    manifest = json.loads((imported.folder / MANIFEST).read_text())
    del manifest["domain_names"]  # as an older version wrote it
    (imported.folder / MANIFEST).write_text(json.dumps(manifest))
    assert load_dataset(imported.id, root).domain_names == ()


@pytest.mark.parametrize("damage", ["values", "length", "names"])
def test_damaged_domains_are_left_out_with_a_note(damage, root):
    items = [Item(f"{k}", image(k), "a", domain="xy"[k]) for k in range(2)]
    imported = take_in(Rows(items), root)
    if damage == "names":
        manifest = json.loads((imported.folder / MANIFEST).read_text())
        (imported.folder / MANIFEST).write_text(json.dumps({**manifest, "domain_names": "xy"}))
    else:
        wrong = [0, 7] if damage == "values" else [0]
        np.save(imported.folder / DOMAINS, np.array(wrong, np.int16))
    data = load_dataset(imported.id, root)
    assert (data.domain_names, data.domains) == ((), None)
    assert data.notes == ("The domains of 'scans' cannot be read and are left out.",)
    more = import_to_end(
        add_later(Rows([Item("m", image(20), domain="x")]), root, to=imported.id, choice=HERE)
    )
    assert len(load_dataset(more.id, root)) == 3


def test_a_name_of_a_domain_is_text_and_after_the_most_there_are_none(root, monkeypatch):
    monkeypatch.setattr("ssvae_core.importing.parts.MOST_DOMAINS", 2)
    of = ["a\n", " b  c ", "d", "b c", ""]
    items = [Item(f"{k}", image(k), domain=name) for k, name in enumerate(of)]
    data = load_dataset(take_in(Rows(items), root).id, root)
    assert data.domain_names == ("a%0A", "b c")
    assert data.domains.tolist() == [0, 1, -1, 1, -1]
