"""Calls to AWS. botocore is imported at the first call, because it is the largest import of a service."""

from __future__ import annotations

import asyncio
import threading
from functools import cache
from typing import Any

CONNECT_SECONDS, READ_SECONDS, ATTEMPTS = 3, 10, 4


class AwsError(Exception):
    """A call failed after botocore's retries. `code` is AWS's error code, or the name of botocore's exception."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Aws:
    """Makes one client for each AWS service when it is needed. Blocking calls run in threads.

    All clients of a process share one session, which has read what they know of AWS: 9 MiB.

    Credentials and AWS_ENDPOINT_URL come from the environment, as ECS (and LocalStack's ECS) sets them.
    """

    def __init__(self, region: str) -> None:
        self._region = region
        self._clients: dict[str, Any] = {}
        self._lock = asyncio.Lock()

    async def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        """Returns the answer. `operation` is botocore's name, such as `get_bootstrap_brokers`. Raises AwsError."""
        async with self._lock:
            if service not in self._clients:
                self._clients[service] = await asyncio.to_thread(self._connect, service)
        return await asyncio.to_thread(_send, self._clients[service], operation, parameters)

    def _connect(self, service: str) -> Any:
        from botocore.config import Config

        retries: Any = {"total_max_attempts": ATTEMPTS, "mode": "standard"}
        config = Config(connect_timeout=CONNECT_SECONDS, read_timeout=READ_SECONDS, retries=retries)
        with _connecting:  # a session must not be used by several threads at once; a client may
            return _session().create_client(service, region_name=self._region, config=config)


_connecting = threading.Lock()


@cache
def _session() -> Any:
    import botocore.session

    return botocore.session.get_session()


def _send(client: Any, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        answer: dict[str, Any] = getattr(client, operation)(**parameters)
        return answer
    except ClientError as error:
        raise AwsError(error.response["Error"]["Code"]) from error
    except BotoCoreError as error:
        raise AwsError(type(error).__name__) from error
