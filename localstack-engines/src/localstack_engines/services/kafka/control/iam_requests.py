"""The signed requests with which clients log in through IAM.

OAUTHBEARER's token is a presigned URL of MSK's regional address; AWS_MSK_IAM's payload has the parts of a presigned
URL of the broker. Both ask for kafka-cluster:Connect.

Source: https://github.com/aws/aws-msk-iam-auth, "Details"
"""

import base64
import binascii
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

_PARAMETERS = (
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Date",
    "X-Amz-SignedHeaders",
    "X-Amz-Expires",
    "X-Amz-Security-Token",
    "X-Amz-Signature",
)


class Malformed(ValueError):
    """The text is not such a request; the message says why."""


def url_of_token(token: str, region: str) -> str:
    """Returns the URL that a token holds. Raises Malformed unless it is one for MSK in the region."""
    try:
        url = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode("ascii")
        host = urlsplit(url).hostname
    except (binascii.Error, ValueError):
        raise Malformed("The token is not a URL in base64") from None
    if host != f"kafka.{region}.amazonaws.com":
        raise Malformed(f"The token is not for MSK in {region}")
    return url


def url_of_payload(payload: Mapping[str, Any], host: str) -> str:
    """Returns the URL whose parts are in a payload. Raises Malformed unless it is one for a broker on `host`."""
    if payload.get("host") != host:
        raise Malformed("The payload is for another host")
    given = {name: payload.get(name.lower()) for name in _PARAMETERS}
    if not all(isinstance(value, str) for name, value in given.items() if name != "X-Amz-Security-Token"):
        raise Malformed("The payload lacks a part of the signature")
    pairs = {"Action": payload.get("action"), **{name: value for name, value in given.items() if value is not None}}
    query = "&".join(f"{name}={quote(str(value), safe='-_.~')}" for name, value in pairs.items())
    return f"https://{host}/?{query}"


def scope(url: str) -> tuple[str, str, datetime]:
    """Returns the access key id, the region and the end of a valid presigned URL."""
    parameters = {name.lower(): value for name, value in parse_qsl(urlsplit(url).query)}
    key, _, region, *_ = parameters["x-amz-credential"].split("/")
    signed = datetime.strptime(parameters["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return key, region, signed + timedelta(seconds=int(parameters["x-amz-expires"]))
