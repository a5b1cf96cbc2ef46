"""How a file is read: as found, as chosen, and what cannot be chosen."""

import json

import numpy as np
import pytest

from ssvae_core.data.manifest import read_manifest
from ssvae_core.errors import UserError
from ssvae_core.importing.import_data import Choice, import_data, import_to_end
from ssvae_core.importing.items import Item, Source
from ssvae_core.importing.reading import AS_FOUND, Reading
from ssvae_core.importing.sources import open_source

SIGNS = {"plus": "Plus", "minus": "Minus", "": "None"}


class Signed(Source):
    """Three numbers, with the sign that is chosen."""

    title, kind = "numbers", "vector"

    def __init__(self, where, reading=AS_FOUND):
        super().__init__(where, reading)
        self.sign = self.reading.choose("sign", "Sign", SIGNS, "plus")

    @staticmethod
    def accepts(where):
        return True

    def items(self):
        for k in range(3):
            yield Item(f"#{k}", np.full(2, -k if self.sign == "minus" else k, np.float32))


def test_what_is_chosen_stands_and_what_is_not_is_found():
    reading = Reading({"sign": "minus"})
    assert reading.choose("sign", "Sign", SIGNS, "plus") == "minus"
    assert reading.choose("side", "Side", {"left": "Left"}, "left") == "left"
    assert [(each.value, each.is_chosen) for each in reading.options] == [
        ("minus", True),
        ("left", False),
    ]
    assert Reading({"sign": "none"}).choose("sign", "Sign", SIGNS, "plus") == ""


def test_what_cannot_be_chosen_is_said():
    with pytest.raises(UserError, match="'sign' can be plus, minus, none; got 'times'"):
        Reading({"sign": "times"}).choose("sign", "Sign", SIGNS, "plus")
    reading = Reading({"sine": "plus"})
    reading.choose("sign", "Sign", SIGNS, "plus")
    with pytest.raises(UserError, match=r"'sine' is nothing to choose in x\.csv; sign is"):
        reading.check("x.csv")


def test_the_report_and_the_manifest_say_how_it_was_read(root):
    choice = Choice(n_processes=0, reading={"sign": "minus"})
    source = Signed("here", choice.reading)
    imported = import_to_end(import_data(source, root, name="x", choice=choice))
    assert json.loads((imported.folder / "report.json").read_text())["reading"] == [
        {
            "name": "sign",
            "title": "Sign",
            "value": "minus",
            "options": [["plus", "Plus"], ["minus", "Minus"], ["", "None"]],
            "is_chosen": True,
        }
    ]
    (origin,) = read_manifest(imported.folder)["origins"]
    assert origin["reading"] == {"sign": "minus"}


def test_a_source_without_choices_refuses_them(tmp_path):
    np.save(tmp_path / "x.npy", np.zeros((3, 8, 8), np.uint8))
    with pytest.raises(UserError, match=r"'bogus' is nothing to choose in x\.npy"):
        open_source(tmp_path / "x.npy", {"bogus": "none"})
