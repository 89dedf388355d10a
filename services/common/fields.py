"""Types of fields that several services take from clients: what is accepted and how it is kept."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, EmailStr, Field, StringConstraints

from services.common.clock import utc_now

OLDEST_YEARS = 130
"""No one has been verified to live longer than 122 years."""

# Control characters (they split log lines and terminals) and the bidirectional overrides and isolates, which make text
# read as other than it is (Unicode Technical Report 36, section 2.5). Everything else is kept exactly as it came.
_UNFIT = r"\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069"
_LINE = rf"^[^\t\n\u2028\u2029{_UNFIT}]*$"
_LINES = rf"^[^{_UNFIT}]*$"

PersonName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=_LINE)]
"""One line, in any script."""

FreeText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=_LINES)]
"""Some lines, in any script."""

Email = Annotated[EmailStr, Field(max_length=254), AfterValidator(str.lower)]
"""An address (RFC 5321's length), kept in lower case: what tells mailboxes apart is nowhere their letters' case."""

PhoneNumber = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=32, pattern=r"^\+?[0-9(][0-9 ()./\-]{2,30}$")
]
"""As people write it. Text messages go to those in international form (E.164) only."""


def _full_date(value: Any) -> Any:
    """RFC 3339's full-date and nothing else: Pydantic would take numbers and times of day as well."""
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
"""A calendar day, of centuries that time zones and PostgreSQL can calculate with."""

BirthDate = Annotated[FullDate, AfterValidator(_lived)]
"""A day on which somebody now alive may have been born; today is UTC's."""


def _moment_text(value: Any) -> Any:
    if not isinstance(value, str | datetime) or (isinstance(value, str) and "-" not in value[1:]):  # a Unix time
        raise ValueError("must be a date and time with an offset")
    return value


def _in_utc(value: datetime) -> datetime:
    """An instant that PostgreSQL and Python can calculate with; offsets reach over the ends of the calendar."""
    if not 1900 <= value.year <= 2200:
        raise ValueError("must be a year from 1900 to 2200")
    return value.astimezone(UTC)


Moment = Annotated[AwareDatetime, BeforeValidator(_moment_text), AfterValidator(_in_utc)]
"""RFC 3339's date-time: an offset is needed, for without one nobody knows when it is."""
