"""The patients who were deleted: a booking whose patient is deleted after the look-up finds it here."""

from alembic import op

revision = "appointment_0004"
down_revision = "appointment_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE TABLE deleted_patient (id uuid PRIMARY KEY)")


def downgrade() -> None:
    op.execute("DROP TABLE deleted_patient")
