"""Labels from one database to the other and back: every row, or nothing."""

import pytest

from ssvae_core.errors import UserError
from ssvae_core.labels import moving
from ssvae_core.labels.moving import copy_labels
from ssvae_core.labels.place import checked_url
from ssvae_core.labels.store import LabelStore, Operation
from tests.labels.test_store import label, new_session


@pytest.fixture
def source(tmp_path):
    store = LabelStore(tmp_path / "labels.db")
    for name in ("Ziffern", "ähnlich", "a"):
        session = new_session(store, name).id
        store.append(session, label("lasso", range(40), 1), "Ana")
        store.append(session, Operation("n", "class-add", text="four 'quoted' \\ ß"))
        store.append(session, Operation("u", "undo"), "Ana")
        store.record_metric(session, 40, 40, "model", 0.1 + 0.2)
    yield store
    store.close()


def content(store):
    return [(row, store.events(row.id), store.metrics(row.id)) for row in store.sessions()]


def test_all_of_it_is_there_and_on_the_way_back_too(source, postgres, tmp_path, monkeypatch):
    monkeypatch.setattr(moving, "ROWS", 7)  # several parts
    there = LabelStore(checked_url(postgres.new_database()))
    told = []
    moved = copy_labels(source, there, lambda *at: told.append(at))
    assert (moved.sessions, moved.events, moved.metrics) == (3, 126, 3)
    assert told[-1][0] == told[-1][1] == 2 * 132
    assert content(there) == content(source)
    back = LabelStore(tmp_path / "back.db")
    copy_labels(there, back)
    assert content(back) == content(source)
    with pytest.raises(UserError, match="not overwritten"):
        copy_labels(source, back)
    back.close()
    there.close()


def test_a_row_that_is_another_in_the_copy_leaves_nothing(source, postgres, monkeypatch):
    there = LabelStore(checked_url(postgres.new_database()))
    real = moving._parts

    def spoilt(connection, table):
        """As a database that keeps times to the second would give them back."""
        for part in real(connection, table):
            if connection.dialect.name == "postgresql" and table.name == "event":
                part[0]["at"] = float(int(part[0]["at"]))
            yield part

    monkeypatch.setattr(moving, "_parts", spoilt)
    with pytest.raises(UserError, match="'event' is not the same in the copy"):
        copy_labels(source, there)
    assert there.sessions() == []
    there.close()
