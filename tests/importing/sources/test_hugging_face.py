"""Data sets by their Hugging Face id: without the package, and without the data set."""

import pytest

from ssvae_core.errors import UserError
from ssvae_core.importing.sources import open_source


def test_without_the_package_it_is_said_what_to_do(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(UserError, match="pip install datasets"):
        open_source("hf:some/where")


def test_a_data_set_that_datasets_cannot_find_is_said(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match="could not load"):
        open_source(f"hf:{tmp_path / 'empty'}")
