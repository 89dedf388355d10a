"""Telephone numbers: from what people write to the form of ITU-T E.164, in which they are stored and dialled."""

from __future__ import annotations

from typing import Annotated

import phonenumbers
from pydantic import AfterValidator, Field


def _known_region(code: str) -> str:
    if code not in phonenumbers.SUPPORTED_REGIONS:
        raise ValueError("must be a country of the telephone number plans")
    return code


PhoneRegion = Annotated[
    str,
    AfterValidator(_known_region),
    Field(description="The country whose numbers are written without a country code (ISO 3166-1 alpha-2)."),
]
"""The setting PHONE_REGION of the services that handle telephone numbers."""
DEFAULT_REGION = "DE"


def e164(written: str | None, region: str) -> str | None:
    """Returns the number in the form of ITU-T E.164, such as `+4930123456`, or None when it cannot be dialled.

    `region` is the country of a number that is written without a country code. `+49 (0) 30`, `0049 30` and, in Germany,
    `030` are the same.
    """
    try:
        number = phonenumbers.parse(written or "", region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
