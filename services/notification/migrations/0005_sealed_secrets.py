"""Encrypted secrets of messages that are not sent yet."""

from alembic import op

revision = "notification_0005"
down_revision = "notification_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE TABLE sealed_secret (event_id uuid PRIMARY KEY REFERENCES event_log, sealed text NOT NULL)")


def downgrade() -> None:
    op.execute("DROP TABLE sealed_secret")
