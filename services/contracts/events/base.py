"""What every event's data has in common."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from services.contracts.topics import Topic


def _utc(value: datetime) -> datetime:
    return value.astimezone(UTC)


UtcDatetime = Annotated[AwareDatetime, AfterValidator(_utc)]
"""A moment with an offset, kept in UTC and written as RFC 3339."""

Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
"""ISO 4217 code."""

MinorUnits = Annotated[int, Field(ge=0)]
"""Money in the currency's smallest unit."""


class EventData(BaseModel):
    """The `data` of a CloudEvent: the aggregate's state after the change, so that a consumer needs no call back.

    Unknown attributes are ignored: a producer may add some before its consumers know them (tolerant reader).
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    TYPE: ClassVar[str]
    TOPIC: ClassVar[Topic]
    SOURCE: ClassVar[str]
    SUBJECT_FIELD: ClassVar[str]

    version: int = Field(ge=1, description="The aggregate's version after this change; older ones are ignored.")

    @property
    def subject(self) -> str:
        """The aggregate's id, which is also the message's key and so gives order per aggregate."""
        subject: UUID = getattr(self, self.SUBJECT_FIELD)
        return str(subject)
