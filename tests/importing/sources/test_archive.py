"""Archives: bad members, names that lead out, and bombs."""

import struct
import zipfile

import pytest

from tests.support.small_files import bad_files, encoded, picture
from tests.support.small_sources import N, in_zip, refused, taken_in


def test_bad_members_are_skipped_with_their_reasons(tmp_path, root):
    path = in_zip(tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        for name, (content, _) in bad_files().items():
            archive.writestr(f"top/{name}", content)
        archive.writestr("__MACOSX/top/ape/._00.png", b"x")
    data, report = taken_in(path, root)
    assert len(data) == N
    found = {name: group.reason for group in report.skipped.values() for name, _ in group.files}
    assert found.pop("__MACOSX/top/ape/._00.png") == "not-image"
    assert found == {name: reason for name, (_, reason) in bad_files().items()}


def test_names_that_lead_out_of_a_zip_lead_nowhere(tmp_path, root):
    path = tmp_path / "x.zip"
    outside = tmp_path / "evil.png"
    with zipfile.ZipFile(path, "w") as archive:
        for k, name in enumerate(
            ["../../evil.png", "/etc/evil.png", "C:\\evil.png", "a\\b\\c.png"]
        ):
            archive.writestr(name, encoded(picture(k)))
    data, _ = taken_in(path, root)
    assert sorted(data.file_names) == ["a/b/c.png", "etc/evil.png", "evil.png", "evil.png"]
    assert not outside.exists()


def test_an_encrypted_member_is_said(tmp_path, root):
    path = in_zip(tmp_path)
    content = bytearray(path.read_bytes())
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(magic) + offset] |= 1  # the flag of the first member
    path.write_bytes(content)
    data, report = taken_in(path, root)
    assert len(data) == N - 1
    assert report.skipped["encrypted"].files == [("ape/00.png", "")]


def test_a_damaged_member_costs_only_itself(tmp_path, root):
    path = in_zip(tmp_path)
    content = bytearray(path.read_bytes())
    content[content.index(b"IDAT") + 8] ^= 0xFF
    path.write_bytes(content)
    data, report = taken_in(path, root)
    assert len(data) == N - 1
    assert report.skipped["broken"].n == 1


def test_a_zip_bomb_is_refused(tmp_path, root):
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.png", bytes(10_000_000))
    content = bytearray(path.read_bytes())
    at = content.index(b"PK\x01\x02") + 24
    content[at : at + 4] = struct.pack("<I", 2**32 - 2)  # it says 4 GB, as a bomb would unpack to
    path.write_bytes(content)
    assert "more than 200 times its size" in refused(path, root)


def test_a_zip_that_is_cut_short_is_said(tmp_path, root):
    path = in_zip(tmp_path)
    path.write_bytes(path.read_bytes()[:-40])
    assert "x.zip cannot be read as a zip" in refused(path, root)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("cafe\u0301/\u732b.png".encode(), "cafe\u0301/\u732b.png"),  # a Mac
        ("K\xe4se/1.png".encode("cp437"), "K\xe4se/1.png"),  # Windows
        ("K\xe4se/1.png".encode("cp850"), "K\xe4se/1.png"),
    ],
)
def test_names_that_are_not_said_to_be_utf8_are_read_as_they_were_written(
    written, name, tmp_path, root
):
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("?" * len(written), encoded(picture(0)))
        archive.writestr("dog/b.png", encoded(picture(1)))
    path.write_bytes(path.read_bytes().replace(b"?" * len(written), written))
    data, report = taken_in(path, root)
    assert name in set(data.file_names)
    assert report.classes == {name.split("/")[0]: 1, "dog": 1}
