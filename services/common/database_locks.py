"""Keys of PostgreSQL advisory locks, in one place so that none is used twice."""

from __future__ import annotations

MIGRATION = 7_301_001
OUTBOX_RELAY = 7_301_002
AUDIT_SEALER = 7_301_003
HOUSEKEEPING = 7_301_004
AUDIT_ANCHOR = 7_301_005
