import shutil

import numpy as np
import pytest
from PIL import Image

from ssvae_core.data import Dataset
from ssvae_core.data.library import load_imported
from ssvae_core.encoders.originals import content_of, digest, original_image
from ssvae_core.errors import UserError
from ssvae_core.importing.import_data import Choice, import_data, import_to_end
from ssvae_core.importing.pixel_policy import Policy
from tests.support.small_encoders import photo_set, photographs, png
from tests.support.small_files import encoded, write


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


def as_cmyk(pixels):
    return encoded(Image.fromarray(pixels).convert("CMYK"), "TIFF")


def turned(pixels):
    """As a camera held upright stores it: on its side, and how to turn it back."""
    exif = Image.Exif()
    exif[274] = 6
    return encoded(np.rot90(pixels).copy(), "PNG", exif=exif)


def with_hole(pixels):
    """Its left half opaque; what lies behind the other half is not to be seen."""
    alpha = np.full(pixels.shape[:2], 255, np.uint8)
    alpha[:, pixels.shape[1] // 2 :] = 0
    return encoded(np.dstack([pixels, alpha]))


def white_where_open(pixels):
    seen = pixels.copy()
    seen[:, pixels.shape[1] // 2 :] = 255
    return seen


def few_colours(pixels):
    return Image.fromarray(pixels).quantize(256)


def grey(pixels):
    return np.asarray(Image.fromarray(pixels).convert("L"))[:, :, None]


KINDS = {
    "cmyk": (as_cmyk, lambda pixels: pixels),
    "turned": (turned, lambda pixels: pixels),
    "opacity": (with_hole, white_where_open),
    "grey": (lambda pixels: encoded(grey(pixels)[..., 0]), grey),
    "deep": (lambda pixels: encoded(grey(pixels)[..., 0].astype(np.uint16) * 257), grey),
    "palette": (
        lambda pixels: encoded(few_colours(pixels)),
        lambda p: np.asarray(few_colours(p).convert("RGB")),
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_an_encoder_sees_files_of_every_kind_as_they_look_also_when_they_are_gone(tmp_path, kind):
    """As large as they are kept, whatever the size of the example."""
    pixels = photographs(1, 60, 90)[0]
    write_as, looks = KINDS[kind]
    for n in range(3):
        write(tmp_path / "in" / f"{n}.{'tif' if kind == 'cmyk' else 'png'}", write_as(pixels - n))
    choice = Choice(policy=Policy(side=16), keeps_duplicates=True)
    work = import_data(tmp_path / "in", tmp_path / "data", name="in", choice=choice)
    data = load_imported(import_to_end(work).folder)
    shutil.rmtree(tmp_path / "in")
    assert data.shape[:2] == (16, 16)
    seen, expected = original_image(data, 0).astype(int), looks(pixels).astype(int)
    assert seen.shape[:2] == expected.shape[:2]
    assert np.abs(seen - expected).mean() < 6
