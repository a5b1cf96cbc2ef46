"""What JSON from elsewhere may hold."""

import json

import pytest

from ssvae_core.errors import UserError
from ssvae_core.strict_json import LARGEST, is_number, is_whole, parsed


@pytest.mark.parametrize(
    "text",
    [
        *("NaN", "[Infinity]", '{"a": -Infinity}', "1e400", "-1e999", "1e19", "1" * 400),
        *("1" * 5000, str(LARGEST), str(-LARGEST), "[" * 33 + "]" * 33, "[" * 200_000),
        *('{"a":' * 5000 + "1" + "}" * 5000, r'"\ud800"', r'{"\udfff": 1}', r'[["\u0000"]]'),
        *("{", "", "tru", "'a'", '"\n"', "1 2"),
    ],
    ids=lambda text: text[:16],
)
def test_what_nothing_can_keep_is_a_sentence(text):
    with pytest.raises(UserError, match=r"\.$"):
        parsed(text.encode())


@pytest.mark.parametrize(
    "data", [b"\xff\xfe{\x00}\x00", b'"\xed\xa0\x80"', b"\x80", b"\xef\xbb\xbf{}"]
)
def test_bytes_that_are_no_utf_8_are_a_sentence(data):
    with pytest.raises(UserError, match=r"\.$"):
        parsed(data)


def test_everything_else_is_what_it_says():
    said = {"a": [1, -2.5, True, None, "é \u200d 🧀 \x1b"], "b": {"c": LARGEST - 1}, "": 1e15}
    assert parsed(json.dumps(said).encode()) == said
    assert parsed(b"[" * 32 + b"]" * 32)


def test_true_is_no_number():
    assert [is_whole(each) for each in (3, True, False, 2.5, "3", None)] == [True] + [False] * 5
    assert [is_number(each) for each in (3, 2.5, True, "3", None)] == [True, True] + [False] * 3
