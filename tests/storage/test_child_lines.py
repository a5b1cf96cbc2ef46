"""What a process says is read as it comes."""

import os

from ssvae_core.storage.child_lines import lines_of


def test_lines_come_whole_and_between_them_who_reads_may_stop():
    out, into = os.pipe()
    with os.fdopen(out, "rb") as stream:
        os.write(into, b"one\ntwo")
        lines = lines_of(stream)
        assert next(lines) == "one"
        assert next(lines) == ""  # nothing new, and nobody waits for it
        os.write(into, " and more\nthe rest \xff".encode("latin-1"))
        assert next(lines) == "two and more"
        os.close(into)
        assert [line for line in lines if line] == ["the rest \ufffd"]
