"""Types of request fields that several services share: what they accept and how the value is stored."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, EmailStr, Field, StringConstraints

from services.common.clock import utc_now

OLDEST_YEARS = 130
"""The oldest verified age is 122 years."""

# Control characters, which break log lines and terminals, and the bidirectional overrides and isolates, which make text
# look different from what it is (Unicode Technical Report 36, section 2.5). Everything else is stored as it was sent.
_UNFIT = r"\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069"
_LINE = rf"^[^\t\n\u2028\u2029{_UNFIT}]*$"
_LINES = rf"^[^{_UNFIT}]*$"

PersonName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=_LINE)]
"""One line of text, in any script."""

FreeText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=_LINES)]
"""Several lines of text, in any script."""

Email = Annotated[EmailStr, Field(max_length=254), AfterValidator(str.lower)]
"""An e-mail address of at most 254 characters (RFC 5321), stored in lower case."""

PhoneNumber = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=32, pattern=r"^\+?[0-9(][0-9 ()./\-]{2,30}$")
]
"""A telephone number as people write it. Text messages are sent only to international numbers (E.164)."""


def _full_date(value: Any) -> Any:
    """Accepts RFC 3339's full-date only. Pydantic alone would also accept numbers and times of day."""
    if isinstance(value, str) and (len(value) != 10 or not value.isascii()):
        raise ValueError("must be a date as YYYY-MM-DD")
    if isinstance(value, bool | int | float):
        raise ValueError("must be a date as YYYY-MM-DD")
    return value


def _lived(value: date) -> date:
    today = utc_now().date()
    if value > today:
        raise ValueError("must not be in the future")
    if today.year - value.year > OLDEST_YEARS:
        raise ValueError(f"must not be more than {OLDEST_YEARS} years ago")
    return value


FullDate = Annotated[date, BeforeValidator(_full_date), Field(ge=date(1800, 1, 1), le=date(2200, 12, 31))]
"""A calendar day in the centuries that time zones and PostgreSQL can calculate with."""

BirthDate = Annotated[FullDate, AfterValidator(_lived)]
"""The birthday of a living person. Today is the current day in UTC."""


def _moment_text(value: Any) -> Any:
    if not isinstance(value, str | datetime) or (isinstance(value, str) and "-" not in value[1:]):  # a Unix time
        raise ValueError("must be a date and time with an offset")
    return value


def _in_utc(value: datetime) -> datetime:
    """Converts to UTC. The limits keep the result in the calendars of PostgreSQL and Python, whatever the offset."""
    if not 1900 <= value.year <= 2200:
        raise ValueError("must be a year from 1900 to 2200")
    return value.astimezone(UTC)


Moment = Annotated[AwareDatetime, BeforeValidator(_moment_text), AfterValidator(_in_utc)]
"""RFC 3339's date-time. The offset is required, because without it the time is ambiguous."""
