"""An index that finds the few failed messages without reading all the others."""

from alembic import op

revision = "notification_0002"
down_revision = "notification_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE INDEX message_by_status ON message (status, event_id)")


def downgrade() -> None:
    op.execute("DROP INDEX message_by_status")
