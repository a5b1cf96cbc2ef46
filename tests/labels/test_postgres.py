"""What only PostgreSQL can do to a label: a lock that is held, a server that dies and is back."""

import threading
import time

import pytest
from sqlalchemy import create_engine, text

from ssvae_core.labels.place import checked_url
from ssvae_core.labels.store import LabelStore, NotSaved, Operation
from tests.labels.test_store import label, new_session


@pytest.fixture
def url(postgres):
    return checked_url(postgres.new_database())


def test_a_row_that_somebody_holds_says_that_the_label_is_not_saved(url):
    impatient = LabelStore(url, timeout=0.2)
    session = new_session(impatient).id
    engine = create_engine(url)
    with engine.connect() as blocker:
        blocker.execute(text("SELECT head FROM session FOR UPDATE"))
        with pytest.raises(NotSaved, match=r"label is NOT saved: another program keeps .* busy"):
            impatient.append(session, label("a", [5], 1))
        assert impatient.events(session) == []
        blocker.rollback()
    assert impatient.append(session, label("a", [5], 1)).is_new
    impatient.close()
    engine.dispose()


def test_a_killed_server_loses_nothing_acknowledged_and_the_same_store_goes_on(url, postgres):
    store = LabelStore(url)
    session = new_session(store).id
    acknowledged, ending, refused = [], threading.Event(), []

    def write():
        for k in range(100_000):
            if ending.is_set():
                return
            try:
                store.append(session, Operation(f"x{k}", "label", (k % 100,), k % 3))
                acknowledged.append(f"x{k}")
            except NotSaved as error:
                refused.append(str(error))
                time.sleep(0.05)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while len(acknowledged) < 20:
            time.sleep(0.01)
        postgres.kill()
        while not refused:
            time.sleep(0.01)
        postgres.start()
        before = len(acknowledged)
        while len(acknowledged) < before + 20:
            time.sleep(0.01)
    finally:
        ending.set()
        writer.join()
    rows = store.events(session)
    assert [row.seq for row in rows] == list(range(1, store.head(session) + 1))
    stored = [row.op_id for row in rows]
    assert len(set(stored)) == len(stored)
    assert set(acknowledged) <= set(stored)
    assert all("The label is NOT saved" in sentence for sentence in refused)
    assert not any("secret" in sentence for sentence in refused)
    store.close()
