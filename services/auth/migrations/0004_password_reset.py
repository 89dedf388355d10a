"""Codes with which users who have forgotten their password set a new one: at most one for each account."""

from alembic import op

revision = "auth_0004"
down_revision = "auth_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE password_reset (
            user_id uuid PRIMARY KEY REFERENCES "user",
            code_hash bytea NOT NULL,
            requested_at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL
        )"""
    )


def downgrade() -> None:
    op.execute("DROP TABLE password_reset")
