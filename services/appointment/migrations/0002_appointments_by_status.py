"""An index for lists by status, such as the few no-shows."""

from alembic import op

revision = "appointment_0002"
down_revision = "appointment_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE INDEX appointment_by_status ON appointment (status, date, id)")


def downgrade() -> None:
    op.execute("DROP INDEX appointment_by_status")
