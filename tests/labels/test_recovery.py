"""At the start a damaged label store is explained, with the way out of it."""

import json
import re
import shutil

import pytest

from ssvae_core.errors import Conflict, UserError
from ssvae_core.labels.backup import backups, make_backup, restore
from ssvae_core.labels.recovery import DamagedStore, accept, check_at_start, forget_ahead
from ssvae_core.labels.store import LabelStore
from tests.support.small_store import DAMAGES, change, more_labels, n_labels, new_store


@pytest.fixture
def database(tmp_path):
    return tmp_path / "labels.db"


@pytest.fixture
def session(database):
    session = new_store(database)[0]
    (database.parent / "sessions" / session).mkdir(parents=True)
    return session


def checkpoint(database, session, seq):
    """The manifest of a model that has learned from so many events."""
    folder = database.parent / "sessions" / session / f"ck-1-{seq}"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps({"format": 1, "label_seq": seq}))
    return folder


def test_a_first_start_and_a_whole_store_are_no_news(database, tmp_path):
    check_at_start(database)
    (tmp_path / "sessions").mkdir()
    database.touch()  # killed at its very first start
    check_at_start(database)
    new_store(database)
    make_backup(database)
    check_at_start(database)


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_the_sentence_names_the_file_and_the_newest_backup_which_restores_it(
    database, session, damage
):
    older = make_backup(database)
    more_labels(database, session, 3, start=30)
    copy = make_backup(database)
    damage(database)
    with pytest.raises(DamagedStore) as caught:
        check_at_start(database)
    said = str(caught.value)
    assert str(database) in said
    assert str(copy) in said
    assert str(older) not in said
    assert "33 labels" in said
    assert "python -m ssvae_core restore" in said
    assert isinstance(caught.value, Conflict)
    restore(database, copy)
    check_at_start(database)
    assert n_labels(database) == 33


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_without_a_backup_it_says_so(database, session, damage):
    damage(database)
    with pytest.raises(DamagedStore, match="There is no backup of it"):
        check_at_start(database)


def test_a_damaged_backup_is_passed_over(database, session):
    older = make_backup(database)
    more_labels(database, session, 3, start=30)
    make_backup(database).write_bytes(b"")
    database.unlink()
    with pytest.raises(DamagedStore, match=re.escape(str(older))):
        check_at_start(database)


def test_a_log_that_is_gone_is_noticed_by_the_backup_and_by_a_checkpoint(database, session):
    before = database.with_name("before.db")
    shutil.copy(database, before)
    more_labels(database, session, 6, start=30)
    copy = make_backup(database)
    shutil.copy(before, database)  # as without its log
    with pytest.raises(DamagedStore, match="30 of its 36 events"):
        check_at_start(database)
    copy.unlink()
    check_at_start(database)
    ahead = checkpoint(database, session, 36)
    with pytest.raises(DamagedStore, match="has learned from labels that are missing"):
        check_at_start(database)
    forget_ahead(database)
    assert not ahead.exists()
    check_at_start(database)


def test_the_log_of_another_store_does_not_become_part_of_this_one(database, session, tmp_path):
    other = tmp_path / "other" / "labels.db"
    (elsewhere,) = new_store(other, labels=200)
    make_backup(database)
    store = LabelStore(other)
    store.rename(elsewhere, "Elsewhere")
    shutil.copy(other.with_name("labels.db-wal"), database.with_name("labels.db-wal"))
    store.close()
    before = database.read_bytes()
    try:
        check_at_start(database)
    except DamagedStore:
        assert database.read_bytes() == before
    else:
        assert n_labels(database) == 30


@pytest.mark.parametrize("content", ["", "[]", '{"label_seq": "many"}', "[" * 5000])
def test_a_checkpoint_that_says_nothing_is_no_witness(database, session, content):
    (checkpoint(database, session, 99) / "manifest.json").write_text(content)
    check_at_start(database)


def test_rows_that_are_missing_can_be_given_up_and_nothing_after_them_is_taken(database, session):
    make_backup(database)
    kept_checkpoint, ahead = checkpoint(database, session, 5), checkpoint(database, session, 20)
    DAMAGES["rows missing in the middle"](database)
    with pytest.raises(DamagedStore, match="restore --accept"):
        check_at_start(database)
    kept = accept(database)
    check_at_start(database)
    store = LabelStore(database)
    assert store.head(session) == 11
    assert [event.seq for event in store.events(session)] == list(range(1, 12))
    store.close()
    assert n_labels(kept) == 29
    assert kept_checkpoint.exists()
    assert not ahead.exists()
    assert backups(database) == []  # it is set aside: it holds what was given up


def test_what_cannot_be_read_at_all_cannot_be_accepted(database, session):
    DAMAGES["header overwritten"](database)
    before = database.read_bytes()
    with pytest.raises(UserError, match="cannot be read"):
        accept(database)
    assert database.read_bytes() == before


def test_a_label_that_is_another_than_in_the_backup_is_said(database, session):
    make_backup(database)
    change(database, "UPDATE event SET label = 2 - label WHERE seq IN (7, 9)")
    with pytest.raises(DamagedStore, match="are not what they were"):
        check_at_start(database)
