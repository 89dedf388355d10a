"""Marks appointments that were moved inside the cancellation window, so that a move does not avoid the fee."""

from alembic import op

revision = "appointment_0003"
down_revision = "appointment_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # With a default: during a roll-out, tasks that do not know the column go on booking.
    op.execute("ALTER TABLE appointment ADD COLUMN moved_late boolean NOT NULL DEFAULT false")


def downgrade() -> None:
    op.execute("ALTER TABLE appointment DROP COLUMN moved_late")
