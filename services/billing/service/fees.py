"""The use case of the fee schedule."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from services.billing.entity import ChargedFee
from services.billing.repository.fees import FeeRepository
from services.common.clock import utc_now
from services.common.security.principal import Principal
from services.common.unit_of_work import UnitOfWork


class FeeService:
    """The fee schedule, for one caller in one transaction. It contains nothing about patients."""

    def __init__(self, principal: Principal, uow: UnitOfWork, fees: FeeRepository) -> None:
        self._principal = principal
        self._uow = uow
        self._fees = fees

    async def list(self, at: datetime | None) -> Sequence[ChargedFee]:
        """Returns the fees of visits at a time, or of visits now."""
        return await self._fees.in_force(at or utc_now())
