"""Features that come in with images: aligned with what was taken, in both imports of a set."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ssvae_core.data import load_dataset
from ssvae_core.data.library import set_encoder, set_features
from ssvae_core.errors import UserError
from ssvae_core.importing.import_data import Choice, add_later, import_to_end, read_again
from ssvae_core.importing.items import Item
from tests.support.small_files import encoded, picture, write
from tests.support.small_imports import HERE, Rows, folder_of_classes, take_in


def with_features(path, rows):
    np.save(path, np.asarray(rows, np.float32))
    return Choice(n_processes=0, encoder=f"features:{path}")


def test_rows_of_dropped_examples_are_dropped(tmp_path, root):
    for name, seed in (("a.png", 1), ("b.png", 1), ("d.png", 2)):
        write(tmp_path / "in" / name, encoded(picture(seed)))
    write(tmp_path / "in" / "c.png", b"broken")
    write(tmp_path / "in" / "Thumbs.db", b"left alone")  # it is nobody's row
    rows = np.arange(8).reshape(4, 2)
    imported = take_in(tmp_path / "in", root, choice=with_features(tmp_path / "f.npy", rows))
    data = load_dataset(imported.id, root)
    assert list(data.file_names) == ["a.png", "d.png"]
    assert data.features.tolist() == [[0, 1], [6, 7]]
    assert (data.encoder, imported.report.n_features) == ("features", 2)
    other = take_in(tmp_path / "in", root, choice=with_features(tmp_path / "f.npy", rows + 1))
    assert other.id != imported.id  # these are other data


def test_a_wrong_count_is_refused_and_nothing_is_left(tmp_path, root):
    folder_of_classes(tmp_path / "in", ("cat",))
    with pytest.raises(UserError, match="4 rows of features, and there are 3 images"):
        take_in(tmp_path / "in", root, choice=with_features(tmp_path / "f.npy", np.eye(4)))
    assert list(root.iterdir()) == []


def test_rows_are_found_by_file_name_and_who_has_none_is_skipped(tmp_path, root):
    folder_of_classes(tmp_path / "in", ("cat", "dog"), 2)
    names = ["dog/0.png", "cat/0.png", "dog/1.png"]
    table = pa.table({"file": names, "embedding": [[1.0, 2], [3.0, 4], [5.0, 6]]})
    pq.write_table(table, tmp_path / "f.parquet")
    choice = Choice(n_processes=0, encoder=f"features:{tmp_path / 'f.parquet'}")
    imported = take_in(tmp_path / "in", root, choice=choice)
    data = load_dataset(imported.id, root)
    assert list(data.file_names) == ["cat/0.png", "dog/0.png", "dog/1.png"]
    assert data.features.tolist() == [[3, 4], [1, 2], [5, 6]]
    ((name, why),) = imported.report.skipped["bad-row"].files
    assert (name, why) == ("cat/1.png", "it has no features, and others have")


def test_images_with_features_are_added_to_such_images(tmp_path, root):
    folder_of_classes(tmp_path / "in", ("cat",))
    first = take_in(tmp_path / "in", root, choice=with_features(tmp_path / "f.npy", np.eye(3)))
    folder_of_classes(tmp_path / "more", ("dog", "cat"), 2)
    (tmp_path / "more" / "cat" / "1.png").unlink()
    rows = with_features(tmp_path / "g.npy", 2 * np.eye(3))
    added = import_to_end(add_later(tmp_path / "more", root, to=first.id, choice=rows))
    data = load_dataset(added.id, root)
    assert len(data) == 4
    assert data.features.tolist()[:3] == np.eye(3).tolist()
    assert data.encoder == "features"

    with pytest.raises(UserError, match="these images have none"):
        import_to_end(add_later(tmp_path / "more", root, to=first.id, choice=HERE))
    set_encoder(first.id, "contrastive", root)
    added = import_to_end(add_later(tmp_path / "more", root, to=first.id, choice=HERE))
    data = load_dataset(added.id, root)
    assert (data.features, data.encoder) == (None, "contrastive")
    assert "The features of scans are left out: the new images come with none." in (
        added.report.notes
    )


def test_features_are_kept_where_the_same_images_are_read_again(tmp_path, root):
    folder_of_classes(tmp_path / "in", ("cat",))
    first = take_in(tmp_path / "in", root)
    set_features(first.id, np.eye(3, dtype=np.float32), root)
    again = import_to_end(read_again(first.id, root, HERE))
    data = load_dataset(again.id, root)
    assert (data.encoder, data.features.tolist()) == ("features", np.eye(3).tolist())
    write(tmp_path / "in" / "cat" / "9.png", encoded(picture(9)))
    again = import_to_end(read_again(again.id, root, HERE))
    data = load_dataset(again.id, root)
    assert (len(data), data.encoder, data.features) == (4, "auto", None)
    assert any("given to its examples later" in note for note in again.report.notes)

    rows = with_features(tmp_path / "f.npy", np.eye(4))
    with_file = take_in(tmp_path / "in", root, "other", rows)
    again = import_to_end(read_again(with_file.id, root, HERE))
    assert load_dataset(again.id, root).features.tolist() == np.eye(4).tolist()


def test_features_of_other_lengths_and_without_end_are_skipped(root):
    rows = [np.ones(2, np.float32), np.ones(3, np.float32), np.array([np.nan, 1], np.float32)]
    source = Rows([Item(f"{k}", picture(k), features=row) for k, row in enumerate(rows)])
    source.has_features = True
    report = take_in(source, root).report
    assert report.taken == 1
    assert [why for _, why in report.skipped["bad-row"].files] == [
        "3 features; 2 were expected",
        "a number of its features is not finite",
    ]
