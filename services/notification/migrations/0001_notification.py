"""The event log, messages, and the contacts of patients."""

from alembic import op

revision = "notification_0001"
down_revision = None
branch_labels = ("notification",)
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE event_log (
        id uuid PRIMARY KEY,
        event_type text NOT NULL,
        payload jsonb NOT NULL,
        patient_id uuid,
        created_at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX event_log_by_time ON event_log (created_at, id)",
    "CREATE INDEX event_log_by_type ON event_log (event_type, created_at, id)",
    "CREATE INDEX event_log_by_patient ON event_log (patient_id, created_at, id) WHERE patient_id IS NOT NULL",
    """
    CREATE TABLE message (
        event_id uuid NOT NULL REFERENCES event_log,
        channel text NOT NULL CHECK (channel IN ('EMAIL', 'SMS')),
        template text,
        recipient text,
        subject text,
        body text,
        status text NOT NULL CHECK (status IN ('PENDING', 'SENT', 'FAILED')),
        attempts integer NOT NULL DEFAULT 0,
        next_attempt_at timestamptz NOT NULL,
        sent_at timestamptz,
        provider_id text,
        error text,
        PRIMARY KEY (event_id, channel),
        CHECK ((status = 'SENT') = (sent_at IS NOT NULL)),
        CHECK (template IS NOT NULL OR (recipient IS NOT NULL AND body IS NOT NULL))
    )
    """,
    "CREATE INDEX message_pending ON message (next_attempt_at) WHERE status = 'PENDING'",
    """
    CREATE TABLE contact (
        patient_id uuid PRIMARY KEY,
        name text,
        email text,
        phone text,
        version integer NOT NULL
    )
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("the event log is not to be dropped")
