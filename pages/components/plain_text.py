"""Names as they are written, where Streamlit would read them as Markdown."""

from __future__ import annotations

import re

# A backslash takes every sign of Markdown its meaning. Some of what Streamlit does comes after
# that, on the text that is left: links (http://, www., a@b.c), :icons:, and -> as an arrow. A word
# joiner, which has no width, keeps their letters apart.
SIGN = re.compile(r"[!-/:-@\[-`{-~]")
JOINER = "\u2060"
APART = ":@<>-~"
WWW = re.compile(r"(www)(?=\.)", re.IGNORECASE)


def text(name: str) -> str:
    """What Streamlit draws as this name, letter by letter, in one line."""

    def plain(found: re.Match[str]) -> str:
        sign = found[0]
        return f"\\{sign}{JOINER if sign in APART else ''}"

    return SIGN.sub(plain, WWW.sub(rf"\1{JOINER}", " ".join(name.split())))
