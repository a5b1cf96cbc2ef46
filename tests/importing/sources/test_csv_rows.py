"""Tables of text, with a header and without: what is recognised, and what a person makes of it."""

import csv

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ssvae_core.data.import_report import Skipped
from ssvae_core.errors import UserError
from ssvae_core.importing.import_data import Choice
from ssvae_core.importing.items import Item
from ssvae_core.importing.sources import open_source
from tests.support.small_files import write
from tests.support.small_sources import refused, taken_in

SIDE = 24
N = 30
CLASSES = np.arange(N) // 3 % 4 + 3  # sorted in part, as tables often are
IMAGES = np.random.default_rng(0).integers(0, 256, (N, SIDE, SIDE))
FEATURES = np.random.default_rng(1).normal(size=(N, 3)).round(3)
WORDS = np.array(["ape", "bee", "cat", "dog"])[CLASSES - 3]


def table(folder, rows, header=None, name="x.csv", delimiter=","):
    path = folder / name
    with path.open("w", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerows([*([header] if header is not None else []), *rows])
    return path


def read_as(report):
    return {option["name"]: option["value"] for option in report.reading}


def as_said(**reading):
    return Choice(n_processes=0, reading=reading)


@pytest.mark.parametrize("header", [None, ["0", "1", "2", "3"], ["a", "b", "c", "kind"]])
def test_numbers_and_a_class_at_the_end_lose_no_row(header, tmp_path, root):
    path = table(tmp_path, np.column_stack([FEATURES, WORDS]), header)
    data, report = taken_in(path, root)
    assert np.allclose(data.images, FEATURES)
    assert [data.class_names[k] for k in data.answer_key] == WORDS.tolist()
    assert read_as(report)["header"] == ("first-row" if header else "")


@pytest.mark.parametrize("at", [0, 3])
def test_a_class_of_numbers_at_an_end_is_no_feature(at, tmp_path, root):
    rows = np.insert(FEATURES.astype(object), at, CLASSES, axis=1)
    data, report = taken_in(table(tmp_path, rows), root)
    assert np.allclose(data.images, FEATURES)
    assert data.class_names == ("3", "4", "5", "6")
    assert read_as(report)["label"] == f"column {at + 1}"


@pytest.mark.parametrize("has_label_first", [True, False])
@pytest.mark.parametrize("header", [None, "pandas"])
def test_pixels_and_a_class_are_images(has_label_first, header, tmp_path, root):
    """MNIST as CSV; with the header that pandas counts, too."""
    columns = [CLASSES[:, None], IMAGES.reshape(N, -1)]
    rows = np.column_stack(columns if has_label_first else columns[::-1])
    names = [str(k) for k in range(rows.shape[1])] if header else None
    data, report = taken_in(table(tmp_path, rows, names), root)
    assert data.shape == (SIDE, SIDE, 1)
    assert np.array_equal(data.images[..., 0], IMAGES)
    assert [int(data.class_names[k]) for k in data.answer_key] == CLASSES.tolist()
    assert read_as(report)["numbers"] == "grey"


@pytest.mark.parametrize("is_last", [True, False])
def test_a_class_is_told_from_a_pixel_in_a_corner(is_last, tmp_path, root):
    """Which is black in nearly all images, and so has fewer values than there are classes."""
    images = IMAGES.copy()
    images[:, 0, 0] = images[:, -1, -1] = 0
    images[7:9, 0, 0] = images[3:5, -1, -1] = 15
    columns = [CLASSES[:, None], images.reshape(N, -1)]
    rows = np.column_stack(columns[::-1] if is_last else columns)
    data, _ = taken_in(table(tmp_path, rows), root)
    assert data.class_names == ("3", "4", "5", "6")


def test_a_few_pixels_of_one_class_are_an_image_too(tmp_path, root):
    rows = np.column_stack([np.full(2, 5), IMAGES[:2].reshape(2, -1)])
    data, _ = taken_in(table(tmp_path, rows), root)
    assert data.shape == (SIDE, SIDE, 1)
    assert data.class_names == ("5",)


@pytest.mark.parametrize("how", ["planes", "colour"])
def test_the_order_of_colours_is_told_from_the_images(how, tmp_path, root):
    ramp = np.arange(8)
    tints = np.array([1, 2, 0])[:, None, None]
    smooth = np.stack([(ramp[:, None] * 9 + ramp + 7 * k % 31) * tints for k in range(N)])
    flat = smooth if how == "planes" else np.moveaxis(smooth, 1, -1)
    rows = np.column_stack([flat.reshape(N, -1), CLASSES])
    data, report = taken_in(table(tmp_path, rows), root)
    assert read_as(report)["numbers"] == how
    assert np.array_equal(data.images, np.moveaxis(smooth, 1, -1))


def test_shares_that_are_smooth_are_pixels_and_others_are_numbers(tmp_path, root):
    ramp = np.linspace(0, 1, 64).reshape(8, 8)
    rows = [[*(ramp * (k + 1) / N).round(4).ravel()] for k in range(N)]
    assert taken_in(table(tmp_path, rows), root)[0].shape == (8, 8, 1)
    many = np.column_stack([CLASSES, np.random.default_rng(4).random((N, SIDE * SIDE)).round(3)])
    assert taken_in(table(tmp_path, many), root)[0].shape == (SIDE, SIDE, 1)
    rows = np.random.default_rng(2).permuted(rows, axis=1)
    assert taken_in(table(tmp_path, rows), root)[0].shape == (64,)


def test_what_was_recognised_is_changed(tmp_path, root):
    path = table(tmp_path, np.column_stack([CLASSES, IMAGES.reshape(N, -1)]))
    data, report = taken_in(path, root, as_said(numbers="vector"))
    assert data.shape == (SIDE * SIDE,)
    data, report = taken_in(path, root, as_said(label="none"))
    assert (data.shape, data.class_names) == ((SIDE, SIDE, 1), ())
    assert "Columns that were left alone: column 1" in report.notes[0]
    data, report = taken_in(path, root, as_said(header="first-row"))
    assert len(data) == N - 1
    assert "can be column 1, column 577, none" in refused(path, root / "b", as_said(label="x"))
    assert "is one of" in refused(path, root / "b", as_said(delimiter="slash"))
    assert "can be" in refused(path, root / "b", as_said(header="second"))
    mixed = table(tmp_path, np.column_stack([FEATURES, WORDS, CLASSES]), list("abcde"))
    for label, names in (("d", ("ape", "bee", "cat", "dog")), ("e", ("3", "4", "5", "6"))):
        assert taken_in(mixed, root, as_said(label=label))[0].class_names == names


NEWS = [
    [k % 4 + 1, f"Wall St. story {k} that has a title", f"Reuters - Short-sellers, {k} of them, "
     "are seeing green again in a market of long sentences"]
    for k in range(N)
]  # fmt: skip


def test_words_that_are_no_texts_are_refused_with_what_was_recognised(tmp_path, root):
    said = refused(table(tmp_path, [[w, w[::-1]] for w in WORDS], ["one", "two"]), root)
    assert "has no column of images" in said
    assert "one (texts)" in said
    assert "say in which column it stands (--text one)" in said


def test_texts_beside_features_are_left_alone_and_said(tmp_path, root):
    data, report = taken_in(
        table(tmp_path, [[*a, *b] for a, b in zip(FEATURES, NEWS, strict=True)]), root
    )
    assert data.shape == (3,)
    assert "column 6 (texts)" in report.notes[0]


def test_ids_dates_and_what_is_mostly_empty_are_no_features(tmp_path, root):
    rows = [
        [k, f"2024-01-{k + 1:02}", 1000 + 7 * k, *numbers, 3, "" if k else 1, word]
        for k, (numbers, word) in enumerate(zip(FEATURES, WORDS, strict=True))
    ]
    header = ["", "taken", "patient_id", "a", "b", "c", "same", "rare", "breed"]
    data, report = taken_in(table(tmp_path, rows, header), root)
    assert np.allclose(data.images[:, :3], FEATURES)
    assert data.shape == (3,)  # without the column that is the same in all
    assert data.file_names[5] == "5"
    assert (
        "taken (dates), patient_id (ids), same (always 3), rare (mostly empty)" in report.notes[0]
    )


def test_an_index_is_the_name_of_its_row_unless_a_person_wants_it(tmp_path, root):
    numbers = 1_000_025 + 7_919 * np.arange(N)  # as patients are numbered
    rows = np.column_stack([numbers, FEATURES, CLASSES]).astype(object)
    rows[:, 0] = numbers
    path = table(tmp_path, rows)
    data, report = taken_in(path, root)
    assert data.shape == (3,)
    assert data.file_names[0] == "1000025"
    assert read_as(report)["name"] == "column 1"
    assert taken_in(path, root, as_said(name="none"))[0].shape == (4,)


def test_headers_that_count_years_or_wavelengths_are_no_row(tmp_path, root):
    for header in (["kind", 2019, 2020, 2021], ["", 400.5, 402.5, 404.5], ["name", 0, 10, 20]):
        data, _ = taken_in(table(tmp_path, np.column_stack([WORDS, FEATURES]), header), root)
        assert np.allclose(data.images, FEATURES)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('a,b,label\n"1,5","2,25",x\n"3,5",4,y\n', [[1.5, 2.25], [3.5, 4]]),
        ('a,b,label\n"1,500",2,x\n"13,500.5",4,y\n', [[1500, 2], [13500.5, 4]]),
        ("a;b;label\n1.500,5;2;x\n3,5;4;y\n", [[1500.5, 2], [3.5, 4]]),
        ("a\tb\tlabel\n1e3\t-.5\tx\n+3.\t4\ty\n", [[1000, -0.5], [3, 4]]),
    ],
)
def test_numbers_are_read_as_people_write_them(text, values, tmp_path, root):
    data, _ = taken_in(write(tmp_path / "x.csv", text.encode()), root)
    assert data.images.tolist() == values


def test_a_measured_answer_is_no_class(tmp_path, root):
    rows = np.column_stack([FEATURES, np.random.default_rng(3).normal(size=N)])
    data, report = taken_in(table(tmp_path, rows, ["a", "b", "c", "target"]), root)
    assert (data.shape, data.class_names) == ((3,), ())
    assert "target holds 30 or more different numbers" in report.notes[0]


@pytest.mark.parametrize("missing", ["", "NA", "?"])
def test_a_missing_number_is_filled_by_its_median_or_its_row_is_skipped(missing, tmp_path, root):
    rows = [[*row, word] for row, word in zip(FEATURES.tolist(), WORDS, strict=True)]
    rows[4][1] = missing
    path = table(tmp_path, rows, ["a", "b", "c", "label"])
    data, report = taken_in(path, root)
    assert data.images[4, 1] == pytest.approx(np.median(np.delete(FEATURES[:, 1], 4)))
    assert data.columns.names == ("a", "b", "c")
    assert np.isnan(data.columns.values[4]).tolist() == [False, True, False]
    assert "(b 1)" in report.notes[0]
    assert read_as(report)["missing"] == "median"
    data, report = taken_in(path, root, as_said(missing="skip"))
    assert len(data) == N - 1
    (why,) = report.skipped["bad-row"].files
    assert why[1].endswith("no number in b")


def test_columns_of_one_name_are_both_read(tmp_path, root):
    rows = np.column_stack([FEATURES, WORDS])
    data, report = taken_in(table(tmp_path, rows, ["a", "a", "a", "label"]), root)
    assert np.allclose(data.images, FEATURES)
    assert report.notes == ["x.csv has several columns called a."]


def test_european_tables_are_read(tmp_path, root):
    text = "Länge;Breite;Klasse\n1,5;2,5;Käse\n3,5;4;Brötchen\n"
    path = write(tmp_path / "x.csv", text.encode("cp1252"))
    data, report = taken_in(path, root)
    assert data.images.tolist() == [[1.5, 2.5], [3.5, 4]]
    assert data.class_names == ("Brötchen", "Käse")
    assert read_as(report)["encoding"] == "cp1252"
    assert "read as Windows-1252 (in line 1: Länge)" in report.notes[0]
    path.write_bytes(text.replace("Brötchen", "хлеб").encode("cp1251", "replace"))
    assert "Line 3 of x.csv" in refused(path, root / "b")
    data, _ = taken_in(path, root, as_said(encoding="cp1251"))
    assert "хлеб" in data.class_names


def test_a_list_of_files_and_classes_needs_no_header(tmp_path, root):
    from tests.support.small_sources import PICTURES, encoded

    for k in range(3):
        write(tmp_path / f"in/my {k}.png", encoded(PICTURES[k]))
    path = write(tmp_path / "in/list.txt", b"my 0.png 0\nmy 1.png 1\nmy 2.png 0\n")
    data, _ = taken_in(path, root)
    assert data.class_names == ("0", "1")
    assert data.answer_key.tolist() == [0, 1, 0]


CELLS = st.sampled_from(
    (
        *("1", "2.5", "-3", "1,5", "1.234,5", "a.png", "b\\c.jpg", "cat", "", " ", '"x"', '"a,b"'),
        *("?", "2024-01-01", "http://x/y.png", "label", "file_name", "Käse", "\u732b", '"', "#"),
        *("1e400", "inf", "nan", "\0", "\x1c", "\u2028", "\u00b2", "\u0663"),
    )
)
READINGS = st.dictionaries(
    st.sampled_from(["header", "delimiter", "label", "numbers", "name", "encoding", "rows"]),
    st.sampled_from(
        ["none", "first-row", "comma", "spaces", "column 1", "label", "grey", "utf-16"]
    ),
    max_size=2,
)


@settings(max_examples=120, deadline=None, derandomize=True)
@given(
    rows=st.lists(st.lists(CELLS, min_size=1, max_size=5), max_size=8),
    delimiter=st.sampled_from(",;\t| "),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"]),
    reading=READINGS,
)
def test_any_table_is_read_or_refused_in_words(
    tmp_path_factory, rows, delimiter, end, encoding, reading
):
    text = end.join(map(delimiter.join, rows)).encode(encoding, "replace")
    path = write(tmp_path_factory.mktemp("noise") / "x.csv", text)
    try:
        items = list(open_source(path, reading).items())
    except UserError:
        return
    assert all(isinstance(item, Item | Skipped) for item in items)
