"""Outbox, inbox, idempotency keys, audit and dead letters.

Written out instead of taken from tables.py: a migration must not change when the code does.
"""

from alembic import op

revision = "common_0001"
down_revision = None
branch_labels = ("common",)
depends_on = None

STATEMENTS = """
CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id uuid NOT NULL UNIQUE,
    topic text NOT NULL,
    key text NOT NULL,
    payload bytea NOT NULL,
    traceparent text,
    created_at timestamptz NOT NULL DEFAULT now(),
    published_at timestamptz,
    refused text
);
CREATE INDEX outbox_unpublished ON outbox (id) WHERE published_at IS NULL AND refused IS NULL;
CREATE INDEX outbox_published_at ON outbox (published_at);
CREATE FUNCTION outbox_notify() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_notify('outbox', ''); RETURN NULL; END $$;
CREATE TRIGGER outbox_notify AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION outbox_notify();
--
CREATE TABLE inbox (
    consumer text NOT NULL,
    event_id uuid NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (consumer, event_id)
);
CREATE INDEX inbox_received_at ON inbox USING brin (received_at);
CREATE TABLE aggregate_version (
    consumer text NOT NULL,
    topic text NOT NULL,
    aggregate_id text NOT NULL,
    version bigint NOT NULL,
    PRIMARY KEY (consumer, topic, aggregate_id)
);
CREATE TABLE dead_letter (
    topic text NOT NULL,
    partition integer NOT NULL,
    "offset" bigint NOT NULL,
    action text NOT NULL CHECK (action IN ('replayed', 'discarded')),
    handled_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (topic, partition, "offset")
);
--
CREATE TABLE idempotency_key (
    principal text NOT NULL,
    route text NOT NULL,
    key text NOT NULL,
    body_hash bytea NOT NULL,
    status integer NOT NULL,
    headers jsonb NOT NULL,
    body bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (principal, route, key)
);
CREATE INDEX idempotency_key_created_at ON idempotency_key (created_at);
--
CREATE TABLE audit_log (
    id uuid PRIMARY KEY,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    roles text[] NOT NULL,
    action text NOT NULL,
    resource text NOT NULL,
    resource_id text,
    patient_id text,
    outcome text NOT NULL,
    trace_id text
);
CREATE INDEX audit_log_patient ON audit_log (patient_id, at);
CREATE TABLE audit_chain (
    sequence bigint PRIMARY KEY,
    audit_id uuid NOT NULL UNIQUE,
    hash bytea NOT NULL
);
CREATE TABLE audit_unsealed (
    audit_id uuid PRIMARY KEY
);
CREATE FUNCTION audit_queue() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO audit_unsealed VALUES (NEW.id); RETURN NULL; END $$;
CREATE TRIGGER queue AFTER INSERT ON audit_log FOR EACH ROW EXECUTE FUNCTION audit_queue();
CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'insufficient_privilege'; END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_chain
    FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only();
"""


def upgrade() -> None:
    for statement in _statements():
        op.execute(statement)


def _statements() -> list[str]:
    """asyncpg prepares one statement at a time; function bodies contain semicolons, hence the line-end rule."""
    statements, current = [], []
    for line in STATEMENTS.splitlines():
        if not line.strip() or line == "--":
            continue
        current.append(line)
        if line.endswith(";"):
            statements.append("\n".join(current))
            current = []
    return statements


def downgrade() -> None:
    raise NotImplementedError("the outbox and the audit log are not to be dropped")
