"""Arrays of any kind and order, and bad ones."""

import numpy as np
import pytest

from ssvae_core.importing.import_data import Choice
from tests.support.small_files import picture, write
from tests.support.small_sources import KEY, PICTURES, refused, taken_in


@pytest.mark.parametrize("suffix", ["npy", "npz"])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", [np.uint8, ">u2", np.float64, bool])
def test_arrays_of_any_kind_and_order_come_in(suffix, order, dtype, tmp_path, root):
    values = PICTURES.astype(float)
    values[:, 0, 0], values[:, 0, 1] = 0, 255  # so that all have one range
    values = values > 99 if dtype is bool else values / (255 if dtype is np.float64 else 1)
    values = np.asarray(values.astype(dtype), order=order)
    path = tmp_path / f"x.{suffix}"
    if suffix == "npy":
        np.save(path, values)
    else:
        np.savez_compressed(path, whatever=values)
    data, _ = taken_in(path, root)
    expected = values * 255.0 if dtype in (bool, np.float64) else values
    assert np.array_equal(data.images[..., 0], np.rint(expected))


def test_channels_may_come_first_or_last(tmp_path, root):
    values = np.stack([picture(seed, 8, 8, 3) for seed in range(5)])
    np.save(tmp_path / "last.npy", values)
    np.save(tmp_path / "first.npy", np.moveaxis(values, -1, 1))
    for name in ("last", "first"):
        data, _ = taken_in(tmp_path / f"{name}.npy", root, name=name)
        assert np.array_equal(data.images, values)


def test_rows_of_numbers_are_vectors(tmp_path, root):
    values = np.random.default_rng(0).normal(size=(20, 7))
    values[3, 2] = np.nan
    np.savez(tmp_path / "x.npz", x=values, y=np.arange(20) % 2, class_names=["no", "yes"])
    data, report = taken_in(tmp_path / "x.npz", root)
    assert (data.kind, data.shape, len(data)) == ("vector", (7,), 20)
    values[3, 2] = np.median(np.delete(values[:, 2], 3))
    assert np.allclose(data.images, values)
    assert data.class_names == ("no", "yes")
    assert data.answer_key.tolist() == (np.arange(20) % 2).tolist()
    assert "(number 3 1)" in report.notes[0]


def test_rows_that_hold_what_is_no_number_are_skipped(tmp_path, root):
    values = np.random.default_rng(0).normal(size=(20, 3))
    values[3, 2], values[5] = np.inf, np.nan
    np.savez(tmp_path / "x.npz", x=values, feature_names=["a", "b", "c"])
    data, report = taken_in(tmp_path / "x.npz", root)
    assert report.skipped["bad-row"].files == [
        ("#3", "a value is not a finite number"),
        ("#5", "all of its values are missing"),
    ]
    assert data.columns.names == ("a", "b", "c")
    assert np.array_equal(data.columns.values, data.images)


@pytest.mark.parametrize("order", ["C", "F"])
def test_the_test_part_of_an_archive_comes_with_it(order, tmp_path, root):
    test, key = np.stack([picture(seed, 8, 8) for seed in range(50, 55)]), np.arange(5) % 3
    arrays = {"x_train": PICTURES, "y_train": KEY, "x_test": test, "y_test": key}
    arrays = {name: np.asarray(each, order=order) for name, each in arrays.items()}
    np.savez_compressed(tmp_path / "x.npz", **arrays, class_names=list("abc"), z=np.arange(3))
    data, report = taken_in(tmp_path / "x.npz", root, Choice(n_processes=1))
    assert np.array_equal(data.images[..., 0], PICTURES)
    assert np.array_equal(data.test_images[..., 0], test)
    assert (data.answer_key.tolist(), data.test_answer_key.tolist()) == (KEY.tolist(), key.tolist())
    assert "Left alone in x.npz: z." in report.sentences()
    option = next(option for option in report.reading if option["name"] == "test")
    assert (option["value"], option["options"]) == ("x_test", [["x_test", "x_test"], ["", "None"]])
    without = Choice(n_processes=0, reading={"test": "none"})
    data, report = taken_in(tmp_path / "x.npz", root, without, name="without")
    assert (len(data), data.test_images) == (len(PICTURES), None)
    assert "Left alone in x.npz: x_test, y_test, z." in report.sentences()


def test_a_file_of_labels_in_their_order_is_of_what_is_learned_from(tmp_path, root):
    test = {"x_test": PICTURES[9:], "y_test": np.array([1, 0, 1])}
    np.savez(tmp_path / "x.npz", x_train=PICTURES[:9], **test)
    np.save(tmp_path / "labels.npy", np.arange(9) % 2)
    choice = Choice(n_processes=0, labels=tmp_path / "labels.npy")
    data, _ = taken_in(tmp_path / "x.npz", root, choice)
    assert data.answer_key.tolist() == (np.arange(9) % 2).tolist()
    assert data.test_answer_key.tolist() == [1, 0, 1]


@pytest.mark.parametrize(
    "test",
    [
        {"x_test": PICTURES},  # without labels
        {"x_test": PICTURES[:, :4], "y_test": KEY},  # of another size
        {"x_test": PICTURES[:0], "y_test": KEY[:0]},
        {"x_test": np.array(["a"]), "y_test": KEY[:1]},
    ],
)
def test_what_cannot_be_tested_on_is_left_alone(test, tmp_path, root):
    np.savez(tmp_path / "x.npz", x_train=PICTURES, y_train=KEY, **test)
    data, report = taken_in(tmp_path / "x.npz", root)
    assert (len(data), data.test_images) == (len(PICTURES), None)
    assert f"Left alone in x.npz: {', '.join(test)}." in report.sentences()


def test_labels_of_a_test_part_have_to_be_as_many(tmp_path, root):
    test = {"x_test": PICTURES[:3], "y_test": KEY[:2]}
    np.savez(tmp_path / "x.npz", x_train=PICTURES[3:], y_train=KEY[3:], **test)
    assert "y_test has shape (2,); expected one for each of the 3 rows" in refused(
        tmp_path / "x.npz", root
    )


def test_vectors_have_a_test_part_too(tmp_path, root):
    values = np.random.default_rng(0).normal(size=(20, 7)).astype(np.float32)
    arrays = {"x_train": values[:15], "x_test": values[15:], "y_test": np.arange(5)}
    np.savez(tmp_path / "x.npz", **arrays, y_train=np.arange(15) % 5)
    data, _ = taken_in(tmp_path / "x.npz", root)
    assert (data.kind, len(data)) == ("vector", 15)
    assert np.array_equal(data.test_images, values[15:])


class Trap:
    def __reduce__(self):
        return (open, ("/tmp/never", "w"))


def bad_arrays(folder):
    """{file: words that its refusal must hold}."""
    np.save(folder / "pickled.npy", np.array([Trap()], object), allow_pickle=True)
    np.savez(folder / "pickled.npz", x=np.array([Trap()], object))
    np.save(folder / "good.npy", PICTURES)
    whole = (folder / "good.npy").read_bytes()
    write(folder / "cut.npy", whole[:-10])
    write(folder / "head.npy", whole[:20])
    write(folder / "huge.npy", whole.replace(b"(12, 8, 8)", b"(10**9,8,)")[:128])
    lying = whole.replace(b"(12, 8, 8), }        ", b"(99999999999, 8, 8),}")
    write(folder / "lying.npy", lying)
    write(folder / "noise.npy", b"noise")
    write(folder / "noise.npz", b"noise")
    np.savez(folder / "none.npz")
    np.save(folder / "text.npy", np.array(["a", "b"]))
    np.save(folder / "flat.npy", np.zeros(9))
    np.save(folder / "empty.npy", np.zeros((0, 8, 8)))
    np.save(folder / "five.npy", np.zeros((2, 8, 8, 8, 8)))
    np.savez(folder / "short.npz", images=PICTURES, labels=KEY[:-1])
    return {
        "pickled.npy": "Python objects",
        "pickled.npz": "Python objects",
        "cut.npy": "bytes",
        "head.npy": "cannot be read",
        "huge.npy": "cannot be read",
        "lying.npy": "are there",
        "noise.npy": "cannot be read",
        "noise.npz": "cannot be read",
        "none.npz": "no array",
        "text.npy": "expected numbers",
        "flat.npy": "expected images",
        "empty.npy": "is empty",
        "five.npy": "expected images",
        "short.npz": "one for each of the 12 rows",
    }


def test_a_bad_array_is_refused_in_words(tmp_path, root):
    (tmp_path / "in").mkdir()
    for name, words in bad_arrays(tmp_path / "in").items():
        said = refused(tmp_path / "in" / name, root)
        assert words in said, name
        assert name in said
