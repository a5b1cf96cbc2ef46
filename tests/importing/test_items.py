"""Names of images as they are shown, ordered and read for a class."""

from hypothesis import given
from hypothesis import strategies as st

from ssvae_core.importing.items import is_hidden, natural


@given(st.permutations(["", "1", "2", "10", "a", "a2", "a10", "a10b", "b1", "²", "-"]))
def test_names_have_an_order_by_number(names):
    ordered = sorted(names, key=natural)
    assert ordered == ["", "1", "2", "10", "-", "a", "a2", "a10", "a10b", "b1", "²"]


def test_what_lies_in_a_hidden_folder_is_hidden():
    hidden = (".DS_Store", "a/.git/x.png", "__MACOSX/a/._1.png", "a/Thumbs.db")
    assert all(map(is_hidden, hidden))
    assert not is_hidden("a.b/c.png")
