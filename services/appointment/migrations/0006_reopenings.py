"""Why the end of a visit was undone, and by whom."""

from alembic import op

revision = "appointment_0006"
down_revision = "appointment_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE reopening (
            id uuid PRIMARY KEY,
            appointment_id uuid NOT NULL REFERENCES appointment,
            previous_status text NOT NULL CHECK (previous_status IN ('COMPLETED', 'NO_SHOW')),
            reason text NOT NULL,
            reopened_at timestamptz NOT NULL,
            reopened_by uuid NOT NULL
        )
        """
    )
    op.execute("CREATE INDEX reopening_by_appointment ON reopening (appointment_id, reopened_at, id)")


def downgrade() -> None:
    op.execute("DROP TABLE reopening")
