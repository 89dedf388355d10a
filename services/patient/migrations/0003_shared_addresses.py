"""An e-mail address is unique among the records that the clinic enters, and not among those that patients enter.

Otherwise anybody with an account could find out whether somebody is a patient.
"""

from alembic import op

revision = "patient_0003"
down_revision = "patient_0002"
branch_labels = None
depends_on = None

STATEMENTS = (
    "DROP INDEX patient_email_key",
    "CREATE UNIQUE INDEX patient_email_key ON patient (email) WHERE deleted_at IS NULL AND owner_user_id IS NULL",
    "CREATE INDEX patient_by_email ON patient (email) WHERE deleted_at IS NULL",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("there may be several records with one e-mail address")
