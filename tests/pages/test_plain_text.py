"""A name is drawn as it is written; what the browser makes of it is in tests/browser."""

import pytest

from pages.components.plain_text import JOINER, text


@pytest.mark.parametrize(
    "name", ["Digits, Monday", "Käse 🧀", "a-b", "![](http://x/y.png)", "$x$ `c` **b** <img>"]
)
def test_without_the_escapes_it_is_the_name(name):
    assert text(name).replace("\\", "").replace(JOINER, "") == name


@pytest.mark.parametrize(
    ("name", "escaped"),
    [
        ("[Log in](http://x)", rf"\[Log in\]\(http\:{JOINER}\/\/x\)"),
        (":red[x]", rf"\:{JOINER}red\[x\]"),
        ("www.x.y", rf"www{JOINER}\.x\.y"),
        ("WWW.x", rf"WWW{JOINER}\.x"),
        ("a@b", rf"a\@{JOINER}b"),
        ("a\\b", r"a\\b"),
        ("# one\n\n    two", r"\# one two"),
    ],
)
def test_every_sign_is_taken_its_meaning(name, escaped):
    assert text(name) == escaped
