"""The tables of `common` in every service's database. `common/migrations` creates them."""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()


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
unpublished = outbox.c.published_at.is_(None) & outbox.c.refused.is_(None)
Index("outbox_unpublished", outbox.c.id, postgresql_where=unpublished)
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
    Column("patient_id", Text, comment="whose data it was; for a list, the ids separated by commas"),
    Column("outcome", Text, nullable=False),
    Column("trace_id", Text),
)

audit_unsealed = Table("audit_unsealed", metadata, Column("audit_id", Uuid, primary_key=True))

audit_chain = Table(
    "audit_chain",
    metadata,
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("audit_id", Uuid, nullable=False, unique=True),
    Column("hash", LargeBinary, nullable=False),
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
