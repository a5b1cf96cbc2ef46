"""Every class has a look of its own, readable in both themes."""

import pytest

from ssvae_core.export.content import ClassInfo
from ssvae_core.export.palette import DARK, LIGHT, ink_on, looks


def test_every_class_has_a_glyph_of_its_own_and_the_eleventh_is_hollow():
    names = ["cat", "cow", "Cat 2", "dog", "7", "17", "🐈", "", *map(str, range(20, 26))]
    found = looks({3 * i: ClassInfo(name) for i, name in enumerate(names)})
    glyphs = [look.glyph for look in found.values()]
    assert len(set(glyphs)) == len(names)
    assert glyphs[:6] == ["C", "Co", "Ca", "D", "7", "17"]
    assert [look.is_hollow for look in found.values()] == [False] * 10 + [True] * 4
    assert found[30].light == found[0].light


def test_a_colour_that_a_person_chose_is_kept_in_both_themes():
    (look,) = looks({0: ClassInfo("a", "#123456")}).values()
    assert (look.light, look.dark, look.is_hollow) == ("#123456", "#123456", False)


@pytest.mark.parametrize("colour", [*LIGHT, *DARK])
def test_ink_is_readable_on_every_colour(colour):
    def luminance(text):
        parts = [int(text[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), parts, strict=True))

    one, other = sorted((luminance(colour), luminance(ink_on(colour))))
    assert (other + 0.05) / (one + 0.05) >= 4.3
