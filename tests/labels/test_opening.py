"""A workspace's labels are opened where they are, and never where they no longer are."""

import json

import pytest

from ssvae_core.errors import UserError
from ssvae_core.labels.opening import check_place, open_labels
from ssvae_core.labels.place import VARIABLE, checked_url, shown
from ssvae_core.labels.store import LabelStore
from ssvae_core.storage.paths import LABELS_MOVED, SESSIONS
from tests.labels.test_store import label, new_session
from tests.support.small_store import new_store


@pytest.fixture
def url(postgres):
    return postgres.new_database()


def test_labels_in_a_file_and_another_place_named_is_refused_with_what_to_do(
    tmp_path, url, monkeypatch
):
    new_store(tmp_path / "labels.db")
    monkeypatch.setenv(VARIABLE, url)
    with pytest.raises(UserError, match=r"are in .*labels\.db.*move --to URL") as refused:
        open_labels(tmp_path)
    assert "secret" not in str(refused.value)


def test_labels_that_were_moved_are_not_looked_for_where_they_were(tmp_path, url, monkeypatch):
    new_store(tmp_path / "labels.db")
    where = shown(checked_url(url))
    (tmp_path / LABELS_MOVED).write_text(json.dumps({"to": where}))
    for look in (open_labels, check_place):
        with pytest.raises(UserError, match=r"were moved to postgresql://lab@127\.0"):
            look(tmp_path)
    monkeypatch.setenv(VARIABLE, url)
    open_labels(tmp_path).close()
    (tmp_path / LABELS_MOVED).write_text("{")
    with pytest.raises(UserError, match="copy them first"):
        open_labels(tmp_path)


def test_a_model_that_knows_more_than_the_database_is_not_gone_on_with(tmp_path, url, monkeypatch):
    monkeypatch.setenv(VARIABLE, url)
    store = LabelStore(checked_url(url))
    session = new_session(store).id
    store.append(session, label("a", [1], 1))
    store.close()
    checkpoint = tmp_path / SESSIONS / session / "ck-1-20"
    checkpoint.mkdir(parents=True)
    (checkpoint / "manifest.json").write_text('{"label_seq": 9}')
    with pytest.raises(UserError, match="older than this workspace: the model of 'Digits'"):
        open_labels(tmp_path, for_app=True)
    (checkpoint / "manifest.json").write_text('{"label_seq": 1}')
    open_labels(tmp_path, for_app=True).close()


def test_a_server_that_is_away_is_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, "postgresql://lab:secret@127.0.0.1:9/lab")
    with pytest.raises(UserError, match="cannot be reached") as refused:
        open_labels(tmp_path)
    assert "secret" not in str(refused.value)
