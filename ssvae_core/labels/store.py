"""The label store: sessions and what was done in them, appended to a database and never changed.

One operation (a key press, a lasso, an undo) is one transaction: stored whole, or not at all. Rows
are numbered from a counter in the session's own row, never by an identity column, so that a reader
who has seen row 57 has seen every row before it. An operation brings an op_id made by whoever
sends it; sent again, it gets the first answer again and changes nothing.

All methods may be called from any thread; several processes may share one database, which is
SQLite or, by its URL, PostgreSQL.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, delete, exc, func, insert, select, update

from ..errors import NotFound
from .database import Database, NotSaved
from .history import Event, History
from .migrations import bring_up_to_date
from .records import Metric, Operation, Receipt, SessionRow, checked, checked_name
from .schema import event_table, metric_table, session_table
from .transitions import check_is_the_same, rows_of

__all__ = ["LabelStore", "Metric", "NotSaved", "Operation", "Receipt", "SessionRow"]


class LabelStore:
    """Sessions, their events and their learning curves in one database."""

    def __init__(self, url: str | Path, timeout: float = 30.0):
        """Open or create; a path means SQLite. `timeout`: seconds to wait for another writer."""
        self._database = database = Database(url, timeout)
        self._read = self.reading = database.reading
        self._write = self.writing = database.writing
        self._histories: dict[str, History] = {}  # of sessions written to; in transactions only
        try:
            self._create_tables()
        except Exception:
            database.close()
            raise

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    def create_session(
        self,
        name: str,
        *,
        data: str,
        model: str,
        n_examples: int,
        classes: Sequence[str],
        config: Mapping[str, Any] | None = None,
        seed: int = 0,
    ) -> SessionRow:
        """A new session with an id of its own."""
        row = SessionRow(
            secrets.token_hex(4),
            checked_name(name),
            data,
            model,
            n_examples,
            tuple(classes),
            dict(config or {}),
            seed,
            created=time.time(),
            head=0,
            generation=0,
        )
        with self._write("The session") as connection:
            newest = connection.execute(select(func.max(session_table.c.created))).scalar_one()
            if newest is not None and newest >= row.created:  # the clock was set back
                row = replace(row, created=newest + 0.001)
            values = vars(row) | {
                "classes": json.dumps(row.classes),
                "config": json.dumps(row.config),
            }
            connection.execute(insert(session_table).values(values))
        return row

    def sessions(self) -> list[SessionRow]:
        """Every session, newest first."""
        newest_first = select(session_table).order_by(
            session_table.c.created.desc(), session_table.c.id
        )
        with self._read() as connection:
            return [_session_row(row) for row in connection.execute(newest_first)]

    def session(self, session_id: str) -> SessionRow:
        """The session with this id. UserError if there is none."""
        with self._read() as connection:
            return _find(connection, session_id)

    def rename(self, session_id: str, name: str) -> None:
        """Call the session something else."""
        with self._write("The new name") as connection:
            _find(connection, session_id)
            connection.execute(_update_session(session_id).values(name=checked_name(name)))

    def move(self, session_id: str, data: str, n_examples: int) -> None:
        """Go on with a data set that begins with the examples of the one before."""
        with self._write("The new images") as connection:
            row = _find(connection, session_id, lock=True)
            if n_examples < row.n_examples:
                raise ValueError(f"{row.n_examples} examples cannot become {n_examples}.")
            connection.execute(_update_session(session_id).values(data=data, n_examples=n_examples))

    def configure(self, session_id: str, model: str, config: Mapping[str, Any]) -> None:
        """Set the session's model and what it is made with."""
        with self._write("The choice") as connection:
            _find(connection, session_id)
            chosen = {"model": model, "config": json.dumps(dict(config))}
            connection.execute(_update_session(session_id).values(chosen))

    def label_counts(self) -> dict[str, int]:
        """How many images were labelled in each session, undone ones included, by its id."""
        labels = (event_table.c.session == session_table.c.id) & (event_table.c.kind == "label")
        query = select(session_table.c.id, func.count(event_table.c.seq))
        counted = query.outerjoin(event_table, labels).group_by(session_table.c.id)
        with self._read() as connection:
            return {row[0]: row[1] for row in connection.execute(counted)}

    def head(self, session_id: str) -> int:
        """The seq of the session's last event; 0 before the first."""
        return self.session(session_id).head

    def append(
        self,
        session_id: str,
        op: Operation,
        annotator: str = "",
        check: Callable[[], None] = lambda: None,
    ) -> Receipt:
        """Store an operation; when this returns, it outlives any crash. An example counts once.

        Whether it can be done is decided in the transaction that stores it, so of two operations
        that exclude each other, in any processes, one is refused; `check` is called there too, of
        an operation that is new. UserError where it cannot be done, NotSaved where the database
        does not take it.
        """
        with self._write("The label") as connection:
            # Locks the row on databases that lock rows: the counter and the history hold still.
            session = _find(connection, session_id, lock=True)
            history = self._history(connection, session)
            op = checked(op, session, history.n_classes)
            if stored := _stored(connection, session_id, op.op_id):
                check_is_the_same(op, stored)
                return Receipt(stored[-1]["seq"], stored[-1]["at"], is_new=False)
            check()
            at = time.time()
            rows = rows_of(op, history, annotator)
            head = connection.execute(
                _update_session(session_id)
                .values(head=session_table.c.head + len(rows))
                .returning(session_table.c.head)
            ).scalar_one()
            common = {
                "session": session_id,
                "op_id": op.op_id,
                "kind": op.kind,
                "annotator": annotator,
                "at": at,
            }
            first = head - len(rows) + 1
            numbered = [
                common | row | {"seq": first + part, "part": part} for part, row in enumerate(rows)
            ]
            connection.execute(insert(event_table), numbered)
        return Receipt(head, at, is_new=True)

    def _history(self, connection: Connection, session: SessionRow) -> History:
        """What stands now. Kept from one transaction to the next: only what is new is read.

        Part 0 stands for its whole operation: what the others name changes no class, no order.
        """
        history = self._histories.get(session.id)
        if history is None or history.seq > session.head:  # a backup may have been restored
            history = History(session.classes)
        query = select(*_EVENT_COLUMNS).where(
            event_table.c.session == session.id,
            event_table.c.seq > history.seq,
            event_table.c.part == 0,
        )
        for row in connection.execute(query.order_by(event_table.c.seq)):
            history.advance(Event(*row))
        self._histories[session.id] = history
        return history

    def events(self, session_id: str, after: int = 0, until: int | None = None) -> list[Event]:
        """The events with after < seq <= until, in order of seq."""
        of_session = event_table.c.session == session_id
        query = select(*_EVENT_COLUMNS).where(of_session, event_table.c.seq > after)
        if until is not None:
            query = query.where(event_table.c.seq <= until)
        with self._read() as connection:
            _find(connection, session_id)
            rows = connection.execute(query.order_by(event_table.c.seq))
            return [Event(*row) for row in rows]

    def next_generation(self, session_id: str) -> int:
        """Count one trainer more for this session: older ones are not listened to any longer."""
        with self._write("The start of the trainer") as connection:
            _find(connection, session_id, lock=True)
            return int(
                connection.execute(
                    _update_session(session_id)
                    .values(generation=session_table.c.generation + 1)
                    .returning(session_table.c.generation)
                ).scalar_one()
            )

    def record_metric(
        self, session_id: str, label_seq: int, n_labels: int, predicted_by: str, accuracy: float
    ) -> None:
        """Set the point of the learning curve at `label_seq`; a later one there replaces it."""
        point = Metric(label_seq, n_labels, predicted_by, accuracy, time.time())
        with self._write("The accuracy") as connection:
            _find(connection, session_id, lock=True)
            connection.execute(
                delete(metric_table).where(
                    metric_table.c.session == session_id, metric_table.c.label_seq == label_seq
                )
            )
            connection.execute(insert(metric_table).values(session=session_id, **vars(point)))

    def metrics(self, session_id: str) -> list[Metric]:
        """The learning curve, in order of label_seq."""
        query = select(*(metric_table.c[name] for name in Metric.__dataclass_fields__)).where(
            metric_table.c.session == session_id
        )
        with self._read() as connection:
            _find(connection, session_id)
            rows = connection.execute(query.order_by(metric_table.c.label_seq))
            return [Metric(*row) for row in rows]

    def _create_tables(self) -> None:
        for last_try in (False, False, False, True):
            try:
                with self._write("The label store") as connection:
                    bring_up_to_date(connection)
                return
            except (exc.IntegrityError, exc.ProgrammingError):
                if last_try:  # else PostgreSQL, created by another process a moment ago
                    raise


_EVENT_COLUMNS = [event_table.c[name] for name in Event.__dataclass_fields__]


def _update_session(session_id: str) -> Any:
    return update(session_table).where(session_table.c.id == session_id)


def _session_row(row: Row[Any]) -> SessionRow:
    values = row._asdict()
    values["classes"] = tuple(json.loads(values["classes"]))
    values["config"] = json.loads(values["config"])
    return SessionRow(**values)


def _find(connection: Connection, session_id: str, lock: bool = False) -> SessionRow:
    query = select(session_table).where(session_table.c.id == session_id)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise NotFound(
            f"There is no session {session_id!r} in this workspace. "
            "It may belong to another one; choose from the list of sessions."
        )
    return _session_row(row)


def _stored(connection: Connection, session_id: str, op_id: str) -> list[dict[str, Any]]:
    """The rows that were stored under this id, in order."""
    query = select(event_table).where(
        event_table.c.session == session_id, event_table.c.op_id == op_id
    )
    rows = connection.execute(query.order_by(event_table.c.part))
    return [dict(row) for row in rows.mappings()]
