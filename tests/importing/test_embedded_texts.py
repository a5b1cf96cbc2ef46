"""Texts of a table become vectors, with their texts kept; encoded once, by the same encoder."""

import csv
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ssvae_core.data import load_dataset
from ssvae_core.data.library import load_imported
from ssvae_core.encoders.texts import open_text_encoder
from ssvae_core.encoders.texts.tfidf import TfidfEncoder
from ssvae_core.errors import Conflict, UserError
from ssvae_core.importing.import_data import (
    Choice,
    ImportCancelled,
    add_later,
    import_data,
    import_to_end,
    read_again,
)
from tests.support.small_sources import HERE, refused, taken_in
from tests.support.small_texts import SUBJECTS, text_csv, texts

TFIDF = Choice(n_processes=0, reading={"encoder": "tfidf"})


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return tmp_path_factory.mktemp("workspace") / "data"


@pytest.fixture(scope="module")
def imported(root, tmp_path_factory):
    where = text_csv(tmp_path_factory.mktemp("csv"))
    return import_to_end(import_data(where, root, name="subjects", choice=TFIDF))


def test_each_text_is_kept_beside_its_embedding(imported, root):
    data = load_dataset("subjects", root)
    assert list(data.texts) == [text for text, _ in texts()]
    assert set(data.class_names) == set(SUBJECTS)
    assert [data.class_names[k] for k in data.answer_key] == [subject for _, subject in texts()]
    expected = TfidfEncoder.fitted(list(data.texts)).encode(list(data.texts))
    np.testing.assert_allclose(data.images, expected, atol=1e-6)
    np.testing.assert_array_equal(data.features, data.images)  # who is near whom: by these


def test_what_was_learned_from_the_texts_encodes_those_that_come_later(imported, root, tmp_path):
    more = tmp_path / "more.csv"
    rows = [("A sailor told the captain of the lighthouse in the harbour.", "sea"), *texts(1)]
    with more.open("w", newline="") as file:
        csv.writer(file).writerows([("text", "label"), *rows])
    new = import_to_end(add_later(more, root, to=imported.id, choice=HERE))
    data = load_dataset(new.id, root)
    assert len(data) == 31  # the others are there already
    encoder = TfidfEncoder.load(imported.folder / "text-encoder.safetensors")
    np.testing.assert_allclose(data.images[30:], encoder.encode([rows[0][0]]), atol=1e-6)
    assert data.texts[30] == rows[0][0]
    assert TfidfEncoder.load(new.folder / "text-encoder.safetensors").key == encoder.key


def test_numbers_are_not_added_to_texts_nor_texts_to_numbers(imported, root, tmp_path):
    np.save(tmp_path / "x.npy", np.eye(4, data_width(imported), dtype=np.float32))
    with pytest.raises(Conflict, match=r"holds texts, and .* vectors"):
        import_to_end(add_later(tmp_path / "x.npy", root, to=imported.id, choice=HERE))
    numbers = import_to_end(import_data(tmp_path / "x.npy", root, name="numbers", choice=HERE))
    with pytest.raises(Conflict, match=r"holds vectors, and .* texts"):
        import_to_end(add_later(text_csv(tmp_path), root, to=numbers.id, choice=TFIDF))


def data_width(imported):
    return load_imported(imported.folder).shape[0]


def test_a_model_encodes_a_text_once(root, tmp_path):
    where = text_csv(tmp_path, n_each=2)
    choice = Choice(n_processes=0, reading={"encoder": "universal-sentence-encoder"})
    first = import_to_end(import_data(where, root, name="once", choice=choice))
    encoder = open_text_encoder("universal-sentence-encoder")
    data = load_imported(first.folder)
    np.testing.assert_allclose(data.images, encoder.encode(list(data.texts)), atol=2e-3)
    parts = list((root.parent / "features" / encoder.key).iterdir())
    assert len(parts) == 1
    import_to_end(import_data(where, root, name="twice", choice=choice))
    assert list((root.parent / "features" / encoder.key).iterdir()) == parts


def test_another_encoder_is_chosen_by_reading_again(imported, root):
    choice = Choice(n_processes=0, reading={"encoder": "universal-sentence-encoder"})
    *_, last = read_again(imported.id, root, choice)
    again = load_imported(last.imported.folder)
    assert again.shape == (512,)
    assert list(again.texts) == [text for text, _ in texts()]
    manifest = json.loads((last.imported.folder / "manifest.json").read_text())
    assert manifest["text"]["encoder"] == "universal-sentence-encoder"
    assert manifest["encoder"] == "auto"


def test_parquet_is_read_as_csv_is(root, tmp_path):
    rows = texts(4)
    table = {"body": [text for text, _ in rows], "topic": [subject for _, subject in rows]}
    pq.write_table(pa.table(table), tmp_path / "x.parquet")
    data, report = taken_in(tmp_path / "x.parquet", root, TFIDF)
    assert list(data.texts) == table["body"]
    assert {each["name"]: each["value"] for each in report.reading}["text"] == "body"


def test_quotes_line_breaks_and_letters_stay_as_they_are(root, tmp_path):
    odd = [
        'He said "no", then left;\nthe second line of it.',
        "Größe, façade – и ещё слова здесь 日本語",
    ]
    path = tmp_path / "x.csv"
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file).writerows([("text", "label"), *((each, "a") for each in odd), *texts(3)])
    data, _ = taken_in(path, root, TFIDF)
    assert list(data.texts[:2]) == odd


def test_what_is_not_utf_8_is_said(root, tmp_path):
    path = tmp_path / "x.csv"
    rows = [
        (f"Die Straße nach Köln ist für Räder gesperrt, {text}", topic) for text, topic in texts(3)
    ]
    with path.open("w", newline="", encoding="cp1252") as file:
        csv.writer(file).writerows([("text", "label"), *rows])
    data, report = taken_in(path, root, TFIDF)
    assert data.texts[0] == rows[0][0]
    assert any("Windows-1252" in note for note in report.notes)


def test_rows_without_a_text_or_with_too_much_of_it_are_told_in_words(root, tmp_path):
    bad = [
        ("", "sea"),
        ("word " * 22_000, "sea"),
        ("word " * 30_000, "sea"),
        ("one\0two of the captain in the harbour", "sea"),
    ]
    path = tmp_path / "x.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([("text", "label"), *bad, *texts(3)])
    data, report = taken_in(path, root, TFIDF)
    assert len(data) == 9
    said = dict(file for group in report.groups() for file in group.files)
    assert said["row 1"] == "there is no text in it"
    assert said["row 2"].startswith("a text of 109,999 characters")
    assert "a cell holds more than 131,072 characters" in said["line 4"]
    assert "NUL" in said["row 4"]


def test_a_table_of_empty_texts_is_refused(tmp_path, root):
    path = tmp_path / "x.csv"
    path.write_text("text,label\n" + ',"sea"\n' * 3)
    with pytest.raises(UserError, match="there is no text in it"):
        taken_in(path, root, Choice(n_processes=0, reading={"text": "text", "encoder": "tfidf"}))


def test_a_damaged_encoder_is_said_and_nothing_is_added(root, tmp_path):
    made = import_to_end(import_data(text_csv(tmp_path), root, name="hurt", choice=TFIDF))
    (made.folder / "text-encoder.safetensors").write_bytes(b"nothing of the kind")
    with pytest.raises(UserError, match="What encodes the texts cannot be read"):
        import_to_end(add_later(text_csv(tmp_path), root, to=made.id, choice=HERE))


def test_damaged_texts_are_left_out_with_a_note(root, tmp_path):
    made = import_to_end(import_data(text_csv(tmp_path), root, name="torn", choice=TFIDF))
    (made.folder / "texts.bin").write_bytes(b"short")
    data = load_imported(made.folder)
    assert data.texts is None
    assert "The texts of 'torn' cannot be read" in data.notes[0]


def test_it_is_cancelled_between_two_batches(root, tmp_path):
    choice = Choice(n_processes=0, reading={"encoder": "tfidf"}, should_stop=lambda: True)
    before = {path.name for path in root.iterdir()}
    with pytest.raises(ImportCancelled):
        import_to_end(import_data(text_csv(tmp_path), root, name="never", choice=choice))
    assert {path.name for path in root.iterdir()} == before


def test_an_encoder_of_images_is_refused_for_texts(tmp_path):
    choice = Choice(n_processes=0, reading={"encoder": "efficientnet-lite0"})
    assert "sees images, and the rows are texts" in refused(
        text_csv(tmp_path), tmp_path / "none", choice
    )
