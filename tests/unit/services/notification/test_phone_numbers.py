"""The numbers to which text messages are sent."""

from __future__ import annotations

import pytest

from services.notification.phone_numbers import e164


@pytest.mark.parametrize(
    ("written", "number"),
    [("+49 (30) 123-456", "+4930123456"), ("030 123456", None), (None, None), ("+1", None), ("+" + "1" * 16, None)],
)
def test_text_messages_go_to_international_numbers_only(written: str | None, number: str | None) -> None:
    assert e164(written) == number
