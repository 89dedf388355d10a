"""Removes the table of the former login back-off, which counted failures for a username from anywhere."""

from alembic import op

revision = "auth_0003"
down_revision = "auth_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DROP TABLE login_backoff")


def downgrade() -> None:
    raise NotImplementedError("its counts are gone")
