"""The form of a telephone number to which SNS sends text messages."""

from __future__ import annotations


def e164(phone: str | None) -> str | None:
    """Returns the number in the form of ITU-T E.164, such as `+4930123456`.

    Returns None unless the number is international, because the country is not guessed.
    """
    digits = "".join(character for character in phone or "" if character.isdigit())
    return f"+{digits}" if phone and phone.startswith("+") and 8 <= len(digits) <= 15 else None
