"""Names of images as they are shown, ordered and read for a class."""

from hypothesis import given
from hypothesis import strategies as st

from ssvae_core.importing.items import class_of, natural


@given(st.permutations(["", "1", "2", "10", "a", "a2", "a10", "a10b", "b1", "²", "-"]))
def test_names_have_an_order_by_number(names):
    ordered = sorted(names, key=natural)
    assert ordered == ["", "1", "2", "10", "-", "a", "a2", "a10", "a10b", "b1", "²"]


def test_the_class_is_the_first_folder_that_is_no_split():
    assert class_of(("train", "cat", "2023")) == "cat"
    assert class_of(("Train",)) is None
    assert class_of(()) is None
