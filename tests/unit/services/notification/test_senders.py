"""The form of an address in which SES takes it."""

from __future__ import annotations

import pytest

from services.notification.senders import in_punycode


@pytest.mark.parametrize(
    ("address", "sent_to"),
    [
        ("ada@example.org", "ada@example.org"),
        ("ada@münchen.example", "ada@xn--mnchen-3ya.example"),
        ("ada@例え.example", "ada@xn--r8jz45g.example"),
        ("ada@xn--mnchen-3ya.example", "ada@xn--mnchen-3ya.example"),
    ],
)
def test_internationalised_domains_are_sent_in_punycode(address: str, sent_to: str) -> None:
    assert in_punycode(address) == sent_to
