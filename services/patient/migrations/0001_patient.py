"""Patients' records and their history."""

from alembic import op

revision = "patient_0001"
down_revision = None
branch_labels = ("patient",)
depends_on = None

STATEMENTS = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    # Collation "C" compares by code point: one index then serves order, prefix and equality.
    """
    CREATE TABLE patient (
        id uuid PRIMARY KEY,
        name text NOT NULL,
        email text COLLATE "C" NOT NULL,
        dob date NOT NULL,
        registered_at timestamptz NOT NULL,
        phone text,
        address text,
        name_key text COLLATE "C" NOT NULL,
        owner_user_id uuid,
        version integer NOT NULL DEFAULT 1 CHECK (version >= 1),
        updated_at timestamptz NOT NULL,
        deleted_at timestamptz,
        CHECK (email = lower(email))
    )
    """,
    # Deleted records do not count: their address and owner may be used again.
    "CREATE UNIQUE INDEX patient_email_key ON patient (email) WHERE deleted_at IS NULL",
    "CREATE UNIQUE INDEX patient_owner_key ON patient (owner_user_id) WHERE deleted_at IS NULL",
    "CREATE INDEX patient_by_name ON patient (name_key, id) WHERE deleted_at IS NULL",
    "CREATE INDEX patient_by_registration ON patient (registered_at, id) WHERE deleted_at IS NULL",
    "CREATE INDEX patient_by_dob ON patient (dob, id) WHERE deleted_at IS NULL",
    "CREATE INDEX patient_by_trigrams ON patient USING gin (name_key gin_trgm_ops) WHERE deleted_at IS NULL",
    """
    CREATE TABLE patient_change (
        patient_id uuid NOT NULL REFERENCES patient,
        version integer NOT NULL,
        kind text NOT NULL CHECK (kind IN ('REGISTERED', 'UPDATED', 'DELETED')),
        changed_at timestamptz NOT NULL,
        changed_by uuid NOT NULL,
        changes jsonb NOT NULL,
        PRIMARY KEY (patient_id, version)
    )
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("patients' records must not be dropped")
