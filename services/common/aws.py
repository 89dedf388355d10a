"""The few calls to AWS that every service makes, without an SDK.

botocore would be the largest part of a service: 0.4 s of start-up and 20 MB for two calls (docs/adr/0031). Signatures
are Version 4 (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html); a test
compares them with botocore's.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import http.client
import json
import os
import random
import threading
import urllib.request
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from services.common.clock import utc_now

SECONDS = 10.0
ATTEMPTS = 4
_RETRIED = (429, 500, 502, 503, 504)
_CONTAINER_CREDENTIALS = "http://169.254.170.2"


class AwsError(Exception):
    """AWS refused a call. `code` is its name for the reason."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code


@dataclass(frozen=True, slots=True)
class Credentials:
    """A task role's credentials expire; those from the environment do not."""

    access_key: str
    secret_key: str
    token: str | None = None
    expires_at: datetime | None = None

    @property
    def usable(self) -> bool:
        """Whether they last long enough to be used."""
        return self.expires_at is None or self.expires_at - utc_now() > timedelta(minutes=5)


class Aws:
    """Signs and sends; blocking, so in threads, each with a connection of its own that is kept open."""

    def __init__(self, region: str) -> None:
        self._region = region
        self._credentials: Credentials | None = None
        self._threads = threading.local()

    async def json(self, service: str, target: str, payload: dict[str, Any]) -> dict[str, Any]:
        """A call of a service that speaks AWS JSON 1.1, as KMS. `target` is `TrentService.Sign`. Raises AwsError."""
        headers = {"content-type": "application/x-amz-json-1.1", "x-amz-target": target}
        return await self._call(service, "POST", "/", headers, json.dumps(payload).encode())

    async def get(self, service: str, path: str) -> dict[str, Any]:
        """A reading call of a service that speaks REST, such as MSK. Raises AwsError."""
        return await self._call(service, "GET", path, {}, b"")

    async def _call(self, service: str, method: str, path: str, headers: dict[str, str], body: bytes) -> dict[str, Any]:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return await asyncio.to_thread(self._send, service, method, path, headers, body)
            except (AwsError, OSError, http.client.HTTPException) as error:
                final = isinstance(error, AwsError) and error.status not in _RETRIED
                if final or attempt == ATTEMPTS:
                    raise
            await asyncio.sleep(random.uniform(0, 0.1 * 2**attempt))  # noqa: S311 - jitter
        raise AssertionError("unreachable")

    def _send(self, service: str, method: str, path: str, headers: dict[str, str], body: bytes) -> dict[str, Any]:
        endpoint = _endpoint(service, self._region)
        signed = sign(method, endpoint + path, headers, body, self._current(), self._region, service, utc_now())
        connection = self._connection(endpoint)
        try:
            connection.request(method, path, body, signed)
            response = connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException):
            connection.close()  # the next try opens it anew
            raise
        document = json.loads(content) if content else {}
        if response.status >= 400:
            raise AwsError(response.status, _error_code(response, document))
        return dict(document)

    def _connection(self, endpoint: str) -> http.client.HTTPConnection:
        kept: dict[str, http.client.HTTPConnection] = self._threads.__dict__.setdefault("connections", {})
        if endpoint not in kept:
            parts = urlsplit(endpoint)
            kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
            kept[endpoint] = kind(parts.netloc, timeout=SECONDS)
        return kept[endpoint]

    def _current(self) -> Credentials:
        if self._credentials is None or not self._credentials.usable:
            self._credentials = find_credentials()
        return self._credentials


def find_credentials() -> Credentials:
    """From the environment, else from the agent that ECS runs beside a task."""
    environment = os.environ
    if "AWS_ACCESS_KEY_ID" in environment:
        token = environment.get("AWS_SESSION_TOKEN")
        return Credentials(environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"], token)
    relative = environment.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
    url = _CONTAINER_CREDENTIALS + relative if relative else environment.get("AWS_CONTAINER_CREDENTIALS_FULL_URI")
    if not url:
        raise AwsError(0, "NoCredentials")
    request = urllib.request.Request(url)  # noqa: S310 - the agent's own address, given by ECS
    if "AWS_CONTAINER_AUTHORIZATION_TOKEN" in environment:
        request.add_header("Authorization", environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"])
    with urllib.request.urlopen(request, timeout=SECONDS) as response:  # noqa: S310
        answer = json.load(response)
    expires_at = datetime.fromisoformat(answer["Expiration"])
    return Credentials(answer["AccessKeyId"], answer["SecretAccessKey"], answer["Token"], expires_at)


def sign(
    method: str,
    url: str,
    headers: dict[str, str],
    body: bytes,
    credentials: Credentials,
    region: str,
    service: str,
    now: datetime,
) -> dict[str, str]:
    """The headers with a Signature Version 4. `url`'s path is encoded as it is sent, and has no query."""
    parts = urlsplit(url)
    moment = now.strftime("%Y%m%dT%H%M%SZ")
    signed = {**headers, "host": parts.netloc, "x-amz-date": moment}
    if credentials.token:
        signed["x-amz-security-token"] = credentials.token
    names = ";".join(sorted(signed))
    lines = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
    # Every service but S3 wants the path encoded once more.
    path = quote(parts.path, safe="/~")
    canonical = "\n".join((method, path, "", lines, names, hashlib.sha256(body).hexdigest()))
    scope = f"{moment[:8]}/{region}/{service}/aws4_request"
    text = "\n".join(("AWS4-HMAC-SHA256", moment, scope, hashlib.sha256(canonical.encode()).hexdigest()))
    key = f"AWS4{credentials.secret_key}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.new(key, text.encode(), "sha256").hexdigest()
    authorization = f"Credential={credentials.access_key}/{scope}, SignedHeaders={names}, Signature={signature}"
    return {**signed, "authorization": f"AWS4-HMAC-SHA256 {authorization}"}


def _endpoint(service: str, region: str) -> str:
    """As the SDKs choose it (https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html)."""
    own = os.environ.get(f"AWS_ENDPOINT_URL_{service.upper()}") or os.environ.get("AWS_ENDPOINT_URL")
    return (own or f"https://{service}.{region}.amazonaws.com").rstrip("/")


def _error_code(response: http.client.HTTPResponse, document: dict[str, Any]) -> str:
    """JSON services name it in the body, REST services in a header."""
    name = response.getheader("x-amzn-errortype") or document.get("__type") or document.get("code") or "Unknown"
    return str(name).split(":")[0].rsplit("#", 1)[-1]
