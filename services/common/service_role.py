"""The PostgreSQL role that a service logs in as. It may do less than the owner of the tables, who migrates them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_ITERATIONS = 4096
AUDIT_TABLES = ("audit_log", "audit_era", "audit_seal", "audit_patient", "audit_anchor")
_SEALED = ("audit_seal", "audit_patient", "audit_anchor")
# Not its position: the database fills that in, and a record with another one would break the chain.
_AUDIT_COLUMNS = "id, at, actor, roles, action, resource, resource_id, outcome, trace_id, patient_ids"


async def provide(connection: AsyncConnection, name: str, password: SecretStr | None) -> None:
    """Creates the role, or changes its password, and grants it everything that it may do. Does not commit.

    Without a password it logs in with tokens of IAM, as all members of RDS's role `rds_iam` do.
    It may read and write rows, but of the audit log's tables it may only read and add rows. It owns nothing, so it can
    neither change a table nor switch off a trigger.
    """
    role = await _quoted(connection, "quote_ident", name)
    exists = await connection.scalar(text("SELECT true FROM pg_roles WHERE rolname = :name"), {"name": name})
    stored = "NULL"
    if password is not None:
        stored = await _quoted(connection, "quote_literal", verifier(password.get_secret_value()))
    for statement in (
        f"{'ALTER' if exists else 'CREATE'} ROLE {role} LOGIN PASSWORD {stored}",
        f"GRANT USAGE ON SCHEMA public TO {role}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
        f"REVOKE ALL ON {', '.join(AUDIT_TABLES)}, alembic_version FROM {role}",
        f"GRANT SELECT ON {', '.join(AUDIT_TABLES)} TO {role}",
        f"GRANT INSERT ({_AUDIT_COLUMNS}) ON audit_log TO {role}",
        f"GRANT INSERT ON {', '.join(_SEALED)} TO {role}",
        *([f"GRANT rds_iam TO {role}"] if password is None else []),
    ):
        await connection.exec_driver_sql(statement)  # `text` would take the colons in the verifier for parameters


async def _quoted(connection: AsyncConnection, function: str, value: str) -> str:
    """Returns `value` as part of a statement that takes no parameters."""
    return str(await connection.scalar(text(f"SELECT {function}(:value)"), {"value": value}))


def verifier(password: str, salt: bytes | None = None) -> str:
    """Returns what PostgreSQL stores of a password (SCRAM-SHA-256, RFC 5803), so that it is in no statement or log.

    The password must be ASCII: others would have to be normalised first (SASLprep).
    """
    salt = salt or secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode("ascii"), salt, _ITERATIONS)
    stored_key = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server_key = hmac.digest(salted, b"Server Key", "sha256")
    salt_, stored_, server_ = (base64.b64encode(part).decode() for part in (salt, stored_key, server_key))
    return f"SCRAM-SHA-256${_ITERATIONS}:{salt_}${stored_}:{server_}"
