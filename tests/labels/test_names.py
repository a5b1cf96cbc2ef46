"""Names of files and classes: as written, compared without what nobody sees."""

import re
import unicodedata
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ssvae_core.labels.names import ClassNames, clean, label_text, name_at, same, shown

# What fonts, keyboards and systems write into names, and nobody may take out of them.
AS_WRITTEN = (
    *(
        "Bildschirmfoto 3.15\u202fPM",
        "\u3000\u732b",
        "\u0645\u06cc\u200c\u062e",
        "\u0915\u094d\u200d",
    ),
    *(
        "\U0001f468\u200d\U0001f469\u200d\U0001f467",
        "\u2764\ufe0f",
        "cafe\u0301",
        "\U0001f1e9\U0001f1ea",
    ),
    *("\xa0", "\u2028", "gnp\u202e.exe", "\ue000", "\u0378", "\ufffd", "\U000e0067"),
)


@pytest.mark.parametrize("name", AS_WRITTEN)
def test_a_name_is_shown_as_it_is_written(name):
    assert shown(name) == name


@given(st.binary(max_size=30))
def test_a_shown_name_can_be_stored_and_has_no_control_character(name):
    text = shown(name.decode("utf-8", "surrogateescape"))
    assert not any(unicodedata.category(letter) in ("Cc", "Cs") for letter in text)
    assert shown(text) == text
    text.encode()


def test_names_that_differ_in_what_is_no_text_stay_different():
    names = [b"k\xe4se".decode("utf-8", "surrogateescape"), "k\x04se", "k\x85se", "k\ud800se"]
    assert [shown(name) for name in names] == ["k%E4se", "k%04se", "k%C2%85se", "k%ED%A0%80se"]


@pytest.mark.parametrize(
    "other",
    [
        *(
            " caf\xe9 wien",
            "cafe\u0301 wien",
            "caf\xe9  wien",
            "caf\xe9\u3000wien",
            "caf\xe9\u202fwien",
        ),
        *(
            "caf\xe9 wien\u200b",
            "\ufeffcaf\xe9 wien",
            "caf\xe9\twien\n",
            "\u202acaf\xe9 wien\u202c",
        ),
    ],
)
def test_names_that_look_the_same_are_the_same_class_as_first_written(other):
    assert same(other) == same("caf\xe9 wien")
    names = ClassNames()
    assert [names.of("caf\xe9 wien"), names.of(other)] == ["caf\xe9 wien", "caf\xe9 wien"]
    first = ClassNames()
    assert [first.of(other), first.of("caf\xe9 wien")] == [clean(other)] * 2


def test_what_joiners_and_case_tell_apart_stays_apart_and_is_said_where_it_looks_alike():
    family = "\U0001f468\u200d\U0001f469"
    assert same(family) != same(family.replace("\u200d", ""))
    names = ClassNames()
    assert [names.of(name) for name in ("Cat", "cat", "dog")] == ["Cat", "cat", "dog"]
    assert names.notes() == ['Different classes, though their names are much alike: "Cat", "cat".']


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *((3.0, "3"), ("3.0", "3"), ("-0.0", "0"), (np.float32(7), "7"), (Decimal("2.00"), "2")),
        *(
            (" cat ", "cat"),
            (b"cat", "cat"),
            (np.bytes_(b"cat"), "cat"),
            ("01", "01"),
            (1.5, "1.5"),
        ),
        *((True, "True"), (np.int64(2**60), str(2**60)), (float("inf"), "inf"), (None, None)),
        ("v1.0", "v1.0"),
    ],
)
def test_a_label_is_a_name(value, text):
    assert label_text(value) == text


@pytest.mark.parametrize("value", [[0, 1], {"bytes": b""}, ("a",), {1}])
def test_several_values_are_no_label(value):
    with pytest.raises(ValueError, match="one name or number"):
        label_text(value)


@pytest.mark.parametrize(
    "value",
    [
        *("", " ", "\u3000", "\u200b", None),
        *(
            "none",
            "None",
            " NULL ",
            "nan",
            "NaN",
            float("nan"),
            np.float32("nan"),
            np.datetime64("nat"),
        ),
        *(-1, "-1", "-1.0", -1.0, np.int8(-1), "<NA>", "N/A", "#N/A"),
    ],
)
def test_what_is_no_label_is_none_and_said_by_its_word(value):
    names = ClassNames()
    assert [names.of(value), names.of("cat"), names.of(value)] == [None, "cat", None]
    if same(str("" if value is None else value)):
        (note,) = names.notes()
        assert re.match(r'No label was read from ".+" \(2\)\.', note)
    else:
        assert names.notes() == []


@pytest.mark.parametrize("name", ["na", "Na", "0", "-2", "unknown", "nothing", "no", "False", "?"])
def test_other_words_are_classes(name):
    assert ClassNames().of(name) == name


def test_a_class_that_the_source_lists_is_one_whatever_its_name():
    names = ClassNames(["none", "1.0", "cafe\u0301"])
    found = [names.of(name) for name in ("None", "none", "1", "1.0", "caf\xe9")]
    assert found == [None, "none", "1.0", "1.0", "cafe\u0301"]


def test_a_long_name_is_whole():
    names = ClassNames()
    long = ["x" * 300 + end for end in "abc"]
    assert [names.of(name) for name in long] == long


def test_a_number_names_the_class_at_its_place_and_nothing_else_does():
    said = ["1", "0", "2", "-1", "1.5", "dog", "", None]
    assert [name_at(each, ["cat", "dog"]) for each in said] == ["dog", "cat", *said[2:]]
    assert name_at("0", ()) == "0"
