"""The SQL of the fee schedule."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import distinct_on

from services.billing.entity import FEE, ChargedFee
from services.common.sql import Statement
from services.common.unit_of_work import UnitOfWork

_IN_FORCE = Statement(
    select(FEE.c.reason, FEE.c.currency, FEE.c.amount_minor)
    .where(FEE.c.valid_from <= bindparam("at"))
    .ext(distinct_on(FEE.c.reason, FEE.c.currency))
    .order_by(FEE.c.reason, FEE.c.currency, FEE.c.valid_from.desc())
)


class FeeRepository:
    """The fee schedule, in one transaction."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    async def in_force(self, at: datetime) -> Sequence[ChargedFee]:
        """Returns what each reason costs at that time, in each currency of the schedule."""
        return await self._uow.all(_IN_FORCE, ChargedFee, at=at)
