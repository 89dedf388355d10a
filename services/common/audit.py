"""The audit log: who read or changed whose data. Requests only insert a row; `audit_chain` seals the rows later."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, any_, func, literal, not_, or_, select, true, tuple_, union_all

from services.common import tables, telemetry
from services.common.clock import utc_now
from services.common.identifiers import uuid7
from services.common.security.context import caller
from services.common.sql import READING, Statement


def entry(
    action: str,
    resource: str,
    resource_id: object = None,
    *,
    patient_id: object = None,
    patient_ids: Iterable[object] = (),
    outcome: str = "allowed",
    actor: object = None,
) -> dict[str, Any]:
    """Returns a row about the current caller, or about `actor` where nobody is signed in yet.

    `patient_ids` are the patients of a list. One row covers all of them, and `about` finds it by each.
    """
    principal = caller()
    ids = telemetry.current_ids()
    return {
        "id": uuid7(),
        "at": utc_now(),
        "actor": str(principal.subject if principal else actor or "system"),
        "roles": sorted(role.value for role in principal.roles) if principal else [],
        "action": action,
        "resource": resource,
        "resource_id": None if resource_id is None else str(resource_id),
        "patient_ids": [id for id in dict.fromkeys((patient_id, *patient_ids)) if id is not None],
        "outcome": outcome,
        "trace_id": ids[0] if ids else None,
    }


@dataclass(frozen=True, slots=True)
class Reading:
    """A read by the current caller. The statement that reads also writes the record (see `sql.Statement.recorded`)."""

    action: str
    resource: str

    def arguments(self) -> list[Any]:
        """Returns the values of the columns in `sql.READING`."""
        row = entry(self.action, self.resource)
        return [row[name] for name in READING]


def about(patient_id: UUID) -> Statement:
    """Returns the statement for all records about one patient, oldest first.

    An index finds those that are sealed. Those of the last second, which are not sealed yet, are looked at one by one.
    """
    log, named = tables.audit_log, tables.audit_patient
    names_patient = literal(patient_id) == any_(log.c.patient_ids)
    same_transaction = (named.c.era == log.c.era) & (named.c.xact == log.c.xact)
    sealed = select(log).join(named, same_transaction).where(named.c.patient_id == patient_id, names_patient)
    last = select(tables.audit_seal).order_by(tables.audit_seal.c.sequence.desc()).limit(1).subquery()
    unsealed = select(log).join(last, true()).where(_is_behind(last), names_patient)
    found = union_all(sealed, unsealed).subquery()
    return Statement(select(found).order_by(found.c.at, found.c.id))


def oldest_unsealed() -> Statement:
    """Returns the statement for when the oldest record was written that has no seal yet; None when all have."""
    log, seal = tables.audit_log, tables.audit_seal
    last = select(seal).order_by(seal.c.sequence.desc()).limit(1).subquery()
    return Statement(select(func.min(log.c.at)).join_from(log, last, true()).where(_is_behind(last)))


def _is_behind(seal: Any) -> ColumnElement[bool]:
    """The records that are sealed after `seal`. The first condition is what the primary key can answer."""
    log = tables.audit_log
    in_range = tuple_(log.c.era, log.c.xact) >= tuple_(seal.c.era, func.pg_snapshot_xmin(seal.c.upto))
    return in_range & or_(log.c.era > seal.c.era, not_(func.pg_visible_in_snapshot(log.c.xact, seal.c.upto)))
