"""Stores of older versions become those of today; newer ones are refused in words."""

import pytest
from sqlalchemy import create_engine, inspect, text

from ssvae_core.errors import UserError
from ssvae_core.labels.migrations import NEWEST, bring_up_to_date, version_table
from ssvae_core.labels.store import LabelStore
from tests.labels.test_store import label, new_session


def shape(place):
    """Tables with their columns, types and indices."""
    engine = create_engine(place if isinstance(place, str) else f"sqlite:///{place}")
    looked = inspect(engine)
    found = {
        table: (
            [(c["name"], str(c["type"]), c["nullable"]) for c in looked.get_columns(table)],
            sorted((i["name"], i["column_names"]) for i in looked.get_indexes(table)),
        )
        for table in looked.get_table_names()
    }
    engine.dispose()
    return found


def as_of_the_first_version(place):
    """What a program without migrations left."""
    engine = create_engine(place if isinstance(place, str) else f"sqlite:///{place}")
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
        connection.execute(text("DROP INDEX ix_event_kind"))
    engine.dispose()


def test_an_older_store_becomes_what_a_new_one_is_and_keeps_its_rows(place):
    store = LabelStore(place)
    session = new_session(store).id
    store.append(session, label("a", [1, 2], 1))
    rows, whole = store.events(session), shape(place)
    store.close()
    as_of_the_first_version(place)
    assert shape(place) != whole
    store = LabelStore(place)
    assert shape(place) == whole
    assert store.events(session) == rows
    assert store.append(session, label("b", [3], 1)).seq == 3
    store.close()


def test_a_newer_store_is_refused_in_words_and_not_touched(place):
    store = LabelStore(place)
    session = new_session(store).id
    with store.writing("The test") as connection:
        connection.execute(version_table.update().values(version_num="9999"))
    store.close()
    with pytest.raises(UserError, match=rf"newer version .*9999.*{NEWEST}.*Update the app"):
        LabelStore(place)
    engine = create_engine(place if isinstance(place, str) else f"sqlite:///{place}")
    with engine.connect() as connection:
        assert (
            connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "9999"
        )
        assert connection.execute(text("SELECT id FROM session")).scalar() == session
    engine.dispose()


def test_opening_again_changes_nothing(place):
    LabelStore(place).close()
    before = shape(place)
    store = LabelStore(place)
    with store.writing("The test") as connection:
        bring_up_to_date(connection)
    store.close()
    assert shape(place) == before
