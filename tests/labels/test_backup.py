"""Backups of the label store: whole, a few of them, and never in the way of a label."""

import sqlite3
from contextlib import suppress

import pytest

from ssvae_core.errors import UserError
from ssvae_core.labels.backup import (
    KEEP_NEWEST,
    BackupThread,
    backups,
    make_backup,
    restore,
)
from ssvae_core.labels.store import LabelStore, Operation
from tests.support.small_store import (
    DAMAGES,
    add_labels,
    change,
    more_labels,
    n_labels,
    new_store,
    overwrite,
)


@pytest.fixture
def database(tmp_path):
    return tmp_path / "workspace" / "labels.db"


@pytest.fixture
def session(database):
    return new_store(database)[0]


def test_a_backup_holds_what_is_still_in_the_log_and_is_one_file_for_its_owner(database, session):
    store = LabelStore(database)
    add_labels(store, session, 7, start=30)
    path = make_backup(database)
    store.close()
    assert n_labels(path) == 37
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    assert path.stat().st_mode & 0o777 == 0o600
    (found,) = backups(database)
    assert (found.content.n_labels, found.path) == (37, path)
    assert "37 labels in 1 session" in str(found)


@pytest.mark.parametrize(
    "name",
    [name for name in DAMAGES if name not in ("gone", "zero length", "another program's")],
)
def test_a_damaged_store_takes_no_whole_backups_place(database, session, name):
    kept = make_backup(database)
    DAMAGES[name](database)
    with suppress(OSError, sqlite3.Error):
        assert make_backup(database) is None
    assert [each.path for each in backups(database)] == [kept]
    assert [each.name for each in kept.parent.iterdir()] == [kept.name]


@pytest.mark.parametrize("name", ["gone", "zero length", "another program's"])
def test_nor_does_one_that_begins_anew(database, session, name):
    kept = make_backup(database)
    DAMAGES[name](database)
    if name != "another program's":
        new_store(database, labels=2)
    with suppress(sqlite3.Error):
        assert make_backup(database) is None
    assert [each.path for each in backups(database)] == [kept]


def test_a_few_are_kept_the_newest_and_one_a_day(database, session):
    for k in range(KEEP_NEWEST + 3):
        more_labels(database, session, 1, start=100 + k)
        newest = make_backup(database)
    found = backups(database)
    assert len(found) == KEEP_NEWEST
    assert found[0].path == newest
    old = newest.with_name("labels-000001-20200101-120000.db")
    newest.with_name(found[-1].path.name).rename(old)
    for k in range(KEEP_NEWEST):
        more_labels(database, session, 1, start=200 + k)
        make_backup(database)
    assert old in [each.path for each in backups(database)]


def test_a_clock_that_was_set_back_does_not_make_an_older_one_the_newest(database, session):
    first = make_backup(database)
    later = first.with_name(first.name.replace("-20", "-29", 1))  # of a year to come
    first.rename(later)
    more_labels(database, session, 3, start=30)
    second = make_backup(database)
    assert [each.path for each in backups(database)] == [second, later]


def test_a_backup_comes_back_and_what_was_there_is_kept_beside(database, session):
    copy = make_backup(database)
    overwrite(database, 0, b"x" * 5000)
    kept = restore(database, copy)
    assert kept.read_bytes()[:10] == b"x" * 10
    store = LabelStore(database)
    assert store.head(session) == 30
    store.append(session, Operation("again", "label", [1], 1))
    store.close()
    assert copy.is_file()


def test_a_log_of_the_store_before_is_put_aside_with_it(database, session):
    copy = make_backup(database)
    log = database.with_name("labels.db-wal")
    log.write_bytes(b"of another" * 100)
    kept = restore(database, copy)
    assert not log.exists()
    assert kept.with_name(f"{kept.name}-wal").is_file()


def test_a_damaged_backup_is_not_restored(database, session):
    copy = make_backup(database)
    overwrite(copy, 0, b"x" * 5000)
    before = database.read_bytes()
    with pytest.raises(UserError, match="is damaged"):
        restore(database, copy)
    assert database.read_bytes() == before


def test_those_after_an_older_one_that_is_restored_are_set_aside_not_removed(database, session):
    older = make_backup(database)
    more_labels(database, session, 5, start=30)
    newer = make_backup(database)
    restore(database, older)
    assert [each.path for each in backups(database)] == [older]
    assert newer.with_name(f"aside-{newer.name}").is_file()


def test_the_thread_copies_at_its_start_and_at_its_end_and_only_what_is_new(database, session):
    BackupThread(database, look_every=60).stop()
    assert [each.content.n_labels for each in backups(database)] == [30]
    thread = BackupThread(database, look_every=60)
    more_labels(database, session, 2, start=30)
    thread.stop()
    BackupThread(database, look_every=60).stop()
    assert [each.content.n_labels for each in backups(database)] == [32, 30]


def test_it_copies_after_so_many_changes(database, session):
    thread = BackupThread(database, look_every=0.01)
    store = LabelStore(database)
    store.append(session, Operation("many", "label", range(100, 200), 1))
    store.close()
    while not any(each.content.n_labels == 130 for each in backups(database)):
        pass
    thread.stop()


def test_a_folder_that_may_not_be_written_ends_no_label_and_no_thread(database, session):
    (database.parent / "backups").write_text("in the way")
    thread = BackupThread(database, look_every=60)
    more_labels(database, session, 1, start=30)
    thread.stop()
    change(database, "PRAGMA quick_check")
    assert n_labels(database) == 31
