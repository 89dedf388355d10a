"""Appointments, doctors and their schedules."""

from alembic import op

revision = "appointment_0001"
down_revision = None
branch_labels = ("appointment",)
depends_on = None

STATEMENTS = (
    # Equality on UUIDs inside a GiST index, for the exclusion constraints.
    "CREATE EXTENSION IF NOT EXISTS btree_gist",
    """
    CREATE TABLE appointment (
        id uuid PRIMARY KEY,
        patient_id uuid NOT NULL,
        doctor_id uuid NOT NULL,
        date timestamptz NOT NULL,
        ends_at timestamptz NOT NULL,
        duration_minutes integer NOT NULL CHECK (duration_minutes BETWEEN 5 AND 480),
        status text NOT NULL CHECK (status IN ('BOOKED', 'CANCELLED', 'COMPLETED', 'NO_SHOW')),
        reason text,
        time_zone text NOT NULL,
        patient_owner_id uuid,
        reschedules integer NOT NULL DEFAULT 0,
        booked_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        remind_at timestamptz,
        version integer NOT NULL DEFAULT 1 CHECK (version >= 1),
        CHECK (ends_at > date),
        -- Half-open ranges: what ends at ten and what begins at ten do not overlap.
        CONSTRAINT appointment_doctor_free EXCLUDE USING gist
            (doctor_id WITH =, tstzrange(date, ends_at) WITH &&) WHERE (status = 'BOOKED'),
        CONSTRAINT appointment_patient_free EXCLUDE USING gist
            (patient_id WITH =, tstzrange(date, ends_at) WITH &&) WHERE (status = 'BOOKED')
    )
    """,
    "CREATE INDEX appointment_by_date ON appointment (date, id)",
    "CREATE INDEX appointment_by_doctor ON appointment (doctor_id, date, id)",
    "CREATE INDEX appointment_by_patient ON appointment (patient_id, date, id)",
    "CREATE INDEX appointment_by_owner ON appointment (patient_owner_id, date, id)",
    "CREATE INDEX appointment_to_remind ON appointment (remind_at) WHERE remind_at IS NOT NULL",
    "CREATE TABLE doctor (id uuid PRIMARY KEY, name text, active boolean NOT NULL)",
    """
    CREATE TABLE schedule (
        doctor_id uuid PRIMARY KEY,
        time_zone text NOT NULL,
        weekly jsonb NOT NULL,
        exceptions jsonb NOT NULL,
        version integer NOT NULL CHECK (version >= 1),
        updated_at timestamptz NOT NULL
    )
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("appointments are not to be dropped")
