"""The log group in CloudWatch Logs that keeps the anchors of the audit log, and the key in KMS that signs them."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from services.common.aws import Aws, AwsError
from services.common.settings import ServiceSettings

STREAM = "anchors"


@dataclass(frozen=True, slots=True)
class Entry:
    """What the log says: the bytes of an anchor and their signature."""

    signed: bytes
    signature: bytes


class AnchorLog:
    """Adds signed anchors, and reads them. All calls raise AwsError."""

    def __init__(self, settings: ServiceSettings) -> None:
        self._key, self._group = settings.audit_key_id, settings.audit_log_group
        self._aws = Aws(settings.aws_region)

    async def append(self, signed: bytes, at: datetime) -> None:
        """Signs an anchor and adds it to the log."""
        answer = await self._aws.call(
            "kms", "sign", KeyId=self._key, Message=signed, MessageType="RAW", SigningAlgorithm="ECDSA_SHA_256"
        )
        signature = base64.b64encode(answer["Signature"]).decode()
        message = json.dumps({"anchor": signed.decode(), "signature": signature})
        event = {"timestamp": int(at.timestamp() * 1000), "message": message}
        try:
            await self._put(event)
        except AwsError as error:
            if error.code != "ResourceNotFoundException":
                raise
            await self._logs("create_log_stream")
            await self._put(event)

    async def public_key(self) -> EllipticCurvePublicKey:
        """Returns the key that verifies signatures."""
        answer = await self._aws.call("kms", "get_public_key", KeyId=self._key)
        key = load_der_public_key(answer["PublicKey"])
        if not isinstance(key, EllipticCurvePublicKey):
            raise TypeError("the key for anchors is not an elliptic-curve key")
        return key

    async def pages(self, until: datetime) -> AsyncIterator[list[Entry]]:
        """Yields the entries before `until` in the order of their time. What is no entry is one that nobody signed."""
        end = int(until.timestamp() * 1000)
        token: dict[str, str] = {}
        while True:
            try:
                answer = await self._logs("get_log_events", startFromHead=True, endTime=end, **token)
            except AwsError as error:
                if error.code == "ResourceNotFoundException":  # no stream, because nothing was anchored
                    return
                raise
            yield [_entry(event["message"]) for event in answer["events"]]
            if answer["nextForwardToken"] == token.get("nextToken"):  # the same token again means the end
                return
            token = {"nextToken": answer["nextForwardToken"]}

    async def _put(self, event: dict[str, Any]) -> None:
        answer = await self._logs("put_log_events", logEvents=[event])
        if answer.get("rejectedLogEventsInfo"):
            raise AwsError("RejectedLogEvents")

    async def _logs(self, operation: str, **parameters: Any) -> dict[str, Any]:
        return await self._aws.call("logs", operation, logGroupName=self._group, logStreamName=STREAM, **parameters)


def _entry(message: str) -> Entry:
    try:
        content = json.loads(message)
        return Entry(str(content["anchor"]).encode(), base64.b64decode(content["signature"]))
    except (ValueError, TypeError, KeyError):
        return Entry(message.encode(), b"")
