"""Lambda proxy integrations: one request becomes one invocation.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

import base64
import binascii
import json
import logging
import re
from typing import Any

from localstack_engines.gateway import stage_variables
from localstack_engines.gateway.subrequests import events
from localstack_engines.gateway.subrequests.events import Call
from localstack_engines.gateway.subrequests.messages import Reply

LOG = logging.getLogger(__name__)

_INVOCATION = re.compile(r".*:lambda:path/[\d-]+/functions/(?P<arn>arn:[^/]+)/invocations")


class FunctionFailed(Exception):
    """The function raised an error, does not exist, or did not return a valid response."""


class FunctionNotInvoked(FunctionFailed):
    """The function does not exist, or Lambda did not run it."""


def function_arn(uri: str, variables: dict[str, str]) -> str:
    """Returns the ARN of the function in the URI of an integration or authorizer, which has one of two forms."""
    uri = stage_variables.resolve(uri, variables)
    found = _INVOCATION.fullmatch(uri)
    return found["arn"] if found else uri


def invoke(arn: str, event: dict) -> Any:
    """Invokes the function and returns its result. Raises FunctionFailed, or FunctionNotInvoked."""
    from botocore.exceptions import BotoCoreError, ClientError
    from localstack.aws.connect import connect_to

    _, _, _, region, account, *_ = arn.split(":")
    client = connect_to(aws_access_key_id=account, region_name=region).lambda_
    try:
        answer = client.invoke(FunctionName=arn, Payload=json.dumps(event))
        payload = answer["Payload"].read()
        if answer.get("FunctionError"):
            raise FunctionFailed(payload.decode(errors="replace"))
        return json.loads(payload or b"null")
    except (ClientError, BotoCoreError) as error:
        raise FunctionNotInvoked(str(error)) from None
    except ValueError as error:
        raise FunctionFailed(str(error)) from None


def proxy(arn: str, version: str, call: Call) -> Reply:
    """Invokes the function for a request and returns its result as an HTTP response. Raises FunctionFailed."""
    if version == "1.0":
        return _reply_1(invoke(arn, events.version_1(call)))
    return _reply_2(invoke(arn, events.version_2(call)))


def _reply_2(result: Any) -> Reply:
    if not isinstance(result, dict) or "statusCode" not in result:
        # A result without a status is the body of a 200.
        body = result if isinstance(result, str) else json.dumps(result)
        return Reply(200, [("content-type", "application/json")], body.encode())
    cookies = [("set-cookie", str(cookie)) for cookie in result.get("cookies") or []]
    headers = _headers(result.get("headers")) + cookies
    return _reply(result, headers, "text/plain;charset=UTF-8")


def _reply_1(result: Any) -> Reply:
    if not isinstance(result, dict) or "statusCode" not in result:
        raise FunctionFailed("the response has no statusCode")
    multiple = result.get("multiValueHeaders") or {}
    headers = [(key.lower(), str(value)) for key, values in multiple.items() for value in values or []]
    named = {key for key, _ in headers}
    headers += [(key, value) for key, value in _headers(result.get("headers")) if key not in named]
    return _reply(result, headers, "text/plain;charset=UTF-8")


def _reply(result: dict, headers: list[tuple[str, str]], default_media: str) -> Reply:
    try:
        status = int(result["statusCode"])
        body = result.get("body")
        text = "" if body is None else body if isinstance(body, str) else json.dumps(body)
        content = base64.b64decode(text, validate=True) if result.get("isBase64Encoded") else text.encode()
    except (TypeError, ValueError, binascii.Error) as error:
        raise FunctionFailed(str(error)) from None
    # A status below 200 announces another response, which would not follow.
    if not 200 <= status <= 599:
        raise FunctionFailed(f"status {status}")
    if content and not any(key == "content-type" for key, _ in headers):
        headers = [*headers, ("content-type", default_media)]
    return Reply(status, headers, content)


def _headers(given: Any) -> list[tuple[str, str]]:
    if given is None:
        return []
    if not isinstance(given, dict):
        raise FunctionFailed("headers is not an object")
    return [(key.lower(), _text(value)) for key, value in given.items()]


def _text(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    if any(character in text for character in "\r\n\0"):
        raise FunctionFailed("a header contains a line break")
    return text
