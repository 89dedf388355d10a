"""Types of request fields that several services share: what they accept and how the value is stored."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, EmailStr, Field, StringConstraints
from pydantic.networks import validate_email
from pydantic_core import PydanticCustomError

from services.common.clock import utc_now
from services.common.text import is_blank

OLDEST_YEARS = 130
"""The oldest verified age is 122 years."""

EARLIEST_ZONE = timedelta(hours=14)
"""The offset of the time zone in which a day begins first, Pacific/Kiritimati."""

# Control characters, which break log lines and terminals, and the bidirectional overrides and isolates, which make text
# look different from what it is (Unicode Technical Report 36, section 2.5). Everything else is stored as it was sent.
_UNFIT = r"\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069"
_LINE = rf"^[^\t\n\u2028\u2029{_UNFIT}]*$"
_LINES = rf"^[^{_UNFIT}]*$"


def _visible(value: str) -> str:
    if is_blank(value):
        raise ValueError("must have characters that people can see")
    return value


PersonName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=_LINE),
    AfterValidator(_visible),
]
"""One line of text, in any script."""


def _one_kind_of_line_end(value: Any) -> Any:
    return value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else value


FreeText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=_LINES),
    BeforeValidator(_one_kind_of_line_end),
]
"""Several lines of text, in any script. Line ends of other systems (CR LF, CR) become LF."""


def _address_alone(value: Any) -> Any:
    """Refuses an address with a name, `Bob <bob@example.com>` (RFC 5322), whose name would be lost."""
    if isinstance(value, str) and ("<" in value or ">" in value):
        raise ValueError("must be an e-mail address alone, without a name")
    return value


Email = Annotated[EmailStr, Field(max_length=254), BeforeValidator(_address_alone), AfterValidator(str.lower)]
"""An e-mail address of at most 254 characters (RFC 5321), stored in lower case, with the domain in Unicode."""


def _as_stored(value: str) -> str:
    try:
        return validate_email(value)[1].lower()
    except PydanticCustomError:  # nobody has such an address, and a search for it finds nobody
        return value.lower()


SearchedEmail = Annotated[str, StringConstraints(strip_whitespace=True, max_length=254), AfterValidator(_as_stored)]
"""An e-mail address to look for, in the form in which addresses are stored: a domain in Punycode is the same domain."""

PhoneNumber = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=32, pattern=r"^\+?[0-9(][0-9 ()./\-]{2,30}$")
]
"""A telephone number as people write it. Services store it in the form of E.164 (`phone_numbers.e164`)."""


def _full_date(value: Any) -> Any:
    """Accepts RFC 3339's full-date only. Pydantic alone would also accept numbers and times of day."""
    if isinstance(value, str) and (len(value) != 10 or not value.isascii()):
        raise ValueError("must be a date as YYYY-MM-DD")
    if isinstance(value, bool | int | float):
        raise ValueError("must be a date as YYYY-MM-DD")
    return value


def _lived(value: date) -> date:
    today = (utc_now() + EARLIEST_ZONE).date()
    if value > today:
        raise ValueError("must not be in the future")
    if today.year - value.year > OLDEST_YEARS:
        raise ValueError(f"must not be more than {OLDEST_YEARS} years ago")
    return value


FullDate = Annotated[date, BeforeValidator(_full_date), Field(ge=date(1800, 1, 1), le=date(2200, 12, 31))]
"""A calendar day in the centuries that time zones and PostgreSQL can calculate with."""

BirthDate = Annotated[FullDate, AfterValidator(_lived)]
"""The birthday of a living person. Today is the current day where it begins first: a newborn there is not refused."""


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
