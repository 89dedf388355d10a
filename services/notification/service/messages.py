"""The use case of sending a message: to whom, what it says, and when it is tried again."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from services.common.aws import AwsError
from services.common.backoff import jittered
from services.common.clock import utc_now
from services.common.logs import describe, logger
from services.common.phone_numbers import e164
from services.common.sealed_secrets import SecretSealer
from services.common.security.principal import Principal
from services.common.unit_of_work import UnitOfWork
from services.contracts.events import Event, UserPasswordResetRequested, decode
from services.notification import templates
from services.notification.config import NotificationSettings
from services.notification.entity import Channel, Contact, DueMessage, Message, MessageStatus
from services.notification.repository.messages import MessageRepository
from services.notification.repository.secrets import SecretRepository
from services.notification.senders import Rejected, Sender
from services.notification.templates import Text

BACKOFF_SECONDS = (1, 2, 5, 15, 60, 120, 240)
"""The pause after the first failed attempt, after the second, and so on. The last one is repeated."""


class NoRecipient(Exception):
    """The patient is not known yet. The class's name is stored as the message's error."""


class NoAddress(Exception):
    """The patient has no address on the message's channel, or was deleted. The message is not needed."""


class MessageService:
    """Messages, in one transaction."""

    def __init__(
        self,
        principal: Principal,
        uow: UnitOfWork,
        settings: NotificationSettings,
        messages: MessageRepository,
        secrets: SecretRepository,
        sender: Sender,
        sealer: SecretSealer,
    ) -> None:
        self._principal = principal
        self._uow = uow
        self._settings = settings
        self._messages = messages
        self._secrets = secrets
        self._sender = sender
        self._sealer = sealer

    async def send_next(self) -> bool:
        """Tries once to send a message that is due, and stores the result. Returns whether there was one.

        The message is locked until the transaction ends, so that nobody else sends it.
        """
        due = await self._messages.get_due_for_update()
        if due is None:
            return False
        message = due.message
        message.attempts += 1
        try:
            message.provider_id = await self._send(message, await self._text(due))
        except NoAddress:
            await self._messages.delete(message)
            return True
        except Rejected as error:
            self._fail(message, error.code)
        except Exception as error:
            logger(__name__).warning("send_failed", **_log_fields(due), **describe(error))
            self._try_again(message, type(error).__name__)
        else:
            message.status, message.sent_at, message.error = MessageStatus.SENT, utc_now(), None
            logger(__name__).info("sent", **_log_fields(due))
        self._messages.change(message)
        if due.event_type == UserPasswordResetRequested.TYPE and message.status != MessageStatus.PENDING:
            await self._secrets.delete(message.event_id)
        return True

    async def _text(self, due: DueMessage) -> Text:
        """Returns what the message says, and fills in its recipient. Raises NoRecipient, NoAddress and others."""
        message = due.message
        if due.event_type == UserPasswordResetRequested.TYPE:
            return await self._text_with_code(due)
        if message.template is not None:  # staff did not write it
            self._fill_in(due)
        assert message.body is not None
        return Text(message.subject, message.body)

    async def _text_with_code(self, due: DueMessage) -> Text:
        """Returns a text that is not stored, because it has a secret.

        It addresses the username. Anybody can register with somebody else's address, so a name of their choice, which
        may be any sentence, must not be in an e-mail of the clinic. Raises Rejected for a code that has expired, and
        for one of another account.
        """
        message, event = due.message, decode(json.dumps(due.payload))
        assert isinstance(event.data, UserPasswordResetRequested)
        assert message.template is not None
        secret = await self._secrets.get(message.event_id)
        if secret is None or event.data.expires_at <= utc_now():
            raise Rejected("CodeExpired")
        data = event.data
        try:
            code = await self._sealer.unseal(secret.sealed, data.sealing_context)
        except AwsError as error:
            if error.code == "InvalidCiphertextException":  # another try would not change that
                raise Rejected("UnreadableCode") from error
            raise
        message.recipient = data.email
        template = templates.BY_NAME[message.template]
        return templates.render(template, Channel(message.channel), data.username, data, code)

    def _fill_in(self, due: DueMessage) -> None:
        """Fills in recipient and text from the template. Raises NoRecipient and NoAddress."""
        message, contact = due.message, due.contact
        assert message.template is not None
        if contact is None:
            raise NoRecipient
        channel = Channel(message.channel)
        name, recipient = contact.name, self._address(contact, channel)
        if name is None or not recipient:
            raise NoAddress
        event: Event[Any] = decode(json.dumps(due.payload))
        text = templates.render(templates.BY_NAME[message.template], channel, name, event.data)
        message.recipient, message.subject, message.body = recipient, text.subject, text.body

    def _address(self, contact: Contact, channel: Channel) -> str | None:
        """Returns where to send. Contacts of older events have telephone numbers as they were typed."""
        return contact.email if channel is Channel.EMAIL else e164(contact.phone, self._settings.phone_region)

    async def _send(self, message: Message, text: Text) -> str:
        """Returns the provider's id of the message."""
        assert message.recipient is not None
        return await self._sender.send(Channel(message.channel), message.recipient, text, message.event_id)

    def _try_again(self, message: Message, error: str) -> None:
        if message.attempts >= self._settings.send_attempts:
            self._fail(message, error)
            return
        seconds = BACKOFF_SECONDS[min(message.attempts, len(BACKOFF_SECONDS)) - 1]
        message.error = error
        message.next_attempt_at = utc_now() + timedelta(seconds=jittered(seconds))

    def _fail(self, message: Message, error: str) -> None:
        message.status, message.error = MessageStatus.FAILED, error
        fields = {"notification_id": message.event_id, "channel": message.channel, "reason": error}
        logger(__name__).error("message_failed", attempts=message.attempts, **fields)


def _log_fields(due: DueMessage) -> dict[str, Any]:
    return {
        "notification_id": due.message.event_id,
        "channel": due.message.channel,
        "template": due.message.template,
        "event_type": due.event_type,
        "attempt": due.message.attempts,
    }
