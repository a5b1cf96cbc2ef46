"""What the axes of an array can be, the likeliest and what else is offered."""

import numpy as np
import pytest

from ssvae_core.errors import UserError
from ssvae_core.importing.import_data import Choice
from ssvae_core.importing.sources.axes import readings
from tests.support.small_files import picture, write
from tests.support.small_sources import idx_bytes, refused, taken_in

BYTES, FLOATS = np.dtype(np.uint8), np.dtype(float)
GREY, COLOUR = "images (n, H, W)", "images (n, H, W, C)"
FIRST, LAST = "images (n, C, H, W)", "images (H, W, C, n)"
ONE, ONE_FIRST = "one image (H, W, C)", "one image (C, H, W)"


@pytest.mark.parametrize(
    ("shape", "dtype", "titles"),
    [
        ((20, 784), BYTES, ["images 28 x 28", "vectors"]),
        ((20, 784), FLOATS, ["images 28 x 28", "vectors"]),
        ((20, 64), BYTES, ["images 8 x 8", "vectors"]),
        ((20, 64), FLOATS, ["vectors", "images 8 x 8"]),
        ((20, 3072), BYTES, ["images 3 x 32 x 32", "images 32 x 32 x 3", "vectors"]),
        ((20, 7), FLOATS, ["vectors"]),
        ((28, 28), FLOATS, ["vectors", "one image (H, W)"]),
        ((20, 24, 24), BYTES, [GREY, "images (H, W, n)", "vectors"]),
        ((24, 24, 20), BYTES, ["images (H, W, n)", GREY, "vectors"]),
        ((24, 20, 3), BYTES, [ONE, GREY, "vectors"]),
        ((3, 24, 24), BYTES, [GREY, ONE_FIRST, "images (H, W, n)", "vectors"]),
        ((20, 3, 8, 8), BYTES, [FIRST, "vectors"]),
        ((20, 8, 8, 3), BYTES, [COLOUR, "vectors"]),
        ((20, 3, 8, 3), BYTES, [COLOUR, FIRST, "vectors"]),
        ((20, 2, 8, 8), BYTES, [FIRST, "vectors"]),
        ((32, 32, 3, 9), BYTES, [LAST]),
    ],
)
def test_the_likeliest_comes_first_and_the_others_are_offered(shape, dtype, titles):
    assert [*readings(shape, dtype)] == titles


@pytest.mark.parametrize("shape", [(9,), (20, 8, 8, 8), (2, 2, 8, 8, 3), ()])
def test_what_is_no_data_has_no_reading(shape):
    with pytest.raises(ValueError, match="expected images"):
        readings(shape, BYTES)


IMAGES = np.stack([picture(seed, 8, 8, 3) for seed in range(5)])
ARRAYS = {
    COLOUR: IMAGES,
    FIRST: np.moveaxis(IMAGES, -1, 1),
    LAST: np.moveaxis(IMAGES, 0, -1),
    "images 8 x 8 x 3": IMAGES.reshape(5, 192),
    "images 3 x 8 x 8": np.moveaxis(IMAGES, -1, 1).reshape(5, 192),
    ONE: IMAGES[0],
    ONE_FIRST: np.moveaxis(IMAGES[0], -1, 0),
}


@pytest.mark.parametrize("axes", ARRAYS)
@pytest.mark.parametrize("order", ["C", "F"])
def test_each_reading_gives_the_same_images(axes, order, tmp_path, root):
    np.save(tmp_path / "x.npy", np.asarray(ARRAYS[axes], order=order))
    data, report = taken_in(tmp_path / "x.npy", root, Choice(n_processes=0, reading={"axes": axes}))
    assert np.array_equal(data.images, IMAGES[:1] if "one" in axes else IMAGES)
    (option,) = [option for option in report.reading if option["name"] == "axes"]
    assert option["value"] == axes


def test_rows_of_numbers_become_vectors_if_a_person_says_so(tmp_path, root):
    rows = np.random.default_rng(0).integers(0, 255, (6, 784), np.uint8)
    np.save(tmp_path / "x.npy", rows)
    as_images, _ = taken_in(tmp_path / "x.npy", root, name="images")
    assert as_images.shape == (28, 28, 1)
    choice = Choice(n_processes=0, reading={"axes": "vectors"})
    as_vectors, _ = taken_in(tmp_path / "x.npy", root, choice, "vectors")
    assert np.array_equal(as_vectors.images, rows)
    write(tmp_path / "x.idx", idx_bytes(rows))
    assert np.array_equal(taken_in(tmp_path / "x.idx", root)[0].images, as_images.images)
    write(tmp_path / "y.idx", idx_bytes(rows))
    assert taken_in(tmp_path / "y.idx", root, choice, "y")[0].shape == (784,)


def test_a_reading_that_is_none_is_refused_with_those_there_are(tmp_path, root):
    np.save(tmp_path / "x.npy", IMAGES)
    choice = Choice(n_processes=0, reading={"axes": "sideways"})
    said = refused(tmp_path / "x.npy", root, choice)
    assert said == f"'axes' can be {COLOUR}, vectors; got 'sideways'."
    with pytest.raises(UserError):
        taken_in(tmp_path / "x.npy", root, Choice(n_processes=0, reading={"axes": ""}))
