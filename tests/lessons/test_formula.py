import xml.etree.ElementTree as ET

from ssvae_core.lessons.formula import NAMESPACE, mathml


def test_names_numbers_and_operators_are_told_apart():
    root = ET.fromstring(mathml("2 log p ( x | z ) ≥ 0.5"))
    row = root[0]
    tags = [each.tag.removeprefix(f"{{{NAMESPACE}}}") for each in row]
    assert tags == ["mn", "mi", "mi", "mo", "mi", "mo", "mi", "mo", "mo", "mn"]
    assert "".join(row.itertext()) == "2logp(x|z)≥0.5"


def test_an_index_and_an_exponent_are_drawn_as_such():
    root = ET.fromstring(mathml("z_1 σ^2"))
    assert [each.tag.removeprefix(f"{{{NAMESPACE}}}") for each in root[0]] == ["msub", "msup"]
    assert [[part.text for part in each] for each in root[0]] == [["z", "1"], ["σ", "2"]]


def test_a_symbol_that_is_explained_carries_itself():
    root = ET.fromstring(mathml("β KL < E_q", ("β", "E_q")))
    assert [each.get("data-symbol") for each in root[0]] == ["β", None, None, "E_q"]


def test_a_hyphen_is_drawn_as_a_minus():
    assert "<mo>−</mo>" in mathml("1 - α")
