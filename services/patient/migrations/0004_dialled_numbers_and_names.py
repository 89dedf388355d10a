"""Telephone numbers in the form of E.164 beside what was typed, and names' keys that fold all Latin letters.

What was typed and cannot be dialled stays as it is in both columns.
"""

from alembic import op
from sqlalchemy import ARRAY, Text, Uuid, bindparam, text

from services.common.phone_numbers import e164
from services.patient.config import PatientSettings
from services.patient.names import folded

revision = "patient_0004"
down_revision = "patient_0003"
branch_labels = None
depends_on = None

ROWS = 5000
READ = text("SELECT id, name, name_key, phone FROM patient WHERE id > :after ORDER BY id LIMIT :rows")
WRITE = text(
    """
    UPDATE patient SET name_key = changed.key, phone = changed.phone, phone_as_typed = changed.typed
    FROM unnest(:ids, :keys, :phones, :typed) AS changed (id, key, phone, typed) WHERE patient.id = changed.id
    """
).bindparams(
    bindparam("ids", type_=ARRAY(Uuid)),
    *(bindparam(name, type_=ARRAY(Text)) for name in ("keys", "phones", "typed")),
)


def upgrade() -> None:
    op.execute("ALTER TABLE patient ADD COLUMN phone_as_typed text")
    connection, region = op.get_bind(), PatientSettings().phone_region
    after = "00000000-0000-0000-0000-000000000000"
    while rows := connection.execute(READ, {"after": after, "rows": ROWS}).all():
        after = rows[-1].id
        changed = [
            (row.id, key, e164(row.phone, region) or row.phone, row.phone)
            for row in rows
            if (key := folded(row.name)) != row.name_key or row.phone is not None
        ]
        if changed:
            ids, keys, phones, typed = map(list, zip(*changed, strict=True))
            connection.execute(WRITE, {"ids": ids, "keys": keys, "phones": phones, "typed": typed})


def downgrade() -> None:
    op.execute("ALTER TABLE patient DROP COLUMN phone_as_typed")
