"""Logging in to MSK with the task's IAM role: a presigned request as an OAUTHBEARER token.

As AWS's own signers make it (https://github.com/aws/aws-msk-iam-auth, "Details"): a SigV4 query signature for
`kafka-cluster:Connect`, base64url without padding. Only imported with KAFKA_SECURITY=SASL_IAM.
"""

from __future__ import annotations

import asyncio
import base64

import botocore.session
from aiokafka.abc import AbstractTokenProvider
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest

LIFETIME_SECONDS = 900


class MskTokens(AbstractTokenProvider):  # type: ignore[misc]
    """A token is signed for each log-in: that costs a hash, and a kept one may have expired."""

    def __init__(self, region: str) -> None:
        self._region = region
        self._session = botocore.session.get_session()

    async def token(self) -> str:
        """aiokafka's hook."""
        return await asyncio.to_thread(self._sign)

    def _sign(self) -> str:
        request = AWSRequest("GET", f"https://kafka.{self._region}.amazonaws.com/?Action=kafka-cluster%3AConnect")
        credentials = self._session.get_credentials()
        if credentials is None:
            raise RuntimeError("the task has no credentials")
        SigV4QueryAuth(credentials, "kafka-cluster", self._region, expires=LIFETIME_SECONDS).add_auth(request)
        url = f"{request.url}&User-Agent=pms"
        return base64.urlsafe_b64encode(url.encode()).rstrip(b"=").decode()
