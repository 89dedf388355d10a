"""A code for a new password is sent by e-mail, and nothing here keeps it."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from lab.waiting import eventually
from services.common.clock import utc_now
from services.common.messaging.kafka import Kafka
from services.contracts import events
from services.notification.config import NotificationSettings
from tests.integration.events import event, send
from tests.integration.notification.test_notifications import EDGE
from tests.support import aws

CODE = "7K2M-9QXA-01TV-B3ZD"


def requested(key: str, *, expires_at: datetime | None = None, sealed_for: UUID | None = None) -> events.Event[Any]:
    """Returns the event that has CODE sent, encrypted with the key as the auth service does it."""
    user_id = uuid4()
    context = events.sealing_context(sealed_for or user_id)
    sealed = aws.client("kms").encrypt(KeyId=key, Plaintext=CODE, EncryptionContext=context)["CiphertextBlob"]
    return event(
        events.UserPasswordResetRequested(
            version=1,
            user_id=user_id,
            username="ada",
            email=f"{user_id.hex}@example.org",
            sealed_code=b64encode(sealed).decode(),
            expires_at=expires_at or utc_now() + timedelta(minutes=30),
            requested_at=utc_now(),
        )
    )


async def entry(client: httpx.AsyncClient, sent: events.Event[Any], *, attempted: str) -> dict[str, Any]:
    """Waits until the message of an event has a status. Returns the log's entry."""

    async def ask() -> dict[str, Any] | None:
        answer = await client.get("/notifications", params={"event_type": sent.type, "status": attempted})
        return next((item for item in answer.json()["items"] if item["id"] == str(sent.id)), None)

    return await eventually(f"the message to be {attempted}", ask)


def mails(sent: events.Event[Any]) -> list[dict[str, Any]]:
    found = httpx.get(f"{EDGE}/_aws/ses").json()["messages"]
    return [mail for mail in found if mail["Destination"]["ToAddresses"] == [sent.data.email]]


async def stored(settings: NotificationSettings) -> str:
    """Returns all rows of all tables as text."""
    connection = await asyncpg.connect(settings.database_url.replace("+asyncpg", ""))
    try:
        names = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        rows = [
            row["row"]
            for name in names
            for row in await connection.fetch(f'SELECT row_to_json(t)::text AS row FROM "{name["tablename"]}" t')
        ]
        return "\n".join(rows)
    finally:
        await connection.close()


@pytest.mark.attack(29)
async def test_the_code_is_sent_and_nothing_keeps_it(
    client: httpx.AsyncClient,
    kafka: Kafka,
    settings: NotificationSettings,
    sealing_key: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    sent = requested(sealing_key)
    await send(kafka, sent, sent)
    logged = await entry(client, sent, attempted="SENT")
    (mail,) = mails(sent)
    text = mail["Body"]["text_part"]
    assert mail["Subject"] == "Your code for a new password"
    assert f"\n    {CODE}\n" in text
    assert "Dear ada," in text
    assert "account ada:" in text
    assert logged["payload"]["data"]["sealed_code"] == ""
    assert [message["recipient"] for message in logged["messages"]] == [sent.data.email]
    rows, written = await stored(settings), capsys.readouterr()
    assert str(sent.id) in rows
    for secret in (CODE, sent.data.sealed_code):
        assert secret not in rows
        assert secret not in json.dumps(logged) + written.out + written.err


async def test_a_code_that_has_expired_is_not_sent(
    client: httpx.AsyncClient, kafka: Kafka, settings: NotificationSettings, sealing_key: str
) -> None:
    sent = requested(sealing_key, expires_at=utc_now())
    await send(kafka, sent)
    (message,) = (await entry(client, sent, attempted="FAILED"))["messages"]
    assert message["error"] == "CodeExpired"
    assert mails(sent) == []
    assert sent.data.sealed_code not in await stored(settings)


@pytest.mark.attack(29)
async def test_the_code_of_one_account_is_not_sent_to_another(
    client: httpx.AsyncClient, kafka: Kafka, sealing_key: str
) -> None:
    """Who can write events cannot have somebody else's encrypted code sent to an address of their own."""
    sent = requested(sealing_key, sealed_for=uuid4())
    await send(kafka, sent)
    (message,) = (await entry(client, sent, attempted="FAILED"))["messages"]
    assert message["error"] == "UnreadableCode"
    assert mails(sent) == []
