"""What tests of the label store begin with: the two databases that it is to be the same in."""

import pytest

from ssvae_core.labels.place import checked_url


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def place(request, tmp_path):
    """A path of a file, or the URL of a new database."""
    if request.param == "SQLite":
        return tmp_path / "workspace" / "labels.db"
    return checked_url(request.getfixturevalue("postgres").new_database())
