"""A damaged label store is noticed, and a look at one makes nothing worse."""

import shutil

import pytest

from ssvae_core.labels.health import content_of, damage_of, difference, is_blank
from ssvae_core.labels.store import LabelStore
from tests.support.small_store import DAMAGES, add_labels, change, more_labels, new_store


@pytest.fixture
def database(tmp_path):
    return tmp_path / "labels.db"


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_damage_is_said_in_words(database, damage):
    new_store(database)
    assert damage_of(database) == ""
    damage(database)
    assert is_blank(database) or damage_of(database)


def test_a_store_at_work_is_whole_and_is_read_without_being_changed(database):
    (session,) = new_store(database)
    store = LabelStore(database)
    add_labels(store, session, 5, start=30)
    log = database.with_name("labels.db-wal")
    before = database.read_bytes(), log.read_bytes()
    assert damage_of(database) == ""
    assert content_of(database).n_labels == 35
    assert (database.read_bytes(), log.read_bytes()) == before
    store.close()


def test_a_file_that_nothing_was_written_to_is_blank(database):
    assert is_blank(database)
    database.touch()
    assert is_blank(database)
    new_store(database)
    assert not is_blank(database)


def test_a_store_that_goes_on_from_a_copy_has_all_that_is_in_it(database, tmp_path):
    (session,) = new_store(database)
    shutil.copy(database, tmp_path / "earlier.db")
    more_labels(database, session, 5, start=30)
    assert difference(database, tmp_path / "earlier.db") == ""
    assert "30 of its 35" in difference(tmp_path / "earlier.db", database)


def test_another_label_in_a_row_that_is_whole_in_itself_is_noticed_beside_a_copy(
    database, tmp_path
):
    new_store(database)
    shutil.copy(database, tmp_path / "earlier.db")
    change(database, "UPDATE event SET label = 2 - label WHERE seq = 7")
    assert damage_of(database) == ""
    assert difference(database, tmp_path / "earlier.db") == "1 events are not what they were"
