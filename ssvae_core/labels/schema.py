"""The tables of the label store."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()

session_table = Table(
    "session",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", Text, nullable=False),
    Column("data", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("n_examples", Integer, nullable=False),
    Column("classes", Text, nullable=False),  # JSON
    Column("config", Text, nullable=False),  # JSON
    Column("seed", BigInteger, nullable=False),
    Column("created", Double, nullable=False),
    Column("head", BigInteger, nullable=False),
    Column("generation", BigInteger, nullable=False),
)

event_table = Table(
    "event",
    metadata,
    Column("session", ForeignKey("session.id"), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("op_id", String, nullable=False),
    Column("part", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("at", Double, nullable=False),
    Column("example", Integer),
    Column("label", Integer),
    Column("target", String),
    Column("annotator", Text, nullable=False),
    UniqueConstraint("session", "op_id", "part"),
    Index("ix_event_kind", "session", "kind"),
)

metric_table = Table(
    "metric",
    metadata,
    Column("session", ForeignKey("session.id"), primary_key=True),
    Column("label_seq", BigInteger, primary_key=True, autoincrement=False),
    Column("n_labels", Integer, nullable=False),
    Column("speaker", String, key="predicted_by", nullable=False),  # its name in older files
    Column("accuracy", Double, nullable=False),
    Column("at", Double, nullable=False),
)
