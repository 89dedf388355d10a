"""The tables of `common` in every service's database. `common/migrations` creates them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    BindParameter,
    Column,
    ColumnElement,
    DateTime,
    FetchedValue,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    cast,
    func,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import UserDefinedType

metadata = MetaData()


class TransactionId(UserDefinedType[int]):
    """PostgreSQL's xid8, which never repeats in a cluster."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "xid8"


class Snapshot(UserDefinedType[Any]):
    """PostgreSQL's pg_snapshot: the transactions that had ended at a moment."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "pg_snapshot"

    def bind_expression(self, bindvalue: BindParameter[Any]) -> ColumnElement[Any]:
        """Takes a snapshot's text, because asyncpg would take a tuple."""
        return cast(type_coerce(bindvalue, Text), self)


def _moment(name: str) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=False, server_default=func.now())


outbox = Table(
    "outbox",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("event_id", Uuid, nullable=False, unique=True),
    Column("topic", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("traceparent", Text),
    _moment("created_at"),
    Column("published_at", DateTime(timezone=True)),
    Column("refused", Text, comment="why the broker will never accept it; such a row is not sent again"),
)
Index("outbox_unpublished", outbox.c.id, postgresql_where=outbox.c.published_at.is_(None) & outbox.c.refused.is_(None))
Index("outbox_published_at", outbox.c.published_at)

inbox = Table(
    "inbox",
    metadata,
    Column("consumer", Text, primary_key=True),
    Column("event_id", Uuid, primary_key=True),
    _moment("received_at"),
)

aggregate_version = Table(
    "aggregate_version",
    metadata,
    Column("consumer", Text, primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("aggregate_id", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),
)

idempotency_key = Table(
    "idempotency_key",
    metadata,
    Column("principal", Text, primary_key=True),
    Column("route", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("body_hash", LargeBinary, nullable=False),
    Column("status", Integer, nullable=False),
    Column("headers", JSONB, nullable=False),
    Column("body", LargeBinary, nullable=False),
    _moment("created_at"),
)
Index("idempotency_key_created_at", idempotency_key.c.created_at)

audit_log = Table(
    "audit_log",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor", Text, nullable=False),
    Column("roles", ARRAY(Text), nullable=False),
    Column("action", Text, nullable=False),
    Column("resource", Text, nullable=False),
    Column("resource_id", Text),
    Column("outcome", Text, nullable=False),
    Column("trace_id", Text),
    Column("patient_ids", ARRAY(Uuid), nullable=False, comment="whose data it was; several for a list"),
    # Where the record is. The database fills both in, and the service's role may not.
    Column("era", Integer, primary_key=True, server_default=FetchedValue()),
    Column("xact", TransactionId, primary_key=True, server_default=FetchedValue()),
    implicit_returning=False,  # nobody needs the position back
)

audit_era = Table(
    "audit_era",
    metadata,
    Column("era", Integer, primary_key=True, autoincrement=False),
    Column("cluster", BigInteger, nullable=False, comment="PostgreSQL's system identifier; see migrate"),
    _moment("began_at"),
)

audit_seal = Table(
    "audit_seal",
    metadata,
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("era", Integer, nullable=False),
    Column(
        "after", Snapshot, nullable=False, comment="the records of the transactions that this snapshot does not see"
    ),
    Column("upto", Snapshot, nullable=False, comment="and this one does"),
    Column("records", BigInteger, nullable=False, comment="in all batches up to this one"),
    Column("sealed_at", DateTime(timezone=True), nullable=False),
    Column("hash", LargeBinary, nullable=False),
)

audit_patient = Table(
    "audit_patient",
    metadata,
    Column("patient_id", Uuid, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    comment="the seals whose batches have records about a patient",
)
Index("audit_patient_id", audit_patient.c.patient_id)

audit_anchor = Table(
    "audit_anchor",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("sequence", BigInteger, nullable=False, comment="of the seal that was the head"),
    _moment("anchored_at"),
    Column("digest", LargeBinary, nullable=False, comment="SHA-256 of the anchor, which the next one contains"),
)

dead_letter = Table(
    "dead_letter",
    metadata,
    Column("topic", Text, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("offset", BigInteger, primary_key=True),
    Column("action", Text, nullable=False, comment="replayed or discarded"),
    _moment("handled_at"),
)
