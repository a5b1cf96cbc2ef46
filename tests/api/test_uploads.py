"""What is dropped on the data page comes in parts, and never leaves its folder."""

from __future__ import annotations

import io
import zipfile

import pytest

from ssvae_core.data import load_dataset
from ssvae_core.importing.queue import ImportQueue
from ssvae_core.importing.uploads import MOST_BYTES
from tests.support.data_routes import begin_upload, error_of, imported, part, send, uploaded
from tests.support.small_files import encoded, picture


def test_dropped_files_are_sent_in_parts_and_imported(client, workspace):
    files = {f"mine/{k % 2}/{k}.png": encoded(picture(k)) for k in range(6)}
    upload = uploaded(client, "mine", files)
    name = imported(client, upload=upload, name="mine")
    data = load_dataset(name)
    assert sorted(data.file_names) == [f"{k % 2}/{k}.png" for k in (0, 2, 4, 1, 3, 5)]
    assert data.class_names == ("0", "1")


def test_a_zip_is_sent_in_pieces_and_goes_on_where_it_stopped(client):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for k in range(4):
            archive.writestr(f"{k}.png", encoded(picture(k)))
    content = file.getvalue()
    begun = begin_upload(client, "my.zip", {"my.zip": content}).json()
    assert begun["received"] == {}
    send(client, begun["upload"], part("my.zip", content[:500]))
    again = begin_upload(client, "my.zip", {"my.zip": content}).json()
    assert again == {"upload": begun["upload"], "received": {"my.zip": 500}}
    send(client, begun["upload"], part("my.zip", content[300:], at=300))  # a piece sent twice
    name = imported(client, upload=begun["upload"], name="my")
    assert len(load_dataset(name)) == 4


def test_one_image_alone_is_a_data_set_too(client):
    upload = uploaded(client, "a.png", {"a.png": encoded(picture())})
    assert len(load_dataset(imported(client, upload=upload, name="a"))) == 1


@pytest.mark.parametrize("path", ["../a.png", "a/../../b.png", "", "/", "a\0b", "x" * 300])
def test_a_part_never_leaves_the_folder_of_its_upload(client, workspace, path):
    upload = begin_upload(client, "x", {"a": b"12345"}).json()["upload"]
    assert error_of(send(client, upload, part(path, b"12345")))
    assert [p for p in (workspace.root / "uploads").rglob("*") if p.is_file()] == []


def test_an_absolute_path_becomes_one_below_the_upload(client, workspace):
    upload = begin_upload(client, "x", {"a": b"12345"}).json()["upload"]
    send(client, upload, part("/etc\\passwd", b"12345"))
    assert client.get(f"/api/data/uploads/{upload}").json() == {"etc/passwd": 5}


def test_damaged_bodies_are_refused_in_words(client):
    upload = begin_upload(client, "x", {"a": b"12345"}).json()["upload"]
    whole = part("a", b"12345")
    assert "cut short" in error_of(send(client, upload, whole[:-1]))
    assert "damaged" in error_of(send(client, upload, b"\0\0\0\5hello"))
    assert "0 bytes so far" in error_of(send(client, upload, part("b", b"1", at=7)))
    assert "content type" in error_of(send(client, upload, whole, kind="text/plain"))
    assert "gone" in error_of(send(client, "0" * 16, whole))


def test_what_is_too_large_is_refused_before_a_byte_is_sent(client):
    body = {"name": "x", "files": 2, "bytes": MOST_BYTES + 1}
    assert "by their path" in error_of(client.post("/api/data/uploads", json=body))
    body = {"name": "x", "files": 0, "bytes": 0}
    assert "1 to" in error_of(client.post("/api/data/uploads", json=body))


def test_another_upload_and_a_new_start_remove_what_was_left(client, workspace):
    first = uploaded(client, "a", {"a": b"1"})
    second = uploaded(client, "b", {"b": b"1"})
    assert first != second
    assert [path.name for path in (workspace.root / "uploads").iterdir()] == [second]
    ImportQueue(workspace.root, lambda new, old: iter(()))
    assert list((workspace.root / "uploads").iterdir()) == []
