"""The audit log is sealed in batches: no row of a queue and none of the chain for each record, one index, ids as ids.

A record's position is the era and the transaction that wrote it. An era lasts as long as the database stays in one
cluster, because another one counts transactions anew. The records that exist get era 0, and are the first batch. Its
seal continues the former chain: the hash before it is that chain's last one.
"""

from alembic import op

revision = "common_0003"
down_revision = "common_0002"
branch_labels = None
depends_on = None

STATEMENTS = (
    "DROP TRIGGER queue ON audit_log",
    "DROP FUNCTION audit_queue",
    "DROP INDEX audit_log_patients",
    "ALTER TABLE audit_log DISABLE TRIGGER append_only",
    """
    ALTER TABLE audit_log
        ADD patient_ids uuid[] NOT NULL DEFAULT '{}',
        ADD era integer NOT NULL DEFAULT 0,
        ADD xact xid8 NOT NULL DEFAULT '1'
    """,
    """
    UPDATE audit_log SET patient_ids = coalesce(string_to_array(patient_id, ',')::uuid[], '{}'),
                         xact = numbered.number::text::xid8
    FROM (SELECT id, row_number() OVER (ORDER BY id) AS number FROM audit_log) AS numbered
    WHERE numbered.id = audit_log.id
    """,
    "ALTER TABLE audit_log DROP patient_id",
    "ALTER TABLE audit_log ENABLE TRIGGER append_only",
    "ALTER TABLE audit_log ALTER era SET DEFAULT 1, ALTER xact SET DEFAULT pg_current_xact_id()",
    "ALTER TABLE audit_log DROP CONSTRAINT audit_log_pkey",
    "ALTER TABLE audit_log ADD PRIMARY KEY (era, xact, id)",
    """
    CREATE TABLE audit_era (
        era integer PRIMARY KEY,
        cluster bigint NOT NULL,
        began_at timestamptz NOT NULL DEFAULT now()
    )
    """,
    "INSERT INTO audit_era (era, cluster) SELECT 1, system_identifier FROM pg_control_system()",
    """
    CREATE TABLE audit_seal (
        sequence bigint PRIMARY KEY,
        era integer NOT NULL,
        after pg_snapshot NOT NULL,
        upto pg_snapshot NOT NULL,
        records bigint NOT NULL,
        sealed_at timestamptz NOT NULL,
        hash bytea NOT NULL
    )
    """,
    """
    INSERT INTO audit_seal (sequence, era, after, upto, records, sealed_at, hash)
    SELECT 0, 0, '1:1:', '1:1:', 0, now(),
           coalesce((SELECT hash FROM audit_chain ORDER BY sequence DESC LIMIT 1), decode(repeat('00', 32), 'hex'))
    """,
    "DROP TABLE audit_chain",
    "DROP TABLE audit_unsealed",
    "CREATE TABLE audit_patient (patient_id uuid NOT NULL, xact xid8 NOT NULL, era integer NOT NULL)",
    "CREATE INDEX audit_patient_id ON audit_patient (patient_id)",
    *(
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()"
        for table in ("audit_era", "audit_seal", "audit_patient")
    ),
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("the former chain is not kept beside the seals")
