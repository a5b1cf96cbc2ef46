"""A label store with some sessions, and the ways to damage its file."""

import sqlite3
from contextlib import closing

from ssvae_core.labels.store import LabelStore, Operation

PAGE = 4096  # bytes, of SQLite
NAMES = ("zero", "one", "two")


def new_store(database, labels=30, sessions=1):
    """The ids of its sessions, each with so many labels; the store is closed."""
    store = LabelStore(database)
    rows = [
        store.create_session(f"S{k}", data="mnist", model="m2", n_examples=10_000, classes=NAMES)
        for k in range(sessions)
    ]
    for row in rows:
        add_labels(store, row.id, labels)
    store.close()
    return [row.id for row in rows]


def add_labels(store, session, n, start=0):
    """As many events, in one operation for each class: a file is flushed for each."""
    for label in range(3):
        examples = [k for k in range(start, start + n) if k % 3 == label]
        if examples:
            store.append(session, Operation(f"op-{start}-{label}", "label", examples, label))


def more_labels(database, session, n, start):
    """Labels by a store that is opened for them."""
    store = LabelStore(database)
    add_labels(store, session, n, start)
    store.close()


def n_labels(database):
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute("SELECT count(*) FROM event WHERE kind = 'label'").fetchone()[0]


def change(database, *statements):
    with closing(sqlite3.connect(database)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def overwrite(database, at, content):
    with database.open("r+b") as file:
        file.seek(at)
        file.write(content)


def flip_inside(database):
    """Other bytes at the end of the page on which most rows lie, which is where they begin."""
    content = bytearray(database.read_bytes())
    pages = range(0, len(content), PAGE)
    end = max(pages, key=lambda page: content.count(b"label", page, page + PAGE)) + PAGE
    for place in range(end - 600, end):
        content[place] ^= 0xFF
    database.write_bytes(content)


def truncate(database, share):
    with database.open("r+b") as file:
        file.truncate(int(database.stat().st_size * share))


def replace_by_folder(database):
    database.unlink()
    database.mkdir()


DAMAGES = {
    "header overwritten": lambda database: overwrite(database, 0, b"x" * 100),
    "zeros at the start": lambda database: overwrite(database, 0, bytes(4096)),
    "page size of nowhere": lambda database: overwrite(database, 16, b"\x03\x03"),
    "truncated to a half": lambda database: truncate(database, 0.5),
    "truncated by a byte": lambda database: truncate(database, 1 - 1e-6),
    "truncated in the header": lambda database: truncate(database, 0.001),
    "zero length": lambda database: database.write_bytes(b""),
    "gone": lambda database: database.unlink(),
    "flipped bytes": flip_inside,
    "a folder": replace_by_folder,
    "a text": lambda database: database.write_text("labels\n" * 4000),
    "another program's": lambda database: change(
        database, "DROP TABLE metric", "DROP TABLE event", "DROP TABLE session", "CREATE TABLE x(y)"
    ),
    "rows missing in the middle": lambda database: change(
        database, "DELETE FROM event WHERE seq = 12"
    ),
    "rows missing at the end": lambda database: change(
        database, "DELETE FROM event WHERE seq > 25"
    ),
    "rows missing at the start": lambda database: change(
        database, "DELETE FROM event WHERE seq < 3"
    ),
    "a session's row missing": lambda database: change(database, "DELETE FROM session"),
    "a label of no image": lambda database: change(
        database, "UPDATE event SET example = 99999 WHERE seq = 4"
    ),
    "a kind that never was": lambda database: change(
        database, "UPDATE event SET kind = 'labfl' WHERE seq = 4"
    ),
    "classes that are no list": lambda database: change(
        database, "UPDATE session SET classes = '[\"ze'"
    ),
}
