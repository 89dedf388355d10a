"""The words of a name after the first, with an index for searches by family name."""

from alembic import op

revision = "patient_0002"
down_revision = "patient_0001"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    ALTER TABLE patient ADD COLUMN later_names text COLLATE "C"
        GENERATED ALWAYS AS (substr(name_key, nullif(strpos(name_key, ' '), 0))) STORED
    """,
    "CREATE INDEX patient_by_later_names ON patient USING gin (later_names gin_trgm_ops) WHERE deleted_at IS NULL",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    op.execute("ALTER TABLE patient DROP COLUMN later_names")
