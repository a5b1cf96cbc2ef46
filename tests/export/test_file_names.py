"""Names that every file system takes."""

import pytest

from ssvae_core.export.file_names import safe_name, safe_names, with_ending


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("a/b", "a_b"),
        ("..", "_"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\x", "C__x"),
        ("con", "con_"),
        ("CON.txt", "CON.txt_"),
        ("com\xb9", "com\xb9_"),
        ("CONIN$", "CONIN$_"),
        ("con .x", "con .x_"),
        ("trailing. . ", "trailing"),
        (" .hidden", "hidden"),
        ("a;=1", "a_=1"),
        ("a\x00\n\x7fb", "a___b"),
        ("gnp\u202egpj", "gnp_gpj"),
        ("\ufeffa", "_a"),
        ("\U0001f468\u200d\U0001f469", "\U0001f468\u200d\U0001f469"),
        ("e\u0301", "\xe9"),
        ("\ud800x", "_x"),
        ("", "_"),
    ],
)
def test_what_no_file_system_takes_is_replaced(name, safe):
    assert safe_name(name) == safe


def test_long_names_are_cut_at_whole_characters_and_folders_stay_apart():
    long = "\xe4" * 300
    assert len(safe_name(long).encode()) <= 120
    found = safe_names([long + "a", long + "b", long])
    assert len(set(found)) == 3
    assert all(len(name.encode()) < 200 for name in found)


@pytest.mark.parametrize("name", ["metadata.csv", "METADATA.JSONL", "__dunder", "__MACOSX", "test"])
def test_folders_that_image_folder_would_misread_have_another_name(name):
    (found,) = safe_names([name])
    assert found.startswith("~")


@pytest.mark.parametrize(
    ("name", "endings", "expected"),
    [
        ("a/b.png", (".png",), ("b", ".png")),
        ("b.PNG", (".png",), ("b", ".PNG")),
        ("b.jpeg", (".jpg", ".jpeg"), ("b", ".jpeg")),
        ("b.png", (".jpg", ".jpeg"), ("b", ".jpg")),
        ("b", (".jpg",), ("b", ".jpg")),
        ("v1.2", (".jpg",), ("v1.2", ".jpg")),
        ("x\\y.b.png", (".gif",), ("y.b", ".gif")),
        (".png", (".png",), (".png", ".png")),
        ("b.xyz", (), ("b", ".xyz")),
    ],
)
def test_an_ending_is_kept_where_it_is_true(name, endings, expected):
    assert with_ending(name, endings, {".png", ".jpg", ".jpeg", ".gif"}) == expected
