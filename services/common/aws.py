"""Calls to AWS: the few operations that services use, signed and sent by the lower layers of botocore.

A client of botocore reads what it knows of AWS's regions, services and operations. That is 15 MiB a process for a few
calls (docs/adr/0019). botocore is imported at the first call, because a service has to listen soon.
"""

from __future__ import annotations

import asyncio
import os
import time
from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode
from xml.etree import ElementTree

import msgspec

from services.common.backoff import Backoff

CONNECT_SECONDS, READ_SECONDS, ATTEMPTS = 3, 10, 4
_BLOBS = ("CiphertextBlob", "Plaintext", "PublicKey", "Signature")
"""Members of answers that are bytes, which JSON carries as base64."""
_THROTTLED = frozenset(
    (
        "LimitExceededException PriorRequestNotComplete RequestLimitExceeded RequestThrottled "
        "RequestThrottledException RequestTimeout RequestTimeoutException SlowDown ThrottledException Throttling "
        "ThrottlingException TooManyRequestsException"
    ).split()
)
"""Errors that say to try again (https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html)."""
_TRANSIENT = frozenset((429, 500, 502, 503, 504))


class AwsError(Exception):
    """A call failed after all attempts. `code` is AWS's error code, or the name of botocore's exception."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class _Json:
    """A service that speaks AWS JSON 1.1 (https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html)."""

    target: str

    def request(self, operation: str, parameters: Mapping[str, Any]) -> _Request:
        headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"{self.target}.{_name(operation)}"}
        return _Request("POST", "/", headers, msgspec.json.encode(parameters))

    def answer(self, content: bytes) -> dict[str, Any]:
        answer: dict[str, Any] = msgspec.json.decode(content or b"{}")
        return answer | {name: b64decode(answer[name]) for name in _BLOBS if name in answer}


@dataclass(frozen=True, slots=True)
class _Query:
    """A service that speaks AWS's query protocol (https://smithy.io/2.0/aws/protocols/aws-query-protocol.html)."""

    version: str

    def request(self, operation: str, parameters: Mapping[str, Any]) -> _Request:
        form = {"Action": _name(operation), "Version": self.version, **dict(_flat("", parameters))}
        headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
        return _Request("POST", "/", headers, urlencode(form).encode())

    def answer(self, content: bytes) -> dict[str, Any]:
        elements = ElementTree.fromstring(content).iter()  # noqa: S314 - AWS's own answer
        return {element.tag.rpartition("}")[2]: element.text for element in elements if len(element) == 0}


class _Kafka:
    """MSK, of which the services call `get_bootstrap_brokers` only."""

    def request(self, operation: str, parameters: Mapping[str, Any]) -> _Request:
        assert operation == "get_bootstrap_brokers"
        return _Request("GET", f"/v1/clusters/{quote(parameters['ClusterArn'], safe='')}/bootstrap-brokers", {}, b"")

    def answer(self, content: bytes) -> dict[str, Any]:
        answer: dict[str, Any] = msgspec.json.decode(content)
        return answer


_PROTOCOLS: Mapping[str, _Json | _Query | _Kafka] = {
    "kafka": _Kafka(),
    "kms": _Json("TrentService"),
    "logs": _Json("Logs_20140328"),
    "ses": _Query("2010-12-01"),
    "sns": _Query("2010-03-31"),
}
HOSTS = {service: {"ses": "email"}.get(service, service) for service in _PROTOCOLS}
"""The first part of the host name of each service."""


class Aws:
    """Calls AWS in threads. Credentials come from the environment or from the task's role, as ECS sets them.

    AWS_ENDPOINT_URL, which LocalStack's ECS sets, replaces AWS's own addresses.
    """

    def __init__(self, region: str) -> None:
        self._region = region

    async def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        """Returns the answer. `operation` is botocore's name, such as `get_public_key`. Raises AwsError.

        A call that fails for a reason that may pass is tried ATTEMPTS times.
        """
        protocol = _PROTOCOLS[service]
        request = protocol.request(operation, parameters)
        content = await asyncio.to_thread(self._send, service, request)
        try:
            return protocol.answer(content)
        except (ValueError, ElementTree.ParseError) as error:
            raise AwsError("InvalidAnswer") from error

    def _send(self, service: str, request: _Request) -> bytes:
        backoff = Backoff(first=0.5, longest=4.0)
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._try(service, request)
            except _Failed as failure:
                if attempt == ATTEMPTS or not failure.may_pass:
                    raise AwsError(failure.code) from failure
            time.sleep(backoff.next())
        raise AssertionError

    def _try(self, service: str, request: _Request) -> bytes:
        from botocore.auth import SigV4Auth
        from botocore.awsrequest import AWSRequest
        from botocore.exceptions import BotoCoreError, ConnectionError, HTTPClientError

        host = f"https://{HOSTS[service]}.{self._region}.amazonaws.com"
        url = (os.environ.get("AWS_ENDPOINT_URL") or host).rstrip("/") + request.path
        signed = AWSRequest(request.method, url, dict(request.headers), request.body)
        try:
            SigV4Auth(credentials().get_frozen_credentials(), service, self._region).add_auth(signed)
            response = _connections().send(signed.prepare())
            content: bytes = response.content
        except BotoCoreError as error:
            raise _Failed(type(error).__name__, isinstance(error, HTTPClientError | ConnectionError)) from error
        if response.status_code < 300:
            return content
        code = _error_code(response.headers, content) or str(response.status_code)
        raise _Failed(code, response.status_code in _TRANSIENT or code in _THROTTLED)


def presigned(url: str, service: str, region: str, seconds: int) -> str:
    """Returns `url` for a GET with a SigV4 signature in its query, which is valid for so long.

    Raises botocore's errors without credentials. It may ask for them over HTTP, so it is called in a thread.
    """
    from botocore.auth import SigV4QueryAuth
    from botocore.awsrequest import AWSRequest

    request = AWSRequest("GET", url)
    SigV4QueryAuth(credentials().get_frozen_credentials(), service, region, expires=seconds).add_auth(request)
    return str(request.url)


class _Failed(Exception):
    """One attempt failed. `may_pass` says whether another one may succeed."""

    def __init__(self, code: str, may_pass: bool) -> None:
        super().__init__(code)
        self.code, self.may_pass = code, may_pass


@cache
def credentials() -> Any:
    """Returns botocore's credentials, which renew themselves. Raises NoCredentialsError."""
    from botocore.credentials import ContainerProvider, CredentialResolver, EnvProvider
    from botocore.exceptions import NoCredentialsError

    credentials = CredentialResolver([EnvProvider(), ContainerProvider()]).load_credentials()
    if credentials is None:
        raise NoCredentialsError
    return credentials


@cache
def _connections() -> Any:
    from botocore.httpsession import URLLib3Session

    timeout: Any = (CONNECT_SECONDS, READ_SECONDS)
    return URLLib3Session(timeout=timeout)


def _name(operation: str) -> str:
    """Returns AWS's name of an operation: `GetPublicKey`."""
    return "".join(word.capitalize() for word in operation.split("_"))


def _flat(prefix: str, value: Any) -> Iterator[tuple[str, str]]:
    """Yields a structure as the query protocol writes it: `Destination.ToAddresses.member.1`."""
    if isinstance(value, Mapping):
        for name, member in value.items():
            yield from _flat(f"{prefix}.{name}" if prefix else name, member)
    elif isinstance(value, list):
        for number, member in enumerate(value, 1):
            yield from _flat(f"{prefix}.member.{number}", member)
    else:
        yield prefix, str(value)


def _error_code(headers: Mapping[str, str], content: bytes) -> str | None:
    """Returns the error's code from the header, the JSON or the XML of an answer."""
    code = headers.get("x-amzn-errortype")
    try:
        if code is None and content.lstrip().startswith(b"<"):
            code = _Query("").answer(content).get("Code")
        elif code is None:
            error = msgspec.json.decode(content)
            code = error.get("__type") or error.get("code")
    except (ValueError, AttributeError, ElementTree.ParseError):
        return None
    return str(code).rpartition("#")[2].partition(":")[0] if code else None
