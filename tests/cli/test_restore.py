"""`restore`: the labels as a backup has them."""

import pytest

from ssvae_core.cli import main
from ssvae_core.labels.backup import make_backup
from ssvae_core.labels.recovery import check_at_start
from ssvae_core.storage.lock import WorkspaceLock
from tests.support.small_store import DAMAGES, more_labels, n_labels, new_store, overwrite


@pytest.fixture
def database(tmp_path, monkeypatch):
    monkeypatch.setenv("SSVAE_WORKSPACE", str(tmp_path))
    return tmp_path / "labels.db"


@pytest.fixture
def session(database):
    session = new_store(database)[0]
    make_backup(database)
    more_labels(database, session, 5, start=30)
    make_backup(database)
    return session


def test_the_newest_takes_the_place_of_a_damaged_store_which_is_kept(database, session, capsys):
    overwrite(database, 0, b"x" * 5000)
    assert main(["restore"]) == 0
    said = capsys.readouterr().out
    assert "35 labels in 1 session" in said
    assert n_labels(database) == 35
    check_at_start(database)
    kept, *_ = sorted(database.parent.glob("labels.db.damaged-*"))
    assert str(kept) in said
    assert kept.read_bytes().startswith(b"xxx")


def test_they_are_listed_newest_first_with_time_and_number_of_labels(database, session, capsys):
    assert main(["restore", "--list"]) == 0
    newest, older = capsys.readouterr().out.splitlines()
    assert newest.startswith("labels-000002-")
    assert newest.endswith(", 35 labels in 1 session")
    assert older.endswith(", 30 labels in 1 session")


def test_one_can_be_named(database, session, capsys):
    main(["restore", "--list"])
    older = capsys.readouterr().out.splitlines()[1].split(":")[0]
    assert main(["restore", "--backup", older, "--json"]) == 0
    assert '"labels": 30' in capsys.readouterr().out
    assert n_labels(database) == 30
    check_at_start(database)


@pytest.mark.parametrize("name", ["nowhere.db", "../labels.db", "/etc/passwd", "x" * 300, ""])
def test_a_name_of_nothing_is_said_and_changes_nothing(database, session, name, capsys):
    if name == "../labels.db":
        overwrite(database, 0, b"x" * 5000)
    before = database.read_bytes()
    assert main(["restore", "--backup", name]) == (0 if not name else 2)
    if name:
        assert "backup" in capsys.readouterr().err
        assert database.read_bytes() == before


def test_it_is_refused_while_an_app_is_at_work(database, session, capsys):
    lock = WorkspaceLock(database.parent)
    lock.tell("http://127.0.0.1:8501")
    before = database.read_bytes()
    for wish in (["restore"], ["restore", "--accept"]):
        assert main(wish) == 2
        assert "http://127.0.0.1:8501" in capsys.readouterr().err
    assert database.read_bytes() == before
    assert main(["restore", "--list"]) == 0
    lock.release()
    assert main(["restore"]) == 0


def test_what_is_there_can_be_accepted(database, session, capsys):
    DAMAGES["rows missing in the middle"](database)
    assert main(["restore", "--accept"]) == 0
    assert "11 labels" in capsys.readouterr().out
    check_at_start(database)


def test_where_there_is_nothing_it_says_so(database, tmp_path, monkeypatch, capsys):
    assert main(["restore"]) == 2
    assert "There is no backup in" in capsys.readouterr().err
    assert main(["restore", "--list"]) == 0
    monkeypatch.setenv("SSVAE_WORKSPACE", str(tmp_path / "nowhere"))
    assert main(["restore"]) == 2
    assert "There is no workspace" in capsys.readouterr().err


def test_other_commands_name_the_way_back(database, session, capsys):
    overwrite(database, 0, b"x" * 5000)
    for command in (
        ["export", "--session", "S0", "--format", "csv", "--out", "x"],
        ["sample", "--session", "S0"],
    ):
        assert main(command) == 2
        assert "python -m ssvae_core restore" in capsys.readouterr().err
