"""E-mail through SES and SMS through SNS."""

from __future__ import annotations

from uuid import UUID

from services.common.aws import Aws, AwsError
from services.notification.entity import Channel
from services.notification.templates import Text


class Rejected(Exception):
    """The provider will never take this message; `code` is its error code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


# https://docs.aws.amazon.com/ses/latest/APIReference/API_SendEmail.html, .../sns/latest/api/API_Publish.html
_FINAL = frozenset({"MessageRejected", "InvalidParameterValue", "InvalidParameter", "OptedOut", "ValidationError"})


class AwsSenders:
    """Hands messages to the providers; the answer is the provider's id for the message."""

    def __init__(self, aws: Aws, email_sender: str) -> None:
        self._aws = aws
        self._email_sender = email_sender

    async def send(self, channel: Channel, recipient: str, text: Text, event_id: UUID) -> str:
        """Raises Rejected when trying again is of no use, and AwsError otherwise."""
        try:
            if channel is Channel.EMAIL:
                return await self._email(recipient, text, event_id)
            return await self._sms(recipient, text)
        except AwsError as error:
            if error.code in _FINAL:
                raise Rejected(error.code) from error
            raise

    async def _email(self, recipient: str, text: Text, event_id: UUID) -> str:
        content = {"Data": text.subject, "Charset": "UTF-8"}, {"Data": text.body, "Charset": "UTF-8"}
        answer = await self._aws.call(
            "ses",
            "send_email",
            Source=self._email_sender,
            Destination={"ToAddresses": [recipient]},
            Message={"Subject": content[0], "Body": {"Text": content[1]}},
            # Shows in SES's event stream, so that a message sent twice can be told.
            Tags=[{"Name": "notification", "Value": str(event_id)}],
        )
        return str(answer["MessageId"])

    async def _sms(self, recipient: str, text: Text) -> str:
        answer = await self._aws.call("sns", "publish", PhoneNumber=recipient, Message=text.body)
        return str(answer["MessageId"])
