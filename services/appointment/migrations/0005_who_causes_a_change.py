"""Who cancelled an appointment and why, and until when a cancellation is free, which takes the place of moved_late."""

from datetime import timedelta

from alembic import op
from sqlalchemy import text

from services.appointment.config import AppointmentSettings

revision = "appointment_0005"
down_revision = "appointment_0004"
branch_labels = None
depends_on = None

COLUMNS = ("free_until timestamptz", "cancelled_by text", "cancellation_reason text")
FREE_UNTIL = """
    UPDATE appointment SET free_until = CASE WHEN moved_late THEN least(updated_at, date) ELSE date - :window END
    WHERE status = 'BOOKED'
"""


def upgrade() -> None:
    # During a roll-out, tasks that do not know the columns go on booking: without a value the cancellation is free.
    for column in COLUMNS:
        op.execute(f"ALTER TABLE appointment ADD COLUMN {column}")
    op.execute(
        "ALTER TABLE appointment ADD CONSTRAINT appointment_cancelled_by CHECK (cancelled_by IN ('PATIENT', 'CLINIC'))"
    )
    # moved_late stays for those tasks, and is not read any more.
    window = timedelta(hours=AppointmentSettings().cancellation_window_hours)
    op.execute(text(FREE_UNTIL).bindparams(window=window))


def downgrade() -> None:
    for column in COLUMNS:
        op.execute(f"ALTER TABLE appointment DROP COLUMN {column.split()[0]}")
