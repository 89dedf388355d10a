"""Checks presigned URLs, which are also the authentication tokens of MSK and RDS.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hmac
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from localstack_engines.iam import principals
from localstack_engines.iam.principals import AccessKey, ExpiredToken, Principal

_ALGORITHM = "AWS4-HMAC-SHA256"
_LONGEST = timedelta(days=7)
_CLOCK_SKEW = timedelta(minutes=5)
_UNSIGNED = ("x-amz-signature", "user-agent")
"""Parameters outside of the signature. The signers for MSK add User-Agent to the finished URL."""


class InvalidSignature(Exception):
    """The URL does not prove who made it. The text says why."""


def verify(
    url: str,
    *,
    service: str,
    action: str | None = None,
    now: datetime | None = None,
    find_key: Callable[[str], AccessKey | None] = principals.find_key,
) -> Principal:
    """Returns who presigned a GET request of `url`, which may lack its scheme.

    `service` is the name in the credential's scope, `action` the URL's parameter Action. Raises InvalidSignature.
    """
    now = now or datetime.now(UTC)
    url = url if "://" in url else f"https://{url}"
    parameters = _parameters(url)
    if parameters.get("x-amz-algorithm") != _ALGORITHM:
        raise InvalidSignature(f"X-Amz-Algorithm must be {_ALGORITHM}")
    if action is not None and parameters.get("action") != action:
        raise InvalidSignature(f"Action must be {action}")
    _check_time(parameters, now)
    access_key_id, region = _scope(parameters, service)
    key = find_key(access_key_id)
    try:
        principal = principals.owner(key, parameters.get("x-amz-security-token"), now)
    except ExpiredToken:
        raise InvalidSignature("The security token included in the request is expired") from None
    if key is None or principal is None:
        raise InvalidSignature("The security token included in the request is invalid")
    expected = _signature(url, SigV4Auth(Credentials(access_key_id, key.secret), service, region), parameters)
    if not hmac.compare_digest(expected.encode(), parameters.get("x-amz-signature", "").encode()):
        raise InvalidSignature("The signature does not match the secret access key")
    return principal


def _parameters(url: str) -> dict[str, str]:
    """Returns the query's parameters by lower-case name. A parameter that occurs twice could mean two things."""
    try:
        query = urlsplit(url).query
    except ValueError:
        raise InvalidSignature("The URL is malformed") from None
    pairs = [(name.lower(), value) for name, value in parse_qsl(query, keep_blank_values=True)]
    parameters = dict(pairs)
    if len(parameters) != len(pairs):
        raise InvalidSignature("A parameter occurs twice")
    if parameters.get("x-amz-signedheaders") != "host":
        raise InvalidSignature("X-Amz-SignedHeaders must be host")
    return parameters


def _check_time(parameters: dict[str, str], now: datetime) -> None:
    try:
        signed_at = datetime.strptime(parameters["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        valid_for = timedelta(seconds=int(parameters["x-amz-expires"]))
    except (KeyError, ValueError, OverflowError):
        raise InvalidSignature("X-Amz-Date and X-Amz-Expires are required") from None
    if not timedelta(0) < valid_for <= _LONGEST:
        raise InvalidSignature("X-Amz-Expires must be between 1 and 604800")
    if signed_at > now + _CLOCK_SKEW:
        raise InvalidSignature("X-Amz-Date is in the future")
    if now >= signed_at + valid_for:
        raise InvalidSignature("The request has expired")


def _scope(parameters: dict[str, str], service: str) -> tuple[str, str]:
    """Returns access key and region of the credential, whose other parts have to be those of this request."""
    parts = parameters.get("x-amz-credential", "").split("/")
    if len(parts) != len(("key", "date", "region", "service", "terminator")):
        raise InvalidSignature("X-Amz-Credential is malformed")
    access_key_id, date, region, scope_service, terminator = parts
    if (date, scope_service, terminator) != (parameters["x-amz-date"][:8], service, "aws4_request"):
        raise InvalidSignature("X-Amz-Credential does not have this request's scope")
    return access_key_id, region


def _signature(url: str, auth: SigV4Auth, parameters: dict[str, str]) -> str:
    base, _, query = url.partition("?")
    signed = "&".join(pair for pair in query.split("&") if pair.partition("=")[0].lower() not in _UNSIGNED)
    request = AWSRequest(method="GET", url=f"{base}?{signed}")
    request.context["timestamp"] = parameters["x-amz-date"]
    try:
        canonical = auth.canonical_request(request)
    except ValueError:
        raise InvalidSignature("The URL is malformed") from None
    return str(auth.signature(auth.string_to_sign(request, canonical), request))
