"""Logs in to MSK with the task's IAM role: the OAUTHBEARER token is a presigned request.

The token has the format of AWS's own signers (https://github.com/aws/aws-msk-iam-auth, "Details"): a SigV4 query
signature for `kafka-cluster:Connect`, in base64url without padding. Imported only with KAFKA_SECURITY=SASL_IAM.
"""

from __future__ import annotations

import asyncio
import base64

from aiokafka.abc import AbstractTokenProvider

from services.common.aws import presigned

LIFETIME_SECONDS = 900


class MskTokens(AbstractTokenProvider):  # type: ignore[misc]
    """Signs a token for each log-in. Signing is cheap, and a cached token could have expired."""

    def __init__(self, region: str) -> None:
        self._region = region

    async def token(self) -> str:
        """Returns a new token; called by aiokafka."""
        return await asyncio.to_thread(self._sign)

    def _sign(self) -> str:
        connect = f"https://kafka.{self._region}.amazonaws.com/?Action=kafka-cluster%3AConnect"
        url = f"{presigned(connect, 'kafka-cluster', self._region, LIFETIME_SECONDS)}&User-Agent=pms"
        return base64.urlsafe_b64encode(url.encode()).rstrip(b"=").decode()
