"""Accounts, sessions and login back-off."""

from alembic import op

revision = "auth_0001"
down_revision = None
branch_labels = ("auth",)
depends_on = "common_0001"


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE "user" (
            id uuid PRIMARY KEY,
            username text NOT NULL,
            email text NOT NULL,
            full_name text,
            password_hash text NOT NULL,
            roles text[] NOT NULL CHECK (roles <@ ARRAY['ADMIN', 'DOCTOR', 'STAFF', 'PATIENT'] AND cardinality(roles) > 0),
            disabled boolean NOT NULL DEFAULT false,
            version integer NOT NULL,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL
        )"""
    )
    op.execute('CREATE UNIQUE INDEX user_username ON "user" (lower(username))')
    op.execute('CREATE UNIQUE INDEX user_email ON "user" (lower(email))')
    op.execute('CREATE INDEX user_roles ON "user" USING gin (roles)')
    op.execute(
        """
        CREATE TABLE session (
            id uuid PRIMARY KEY,
            user_id uuid NOT NULL REFERENCES "user",
            created_at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL,
            revoked_at timestamptz,
            revoked_because text
        )"""
    )
    op.execute("CREATE INDEX session_of_user ON session (user_id) WHERE revoked_at IS NULL")
    op.execute("CREATE INDEX session_expires_at ON session (expires_at)")
    op.execute(
        """
        CREATE TABLE refresh_token (
            token_hash bytea PRIMARY KEY,
            session_id uuid NOT NULL REFERENCES session ON DELETE CASCADE,
            issued_at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL,
            used_at timestamptz
        )"""
    )
    op.execute("CREATE INDEX refresh_token_session ON refresh_token (session_id)")
    op.execute(
        """
        CREATE TABLE login_backoff (
            username_hash bytea PRIMARY KEY,
            failures integer NOT NULL,
            failed_at timestamptz NOT NULL,
            blocked_until timestamptz
        )"""
    )
    op.execute("CREATE INDEX login_backoff_failed_at ON login_backoff (failed_at)")


def downgrade() -> None:
    raise NotImplementedError("accounts are not to be dropped")
