"""Sends e-mails through SES and text messages through SNS."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

import idna

from services.common.aws import Aws, AwsError
from services.notification.entity import Channel
from services.notification.templates import Text

# https://docs.aws.amazon.com/ses/latest/APIReference/API_SendEmail.html
# https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
_FINAL = frozenset({"MessageRejected", "InvalidParameterValue", "InvalidParameter", "OptedOut", "ValidationError"})
"""Errors that another attempt would meet again."""


class Rejected(Exception):
    """The provider refuses this message, however often it is tried. `code` is the provider's error code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Sender(Protocol):
    """Hands messages to a provider."""

    async def send(self, channel: Channel, recipient: str, text: Text, event_id: UUID) -> str:
        """Returns the provider's id of the message. Raises Rejected, or another error when it may be tried again."""
        ...


def in_punycode(address: str) -> str:
    """Returns the address with its domain in ASCII, as SES demands it (RFC 3492, RFC 5891)."""
    local, at, domain = address.rpartition("@")
    return local + at + (domain if domain.isascii() else idna.encode(domain, uts46=True).decode())


class AwsSender:
    """Sends e-mails through SES and text messages through SNS."""

    def __init__(self, aws: Aws, email_sender: str) -> None:
        self._aws = aws
        self._email_sender = email_sender

    async def send(self, channel: Channel, recipient: str, text: Text, event_id: UUID) -> str:
        """Returns the provider's id of the message. Raises Rejected, or AwsError when it may be tried again."""
        try:
            if channel is Channel.EMAIL:
                return await self._email(recipient, text, event_id)
            return await self._sms(recipient, text)
        except AwsError as error:
            if error.code in _FINAL:
                raise Rejected(error.code) from error
            raise

    async def _email(self, recipient: str, text: Text, event_id: UUID) -> str:
        subject, body = {"Data": text.subject, "Charset": "UTF-8"}, {"Data": text.body, "Charset": "UTF-8"}
        answer = await self._aws.call(
            "ses",
            "send_email",
            Source=self._email_sender,
            Destination={"ToAddresses": [in_punycode(recipient)]},
            Message={"Subject": subject, "Body": {"Text": body}},
            # SES's event stream shows the tag, so a message that was sent twice can be recognised.
            Tags=[{"Name": "notification", "Value": str(event_id)}],
        )
        return str(answer["MessageId"])

    async def _sms(self, recipient: str, text: Text) -> str:
        answer = await self._aws.call("sns", "publish", PhoneNumber=recipient, Message=text.body)
        return str(answer["MessageId"])
