"""What the service's role may do with the audit log, and how its password reaches PostgreSQL."""

from __future__ import annotations

import base64
import hmac

from services.common import tables
from services.common.service_role import _AUDIT_COLUMNS, AUDIT_TABLES, verifier


def test_the_service_may_write_every_column_but_the_position() -> None:
    assert set(_AUDIT_COLUMNS.split(", ")) == set(tables.audit_log.c.keys()) - {"era", "xact"}


def test_all_tables_of_the_audit_log_are_guarded() -> None:
    assert set(AUDIT_TABLES) == {name for name in tables.metadata.tables if name.startswith("audit_")}


def test_the_verifier_has_the_keys_of_the_example_in_rfc_7677() -> None:
    """Section 3: the server signs the conversation with the key that PostgreSQL stores last."""
    made = verifier("pencil", base64.b64decode("W22ZaJ0SNY7soEsUEjb6gQ=="))
    beginning, _, keys = made.rpartition("$")
    assert beginning == "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ=="
    nonce = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
    conversation = f"n=user,r=rOprNGfwEbeRWgbNEkqO,{nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,{nonce}"
    signature = hmac.digest(base64.b64decode(keys.partition(":")[2]), conversation.encode(), "sha256")
    assert base64.b64encode(signature) == b"6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="


def test_two_verifiers_of_a_password_differ() -> None:
    assert verifier("pencil") != verifier("pencil")
