"""Colours and glyphs of classes, where a class has none of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from .content import ClassInfo

# Of the design language: told apart under simulated colour blindness.
LIGHT = [
    *("#2A7EE2", "#EC9E83", "#136036", "#AA5E6F", "#613270"),
    *("#37B8DC", "#BAA115", "#E96A94", "#728718", "#AF0B04"),
]
DARK = [
    *("#4861E4", "#FCB58B", "#46A77E", "#A55766", "#B071C0"),
    *("#3DC0FB", "#C3AB1B", "#FC85C5", "#D2E512", "#E35421"),
]


@dataclass(frozen=True)
class ClassLook:
    """How a class is drawn."""

    name: str
    glyph: str
    light: str
    dark: str
    is_hollow: bool  # the second class of its colour


def looks(classes: Mapping[int, ClassInfo]) -> dict[int, ClassLook]:
    """Of every class, by id, in the order in which they come."""
    found: dict[int, ClassLook] = {}
    taken: set[str] = set()
    for place, (k, each) in enumerate(classes.items()):
        glyph = _glyph(each.name, taken, k)
        taken.add(glyph)
        light, dark = LIGHT[place % len(LIGHT)], DARK[place % len(DARK)]
        own = each.colour
        is_hollow = own is None and place >= len(LIGHT)
        found[k] = ClassLook(each.name, glyph, own or light, own or dark, is_hollow)
    return found


def _glyph(name: str, taken: set[str], k: int) -> str:
    """One letter or digit, or two, that no other class has."""
    letters = [letter for letter in name if letter.isalnum()]
    options = [name] if name.isdecimal() and len(name) <= 2 else []
    options += [letter.upper() for letter in letters[:1]]
    options += [letters[0].upper() + letter for letter in letters[1:]]
    return next((option for option in options if option not in taken), str(k))


def chip(look: ClassLook) -> str:
    """The glyph on its colour, as HTML."""
    kind = "glyph hollow" if look.is_hollow else "glyph"
    colours = f"--l:{look.light};--d:{look.dark};--li:{ink_on(look.light)};--di:{ink_on(look.dark)}"
    return f'<span class="{kind}" style="{colours}">{escape(look.glyph)}</span>'


def ink_on(colour: str) -> str:
    """Dark or white, whichever reads better on #RRGGBB."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#14151A" if (luminance + 0.05) ** 2 > 1.05 * 0.0565 else "#FFFFFF"
