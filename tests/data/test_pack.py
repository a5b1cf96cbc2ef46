"""Byte strings in one file: as they were, at their places, and damage is noticed."""

import pytest

from ssvae_core.data.pack import FileNames, Pack, PackWriter

STRINGS = [b"", b"cat/1.png", b"\x00" * 1000, "käse 🐈".encode(), b""]


def packed(folder, strings):
    writer = PackWriter(folder, "names")
    for string in strings:
        writer.add(string)
    assert writer.size == sum(map(len, strings))
    writer.close()
    return Pack(folder, "names")


@pytest.mark.parametrize("strings", [[], [b""], STRINGS])
def test_strings_come_back_one_at_a_time_and_all_in_order(strings, tmp_path):
    pack = packed(tmp_path, strings)
    assert len(pack) == len(strings)
    assert list(pack) == strings
    assert [pack.read(index) for index in range(len(strings))] == strings


def test_a_pack_that_is_cut_short_is_refused(tmp_path):
    packed(tmp_path, STRINGS)
    path = tmp_path / "names.bin"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ValueError, match="not as long as its index says"):
        Pack(tmp_path, "names")


def test_names_are_a_sequence_of_text(tmp_path):
    names = FileNames(packed(tmp_path, [b"a", "ä".encode(), b"c"]))
    assert (names[0], names[-1], names[1:]) == ("a", "c", ("ä", "c"))
    assert list(names) == ["a", "ä", "c"]
    with pytest.raises(IndexError, match="There are 3 names, got index -4"):
        names[-4]
