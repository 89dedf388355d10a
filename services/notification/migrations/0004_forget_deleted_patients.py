"""Removes who a deleted patient was from what was logged before the deletion."""

from alembic import op

revision = "notification_0004"
down_revision = "notification_0003"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    UPDATE event_log SET payload = jsonb_set(payload, '{data}', (payload -> 'data') - '{name,email,phone}'::text[])
    WHERE event_type IN ('patient.registered', 'patient.updated')
      AND patient_id IN (SELECT patient_id FROM contact WHERE name IS NULL)
    """,
    """
    UPDATE message SET recipient = NULL, subject = NULL, body = NULL
    WHERE template IS NOT NULL AND event_id IN (
        SELECT id FROM event_log WHERE patient_id IN (SELECT patient_id FROM contact WHERE name IS NULL)
    )
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Nothing: what was removed is not to come back."""
