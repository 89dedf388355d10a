"""Accounts, fee schedule, invoices, payments and the ledger."""

from alembic import op

revision = "billing_0001"
down_revision = None
branch_labels = ("billing",)
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE account (
        id uuid PRIMARY KEY,
        patient_id uuid NOT NULL CONSTRAINT account_patient_key UNIQUE,
        owner_user_id uuid,
        currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
        balance_minor bigint NOT NULL DEFAULT 0 CHECK (balance_minor >= 0),
        version bigint NOT NULL DEFAULT 1 CHECK (version >= 1),
        opened_at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX account_by_owner ON account (owner_user_id) WHERE owner_user_id IS NOT NULL",
    """
    CREATE TABLE fee (
        reason text NOT NULL CHECK (reason IN ('VISIT', 'LATE_CANCELLATION', 'NO_SHOW')),
        currency text NOT NULL,
        valid_from timestamptz NOT NULL,
        amount_minor bigint NOT NULL CHECK (amount_minor > 0),
        PRIMARY KEY (reason, currency, valid_from)
    )
    """,
    """
    INSERT INTO fee (reason, currency, valid_from, amount_minor)
    SELECT reason, currency, '-infinity', amount
    FROM (VALUES ('VISIT', 12000), ('LATE_CANCELLATION', 3000), ('NO_SHOW', 5000)) AS fees (reason, amount),
         (VALUES ('EUR'), ('USD')) AS currencies (currency)
    """,
    """
    CREATE TABLE invoice (
        id uuid PRIMARY KEY,
        account_id uuid NOT NULL REFERENCES account,
        patient_id uuid NOT NULL,
        appointment_id uuid NOT NULL CONSTRAINT invoice_appointment_key UNIQUE,
        reason text NOT NULL CHECK (reason IN ('VISIT', 'LATE_CANCELLATION', 'NO_SHOW')),
        currency text NOT NULL,
        total_minor bigint NOT NULL CHECK (total_minor > 0),
        paid_minor bigint NOT NULL DEFAULT 0 CHECK (paid_minor BETWEEN 0 AND total_minor),
        status text NOT NULL,
        version bigint NOT NULL DEFAULT 1 CHECK (version >= 1),
        raised_at timestamptz NOT NULL,
        CHECK (status = CASE paid_minor WHEN 0 THEN 'OPEN' WHEN total_minor THEN 'PAID' ELSE 'PARTIALLY_PAID' END)
    )
    """,
    "CREATE INDEX invoice_by_time ON invoice (raised_at, id)",
    "CREATE INDEX invoice_by_patient ON invoice (patient_id, raised_at, id)",
    "CREATE INDEX invoice_by_account ON invoice (account_id, raised_at, id)",
    "CREATE INDEX invoice_by_status ON invoice (status, raised_at, id)",
    """
    CREATE TABLE payment (
        id uuid PRIMARY KEY,
        invoice_id uuid NOT NULL REFERENCES invoice,
        amount_minor bigint NOT NULL CHECK (amount_minor > 0),
        method text NOT NULL,
        received_at timestamptz NOT NULL,
        received_by uuid NOT NULL
    )
    """,
    "CREATE INDEX payment_by_invoice ON payment (invoice_id)",
    """
    CREATE TABLE journal_entry (
        id uuid PRIMARY KEY,
        kind text NOT NULL CHECK (kind IN ('INVOICE', 'PAYMENT')),
        reference_id uuid NOT NULL,
        recorded_at timestamptz NOT NULL,
        UNIQUE (kind, reference_id)
    )
    """,
    """
    CREATE TABLE posting (
        entry_id uuid NOT NULL REFERENCES journal_entry,
        ledger_account text NOT NULL CHECK (ledger_account IN ('RECEIVABLE', 'CASH', 'REVENUE')),
        account_id uuid NOT NULL REFERENCES account,
        debit_minor bigint NOT NULL DEFAULT 0 CHECK (debit_minor >= 0),
        credit_minor bigint NOT NULL DEFAULT 0 CHECK (credit_minor >= 0),
        PRIMARY KEY (entry_id, ledger_account),
        CHECK ((debit_minor > 0) <> (credit_minor > 0))
    )
    """,
    "CREATE INDEX posting_by_account ON posting (account_id, ledger_account)",
    # Deferred: the lines of an entry are written one after the other and must balance when the transaction ends.
    """
    CREATE FUNCTION entry_balances() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF (SELECT sum(debit_minor) <> sum(credit_minor) FROM posting WHERE entry_id = NEW.entry_id) THEN
            RAISE EXCEPTION 'journal entry % does not balance', NEW.entry_id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'posting_balance';
        END IF;
        RETURN NULL;
    END $$
    """,
    """
    CREATE CONSTRAINT TRIGGER posting_balance AFTER INSERT ON posting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION entry_balances()
    """,
    """
    CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'the ledger is append-only: correct it by a new entry'
            USING ERRCODE = 'restrict_violation';
    END $$
    """,
    *(
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        for table in ("journal_entry", "posting")
    ),
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("the ledger is not to be dropped")
