"""The last anchors of the audit log, so that the next one continues them. The anchors themselves are in a log group.

The index of patients names seals instead of transactions: a patient who is on many lists of a second has one row.
"""

from alembic import op

revision = "common_0004"
down_revision = "common_0003"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE audit_anchor (
        number bigint PRIMARY KEY,
        sequence bigint NOT NULL,
        anchored_at timestamptz NOT NULL,
        digest bytea NOT NULL
    )
    """,
    "DROP TABLE audit_patient",
    "CREATE TABLE audit_patient (patient_id uuid NOT NULL, sequence bigint NOT NULL)",
    """
    INSERT INTO audit_patient (patient_id, sequence)
    SELECT DISTINCT unnest(log.patient_ids), seal.sequence FROM audit_seal seal JOIN audit_log log
    ON log.era = seal.era AND log.xact >= pg_snapshot_xmin(seal.after) AND log.xact < pg_snapshot_xmax(seal.upto)
    AND NOT pg_visible_in_snapshot(log.xact, seal.after) AND pg_visible_in_snapshot(log.xact, seal.upto)
    """,
    "CREATE INDEX audit_patient_id ON audit_patient (patient_id)",
    *(
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()"
        for table in ("audit_anchor", "audit_patient")
    ),
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("the chain of anchors would begin anew")
