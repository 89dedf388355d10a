"""A new message wakes the dispatchers by itself, as a new row of the outbox wakes the relay."""

from alembic import op

revision = "notification_0003"
down_revision = "notification_0002"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE FUNCTION message_notify() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_notify('message', ''); RETURN NULL; END $$
    """,
    "CREATE TRIGGER message_notify AFTER INSERT ON message FOR EACH STATEMENT EXECUTE FUNCTION message_notify()",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TRIGGER message_notify ON message")
    op.execute("DROP FUNCTION message_notify")
