"""The last anchors of the audit log, so that the next one continues them. The anchors themselves are in a log group."""

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
    "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_anchor "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("the chain of anchors would begin anew")
