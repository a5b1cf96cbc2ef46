import numpy as np
import pytest

from ssvae_core.data import Dataset
from ssvae_core.encoders.originals import content_of, digest, original_image
from ssvae_core.errors import UserError
from tests.support.small_encoders import photo_set, photographs, png


def test_the_larger_original_is_seen_where_there_is_one():
    grey, coloured = photographs(1, 30, channels=1)[0], photographs(1, 20, 30)[0]
    data = photo_set(3, originals={0: grey, 2: coloured})
    assert (original_image(data, 0) == grey).all()
    assert (original_image(data, 1) == data.images[1]).all()
    assert (original_image(data, 2) == coloured).all()


@pytest.mark.parametrize("content", [b"", b"nothing", png(np.zeros((9, 9, 3), np.uint8))[:40]])
def test_a_damaged_original_is_the_example_itself(content):
    data = photo_set(2)
    object.__setattr__(data, "originals", lambda index: (content, "image/png"))
    assert (original_image(data, 1) == data.images[1]).all()


def test_originals_that_cannot_be_read_are_the_examples():
    def unreadable(index):
        raise OSError("gone")

    data = photo_set(2)
    object.__setattr__(data, "originals", unreadable)
    assert (original_image(data, 1) == data.images[1]).all()


def test_an_original_of_too_many_pixels_is_not_decoded(monkeypatch):
    monkeypatch.setattr("ssvae_core.encoders.originals.MOST_PIXELS", 100)
    data = photo_set(1, originals={0: photographs(1, 30)[0]})
    assert (original_image(data, 0) == data.images[0]).all()


def test_vectors_are_no_images():
    data = Dataset("v", "v", np.zeros((3, 5), np.float32), ("a",))
    with pytest.raises(UserError, match="vectors"):
        original_image(data, 0)


def test_a_digest_is_that_of_what_is_seen_in_any_data_set():
    original = photographs(1, 30)[0]
    one, other = photo_set(3, originals={0: original}), photo_set(4, originals={2: original})

    def of(data, index):
        return digest(content_of(data, index), data, index)

    assert of(one, 0) == of(other, 2)
    assert of(one, 1) == of(other, 1)
    assert len({of(one, 0), of(one, 1), of(one, 2), of(other, 0)}) == 4
