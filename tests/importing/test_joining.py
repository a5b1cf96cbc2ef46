"""Two data sets that become one with two domains, and what is refused."""

import dataclasses
import io

import numpy as np
import pytest
from PIL import Image

from ssvae_core.data import load_dataset
from ssvae_core.data.columns import Columns
from ssvae_core.data.library import load_imported
from ssvae_core.data.manifest import read_manifest
from ssvae_core.data.matching import making_of
from ssvae_core.errors import UserError
from ssvae_core.importing.import_data import add_later, import_to_end
from ssvae_core.importing.items import Item
from ssvae_core.importing.join_writer import joined
from ssvae_core.importing.joining import Joining
from ssvae_core.importing.origin import why_not_again
from ssvae_core.importing.progress import Choice, ImportCancelled
from tests.support.small_files import encoded, picture
from tests.support.small_imports import HERE, Rows, left_in, take_in


@pytest.fixture(scope="module")
def small(digits):
    """60 digits to label and 30 to test on, by their own names of the classes."""
    return dataclasses.replace(
        digits,
        name="small",
        images=digits.images[:60],
        answer_key=digits.answer_key[:60],
        test_images=digits.images[60:90],
        test_answer_key=digits.answer_key[60:90],
        identity="",
    )


@pytest.fixture(scope="module")
def laid_otherwise(digits):
    """50 others, black on white, larger and in a corner; their classes in another order."""
    images = np.zeros((50, 20, 20, 1), np.uint8)
    images[:, 2:18, 1:17] = digits.images[100:150].repeat(2, 1).repeat(2, 2)
    return dataclasses.replace(
        digits,
        name="other",
        images=255 - images,
        class_names=tuple("9876543210"),
        answer_key=9 - digits.answer_key[100:150],
        test_images=None,
        test_answer_key=None,
        identity="",
    )


def join(first, second, root, **how):
    imported = import_to_end(joined(Joining(first, second, **how), root))
    return load_imported(imported.folder), imported.report


def test_the_second_comes_after_the_first_made_as_it_with_classes_by_name(
    small, laid_otherwise, root, digits
):
    data, report = join(small, laid_otherwise, root)
    assert np.array_equal(data.images[:60], small.images)
    assert (len(data), len(data.test_images)) == (110, 30)
    assert data.domain_counts() == [("small", 60), ("other", 50)]
    assert set(data.test_domains.tolist()) == {0}
    assert data.class_names == tuple("0123456789")
    expected = np.append(digits.answer_key[:60], digits.answer_key[100:150])
    assert np.array_equal(data.answer_key, expected)
    found = making_of(data.images[60:])
    assert (found.height, found.is_light_on_dark) == (8, True)
    assert report.domains == {"small": 60, "other": 50}
    assert any("from 20 x 20 pixels, dark on light" in note for note in report.notes)
    before = np.asarray(Image.open(io.BytesIO(data.original(60)[0])))
    assert np.array_equal(before, laid_otherwise.images[0, ..., 0])  # kept as it was
    assert data.original(0) is None
    assert left_in(root) == []


def test_as_they_are_only_their_size_changes(small, laid_otherwise, root):
    stretched, _ = join(small, laid_otherwise, root, as_they_are=True)
    assert stretched.shape == (8, 8, 1)
    assert not making_of(stretched.images[60:]).is_light_on_dark
    what = Joining(small, laid_otherwise)
    assert what.made(laid_otherwise.images[what.shown()]).shape == (12, 8, 8, 1)


def test_domains_of_domains_stay_and_images_are_added_later(small, laid_otherwise, root, digits):
    data, _ = join(small, laid_otherwise, root, name="two")
    third = dataclasses.replace(
        digits,
        name="small",
        images=digits.images[200:230],
        answer_key=None,
        identity="",
        test_images=None,
        test_answer_key=None,
    )
    three, _ = join(data, third, root)
    assert three.domain_counts() == [("small", 60), ("other", 50), ("small (2)", 30)]
    assert (three.answer_key[-30:] == -1).all()
    assert three.file_names[60] == "other/000000.png"
    items = [Item("n.png", encoded(picture(3)), "cat")]
    later = import_to_end(add_later(Rows(items), root, to=three.name, choice=HERE))
    data = load_imported(later.folder)
    assert data.domains.tolist() == [*three.domains.tolist(), -1]
    assert data.shape == (8, 8, 1)


def test_hidden_classes_do_not_become_labels_by_being_joined(small, laid_otherwise, root):
    items = [Item(f"{k}", small.images[k, ..., 0], str(k % 10)) for k in range(20)]
    labelled = take_in(
        Rows(items), root, choice=Choice(role="labels", n_processes=0, encoder="auto")
    )
    first = load_dataset(labelled.id, root)
    data, report = join(first, laid_otherwise, root)
    assert data.answer_key is None
    assert (data.labels[len(first) :] == -1).all()
    assert (data.labels[: len(first)] >= 0).all()
    assert any("are left out" in note and "hidden" in note for note in report.notes)
    manifest = read_manifest(root / data.name)
    assert manifest["earlier"] == first.name
    assert "joins" in why_not_again(manifest)


def test_an_image_that_is_tested_on_is_not_learned_from(small, digits, root):
    second = dataclasses.replace(
        small,
        name="again",
        images=digits.images[60:70],
        answer_key=digits.answer_key[60:70],
        test_images=digits.images[:5],
        test_answer_key=digits.answer_key[:5],
        identity="",
    )
    data, report = join(small, second, root)
    assert (len(data), len(data.test_images)) == (60, 30)
    assert any(note.startswith("15 are left out") for note in report.notes)


def test_what_does_not_go_together_is_refused_in_words(small, laid_otherwise, root):
    with pytest.raises(UserError, match="are the same images"):
        Joining(small, dataclasses.replace(small, name="copy", identity=small.fingerprint))
    vectors = dataclasses.replace(
        small, images=np.zeros((60, 5), np.float32), identity="", test_images=None
    )
    with pytest.raises(UserError, match=r"holds vectors of shape \(5,\).*images of shape"):
        Joining(small, vectors)
    with pytest.raises(UserError, match="Texts are joined in one table"):
        Joining(small, dataclasses.replace(small, texts=["a"] * 60, identity="told"))
    columns = Columns(("a",), np.zeros((60, 1), np.float32))
    with pytest.raises(UserError, match="--domain COLUMN"):
        Joining(small, dataclasses.replace(small, columns=columns, identity="named"))
    colour = dataclasses.replace(small, images=small.images.repeat(3, 3), identity="")
    with pytest.raises(UserError, match="in colour"):
        Joining(small, colour)
    with pytest.raises(ImportCancelled, match="nothing of it was kept"):
        import_to_end(joined(Joining(small, laid_otherwise, should_stop=lambda: True), root))
    assert left_in(root) == []
