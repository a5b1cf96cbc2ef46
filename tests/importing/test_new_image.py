"""An image from outside is made like those of the data set, in its frame, ink and ground."""

import dataclasses
import io

import numpy as np
import pytest
from PIL import Image

from ssvae_core.data import Dataset
from ssvae_core.data.matching import Making, laid_as
from ssvae_core.data.provenance import Provenance
from ssvae_core.data.resizing import fitted
from ssvae_core.errors import UserError
from ssvae_core.importing.new_image import how_made, new_image


def png(pixels, **options):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", **options)
    return file.getvalue()


def data_of(images, **fields):
    return Dataset("x", "X", images, ("a", "b"), **fields)


def boxed(n=40, side=28, box=20, invert=False):
    """Strokes of many slants, each in a box of its own, centred by mass."""
    rng, images = np.random.default_rng(0), []
    for _ in range(n):
        canvas = np.zeros((100, 100), np.uint8)
        left, right = rng.integers(20, 80, 2)
        for row in range(10, 90):
            at = int(left + (right - left) * row / 100)
            canvas[row, at - 4 : at + 4] = 255
        images.append(laid_as(canvas, Making(side, side, 1, box=box, centred="mass")))
    images = np.stack(images)[..., None]
    return 255 - images if invert else images


@pytest.mark.parametrize("invert", [False, True])
def test_images_that_lie_centred_in_a_box_are_known_by_it(invert):
    found = how_made(data_of(boxed(invert=invert)))
    assert (found.box, found.centred) == (20, "mass")
    assert found.is_light_on_dark is not invert


def test_images_that_fill_their_frames_have_no_box():
    noise = np.random.default_rng(0).integers(0, 256, (20, 28, 28, 1), np.uint8)
    colour = np.random.default_rng(0).integers(0, 256, (20, 28, 28, 3), np.uint8)
    shifted = np.roll(boxed(), 6, axis=1)
    for images in (noise, colour, shifted):
        assert not how_made(data_of(images)).is_laid_by_mass


def test_a_drawing_of_dark_ink_becomes_an_image_like_those_of_mnist():
    paper = np.full((280, 280, 1), 255, np.uint8)
    paper[30:230, 60:80] = 0  # a stroke far to the left
    found = new_image(data_of(boxed()), "drawing", paper)
    image = found.image[..., 0].astype(float)
    assert image.shape == (28, 28)
    rows, columns = (np.flatnonzero((image > 40).any(axis)) for axis in (1, 0))
    assert rows[-1] - rows[0] + 1 == 20
    for axis, along in ((0, np.arange(28) + 0.5), (1, np.arange(28) + 0.5)):
        assert (image.sum(1 - axis) * along).sum() / image.sum() == pytest.approx(14, abs=0.6)
    assert image.max() > 200  # light on dark
    assert len(columns) < 6
    assert [sentence.split(" ")[0] for sentence in found.done] == ["Light", "It"]


def test_a_drawing_on_the_ground_of_the_data_set_is_not_turned():
    dark = np.zeros((60, 60, 1), np.uint8)
    dark[10:50, 25:32] = 255
    found = new_image(data_of(boxed()), "drawing", dark)
    assert len(found.done) == 1
    assert found.image.max() > 200
    light = new_image(data_of(boxed(invert=True)), "drawing", 255 - dark)
    np.testing.assert_array_equal(light.image, 255 - found.image)


def test_nothing_drawn_is_a_sentence():
    with pytest.raises(UserError, match="Draw something"):
        new_image(data_of(boxed()), "drawing", np.full((50, 50, 1), 255, np.uint8))


@pytest.mark.parametrize("fit", ["resize", "crop", "pad"])
def test_a_photograph_is_resized_as_the_import_of_its_data_set_did(fit):
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (6, 32, 32, 3), np.uint8)
    origin = Provenance(
        (), 6, np.zeros((6, 2), np.int32), np.zeros((6, 16), np.uint8), {"fit": fit}
    )
    photo = rng.integers(0, 256, (60, 90, 3), np.uint8)
    found = new_image(data_of(images, provenance=origin), "a.png", png(photo))
    expected = np.asarray(fitted(Image.fromarray(photo), 32, fit))
    np.testing.assert_array_equal(found.image, expected)
    assert found.photo.shape == (60, 90, 3)
    assert found.done == ()


def test_a_file_is_turned_upright_as_its_exif_says():
    exif = Image.Exif()
    exif[0x0112] = 6
    photo = np.zeros((40, 20, 3), np.uint8)
    photo[:20] = 255
    images = np.random.default_rng(0).integers(0, 256, (6, 32, 32, 3), np.uint8)
    found = new_image(data_of(images), "a.png", png(photo, exif=exif))
    assert found.photo.shape == (20, 40, 3)
    assert found.photo[:, 30:].mean() > 200  # what was above is at the right now


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "the file is empty"), (b"no image" * 30, "cannot be read as an image")],
)
def test_a_file_that_is_no_image_is_refused_in_words(content, said):
    with pytest.raises(UserError, match=said):
        new_image(data_of(boxed()), "a.png", content)


def test_opacity_is_added_where_the_data_set_has_it():
    images = np.random.default_rng(0).integers(0, 256, (6, 16, 24, 4), np.uint8)
    found = new_image(data_of(images), "drawing", np.full((50, 50, 3), 90, np.uint8))
    assert found.image.shape == (16, 24, 4)
    assert (found.image[..., 3] == 255).all()


def test_vectors_and_odd_channels_are_refused():
    vectors = data_of(np.zeros((5, 3), np.float32))
    with pytest.raises(UserError, match="vectors"):
        new_image(vectors, "a.png", b"x")
    two = dataclasses.replace(data_of(np.zeros((5, 8, 8, 2), np.uint8)))
    with pytest.raises(UserError, match="2 channels"):
        new_image(two, "a.png", b"x")
