"""Values as an attacker or a broken program sends them, for hypothesis to choose from."""

import json

from hypothesis import settings
from hypothesis import strategies as st

FUZZ = settings(derandomize=True, database=None, deadline=None)

ODD_TEXTS = [
    *(
        "",
        " ",
        "\0",
        "\x1b[31m",
        "\n",
        "..",
        "../../etc/passwd",
        "/",
        "~nosuchuser",
        "~",
        "a" * 5000,
    ),
    *("nan", "inf", "-inf", "1e400", "-1", "0", "1.5", "9" * 30, "9" * 5000, "１２", "0x10", "1_0"),
    *(
        "null",
        "true",
        "[]",
        "{}",
        "=1+1",
        "%s%n",
        "' OR 1=1 --",
        "<img src=x>",
        "[",
        "http://[",
        "é",
    ),
    *("\ud800", "\U0001f9c0", "e\u0301", "\u202e", "digits", "mnist", "cat", "m2", "auto", "\xff"),
]
ODD_NUMBERS = [
    *(-1, 0, 1, 2**31, 2**63 - 1, 2**63, -(2**63), 10**30, 10**400, 1e300, -0.0, 0.5),
    *(float("nan"), float("inf"), float("-inf")),
]
ODD_VALUES = [
    *(*ODD_TEXTS, *ODD_NUMBERS, None, True, False, [], {}, [[]], [{}], [None], [True], ["\ud800"]),
    *({"\0": 1}, {"mode": []}, {"mode": "labels", "labels": True}, [1.5], [-1], [2**62], "\ud800x"),
]
texts = st.sampled_from(ODD_TEXTS) | st.text(max_size=20)
numbers = st.integers(-3, 300) | st.sampled_from(ODD_NUMBERS) | st.floats()
leaves = st.none() | st.booleans() | numbers | texts
values = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3)
)


@st.composite
def damaged(draw, content):
    """The bytes with some of them changed, cut out, doubled or cut off."""
    found = bytearray(content)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(len(found) - 1, 0)))
        n = draw(st.integers(1, 12))
        how = draw(st.sampled_from(["set", "cut", "double", "insert", "end"]))
        if how == "set":
            found[at : at + n] = draw(st.binary(min_size=n, max_size=n))
        elif how == "cut":
            del found[at : at + n]
        elif how == "double":
            found[at:at] = found[at : at + n]
        elif how == "insert":
            found[at:at] = draw(st.sampled_from(PIECES))
        else:
            del found[at:]
    return bytes(found)


PIECES = [
    *(
        b"\0",
        b"\xff\xff\xff\xff",
        b"\x7f\xff\xff\xff",
        b'"',
        b",",
        b";",
        b"\t",
        b"\n",
        b"\r",
        b"{}",
    ),
    *(b"[[[[", b"null", b"NaN", b"1e400", b"9" * 400, b"-1", b"\\ud800", b"\xed\xa0\x80", b"..\\"),
]


@st.composite
def changed(draw, found):
    """The JSON value with something in it, or all of it, in another's place."""
    if not draw(st.integers(0, 9)) or not isinstance(found, dict | list) or not found:
        return draw(values)
    if isinstance(found, list):
        at = draw(st.integers(0, len(found) - 1))
        return [*found[:at], draw(changed(found[at])), *found[at + 1 :]]
    key = draw(st.sampled_from(sorted(found)))
    if not draw(st.integers(0, 4)):
        return {name: value for name, value in found.items() if name != key}
    return {**found, key: draw(changed(found[key]))}


def as_json(value):
    """Its bytes, whatever is in it: NaN and halves of characters as Python writes them."""
    return json.dumps(value).encode()
