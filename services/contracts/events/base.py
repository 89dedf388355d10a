"""What the data of all events has in common."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from services.contracts.topics import Topic


def _utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:  # such as 9999-12-31T23:59:59-14:00
        raise ValueError("the time is out of range in UTC") from None


UtcDatetime = Annotated[AwareDatetime, AfterValidator(_utc)]
"""A time with an offset, converted to UTC and written in the format of RFC 3339."""

Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
"""A currency code (ISO 4217)."""

MinorUnits = Annotated[int, Field(ge=0)]
"""An amount of money in the smallest unit of the currency, which has as many digits as Unicode's CLDR says."""


class EventData(BaseModel):
    """The `data` of a CloudEvent: the state of the aggregate after the change, so that consumers need not ask for it.

    Unknown attributes are ignored, because a producer may add some before its consumers know them (tolerant reader).
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    TYPE: ClassVar[str]
    TOPIC: ClassVar[Topic]
    SOURCE: ClassVar[str]
    SUBJECT_FIELD: ClassVar[str]

    version: int = Field(
        ge=1, description="The version of the aggregate after the change. Consumers ignore older versions."
    )

    @property
    def subject(self) -> str:
        """The id of the aggregate. It is also the key of the message, so events of one aggregate stay in order."""
        subject: UUID = getattr(self, self.SUBJECT_FIELD)
        return str(subject)
