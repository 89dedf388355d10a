"""Failed logins per client address, and the addresses from which a user has signed in.

The table `login_backoff` stays for tasks of the version before, which still run while this one is rolled out. Nothing
else uses it, so a later version may drop it.
"""

from alembic import op

revision = "auth_0002"
down_revision = "auth_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE login_attempts (
            username_hash bytea NOT NULL,
            address_hash bytea NOT NULL,
            failures integer NOT NULL,
            failed_at timestamptz NOT NULL,
            blocked_until timestamptz,
            signed_in_at timestamptz,
            PRIMARY KEY (username_hash, address_hash)
        )"""
    )
    op.execute("CREATE INDEX login_attempts_failed_at ON login_attempts (failed_at)")


def downgrade() -> None:
    op.execute("DROP TABLE login_attempts")
