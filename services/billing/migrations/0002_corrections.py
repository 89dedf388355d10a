"""Credit notes, void invoices and refunds. After a visit was reopened, its appointment may have another invoice."""

from alembic import op

revision = "billing_0002"
down_revision = "billing_0001"
branch_labels = None
depends_on = None

# With defaults: during a roll-out, tasks that do not know the columns go on charging and taking payments.
STATEMENTS = (
    "ALTER TABLE account DROP CONSTRAINT account_balance_minor_check",
    """
    ALTER TABLE invoice
        ADD COLUMN credited_minor bigint NOT NULL DEFAULT 0 CHECK (credited_minor >= 0),
        ADD COLUMN refunded_minor bigint NOT NULL DEFAULT 0 CHECK (refunded_minor >= 0),
        ADD COLUMN appointment_version bigint NOT NULL DEFAULT 0,
        ADD COLUMN reversed_at timestamptz,
        DROP CONSTRAINT invoice_total_minor_check,
        DROP CONSTRAINT invoice_check,
        DROP CONSTRAINT invoice_check1,
        DROP CONSTRAINT invoice_appointment_key,
        ADD CONSTRAINT invoice_total_minor_check CHECK (total_minor >= 0),
        ADD CONSTRAINT invoice_paid_minor_check CHECK (paid_minor >= 0),
        ADD CONSTRAINT invoice_status_check CHECK (
            status = CASE
                WHEN paid_minor > total_minor THEN 'REFUND_DUE'
                WHEN paid_minor < total_minor THEN CASE paid_minor WHEN 0 THEN 'OPEN' ELSE 'PARTIALLY_PAID' END
                WHEN total_minor > 0 THEN 'PAID'
                WHEN refunded_minor > 0 THEN 'REFUNDED'
                ELSE 'CREDITED'
            END
            OR (status = 'VOID' AND total_minor = 0 AND paid_minor = 0 AND refunded_minor = 0)
        )
    """,
    "CREATE UNIQUE INDEX invoice_appointment_key ON invoice (appointment_id) WHERE reversed_at IS NULL",
    """
    ALTER TABLE payment ADD COLUMN refunded_minor bigint NOT NULL DEFAULT 0
        CHECK (refunded_minor BETWEEN 0 AND amount_minor)
    """,
    """
    CREATE TABLE refund (
        id uuid PRIMARY KEY,
        payment_id uuid NOT NULL REFERENCES payment,
        invoice_id uuid NOT NULL REFERENCES invoice,
        amount_minor bigint NOT NULL CHECK (amount_minor > 0),
        reason text NOT NULL,
        refunded_at timestamptz NOT NULL,
        refunded_by uuid NOT NULL
    )
    """,
    "CREATE INDEX refund_by_payment ON refund (payment_id)",
    """
    CREATE TABLE credit_note (
        id uuid PRIMARY KEY,
        invoice_id uuid NOT NULL REFERENCES invoice,
        kind text NOT NULL CHECK (kind IN ('CREDIT_NOTE', 'VOID')),
        amount_minor bigint NOT NULL CHECK (amount_minor > 0),
        reason text NOT NULL,
        made_at timestamptz NOT NULL,
        made_by uuid NOT NULL
    )
    """,
    "CREATE INDEX credit_note_by_invoice ON credit_note (invoice_id, made_at, id)",
    "DROP INDEX payment_by_invoice",
    "CREATE INDEX payment_by_invoice ON payment (invoice_id, received_at, id)",
    """
    ALTER TABLE journal_entry
        DROP CONSTRAINT journal_entry_kind_check,
        ADD CONSTRAINT journal_entry_kind_check
            CHECK (kind IN ('INVOICE', 'PAYMENT', 'CREDIT_NOTE', 'VOID', 'REFUND'))
    """,
    *(
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        for table in ("refund", "credit_note")
    ),
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("the ledger is not to be dropped")
