"""The audit log: who read or changed whose data. Requests only insert a row; `audit_chain` seals the rows later."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, any_, func, literal, not_, or_, select, union_all

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

    An index finds the batches that have some. The records of the last second, which are not sealed yet, are looked at
    one by one.
    """
    log, seal, named = tables.audit_log, tables.audit_seal, tables.audit_patient
    names_patient = literal(patient_id) == any_(log.c.patient_ids)
    seals = named.join(seal, named.c.sequence == seal.c.sequence).join(log, _is_in_batch(seal.c))
    sealed = select(log).select_from(seals).where(named.c.patient_id == patient_id, names_patient)
    found = union_all(sealed, select(log).where(_is_unsealed(), names_patient)).subquery()
    return Statement(select(found).order_by(found.c.at, found.c.id))


def oldest_unsealed() -> Statement:
    """Returns the statement for when the oldest record was written that has no seal yet; None when all have."""
    return Statement(select(func.min(tables.audit_log.c.at)).where(_is_unsealed()))


def _is_in_batch(seal: Any) -> ColumnElement[bool]:
    """The records of a seal's batch. The first conditions are what the primary key can answer."""
    log = tables.audit_log.c
    in_range = (log.xact >= func.pg_snapshot_xmin(seal.after)) & (log.xact < func.pg_snapshot_xmax(seal.upto))
    sees = func.pg_visible_in_snapshot
    return and_(log.era == seal.era, in_range, sees(log.xact, seal.upto), not_(sees(log.xact, seal.after)))


def _is_unsealed() -> ColumnElement[bool]:
    """The records behind the last seal: of its era, and of a later one.

    Each range has an upper bound too, though there is nothing above, because PostgreSQL expects a range without one to
    hold a third of the table, and would read all of it.
    """
    log, seal = tables.audit_log.c, tables.audit_seal.c
    last = select(seal.era, seal.upto).order_by(seal.sequence.desc()).limit(1)
    era, upto = last.with_only_columns(seal.era).scalar_subquery(), last.with_only_columns(seal.upto).scalar_subquery()
    now, newest = func.pg_current_snapshot(), select(func.max(tables.audit_era.c.era)).scalar_subquery()
    in_range = (log.xact >= func.pg_snapshot_xmin(upto)) & (log.xact < func.pg_snapshot_xmax(now))
    in_era = (log.era == era) & in_range & not_(func.pg_visible_in_snapshot(log.xact, upto))
    return or_(in_era, (log.era > era) & (log.era <= newest))
