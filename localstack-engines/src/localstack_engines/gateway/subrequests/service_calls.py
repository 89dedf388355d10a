"""AWS service integrations: one request becomes one call of a service's API.

A parameter that the request does not give, or gives without a value, is answered with 400, and a call that the service
refuses with 500: LocalStack's tests of Kinesis integrations have seen both at AWS.
"""

import base64
import json
import logging
from functools import cache
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from localstack_engines.gateway.model import ServiceCall
from localstack_engines.gateway.service_actions import ACTIONS, ServiceAction
from localstack_engines.gateway.subrequests.events import Call
from localstack_engines.gateway.subrequests.messages import Refused, Reply
from localstack_engines.gateway.subrequests.parameters import evaluate

LOG = logging.getLogger(__name__)

_PASSED_ON = ("content-type", "x-amzn-requestid", "x-amz-id-2")
_PROTOCOLS = {"sqs": "query"}
"""The protocol of a service's answer where it is not the first one of its model."""


class ServiceFailed(Exception):
    """The service refused the call, or a parameter has no form that its API takes."""


def answer(integration: ServiceCall, call: Call, gateway_address: str) -> Reply:
    """Calls the service and returns its answer. Raises Refused, and ServiceFailed."""
    values = {name: evaluate(text, call) for name, text in integration.parameters}
    if empty := sorted(name for name, value in values.items() if value in (None, "")):
        LOG.warning("%s: the request gives no value for %s", integration.subtype, ", ".join(empty))
        raise Refused(HTTPStatus.BAD_REQUEST, "Bad Request")
    region = str(values.pop("Region", call.region))
    action = ACTIONS[integration.subtype]
    try:
        request = _signed(action, values, f"http://{gateway_address}", call.account, region)
    except (ValueError, TypeError, AttributeError) as problem:
        raise ServiceFailed(f"{integration.subtype}: {problem}") from None
    response = _session().send(request)
    if response.status_code != HTTPStatus.OK:
        raise ServiceFailed(f"{integration.subtype} was answered with {response.status_code}: {response.text[:1000]}")
    headers = [(name, response.headers[name]) for name in _PASSED_ON if name in response.headers]
    return Reply(response.status_code, headers, response.content)


def arguments(shape: Any, values: dict[str, Any]) -> dict[str, Any]:
    """Returns the members of a request. Raises ValueError, TypeError or AttributeError for a value without such a form.

    `shape` is botocore's structure. Some services begin the names of members in lower case.
    """
    members = {name.lower(): name for name in shape.members}
    named = {members[name.lower()]: value for name, value in values.items()}
    return {name: _argument(shape.members[name], value) for name, value in named.items()}


def _argument(shape: Any, value: Any) -> Any:
    if shape.type_name in ("structure", "map"):
        return json.loads(value) if isinstance(value, str) else value
    if shape.type_name == "list":
        return _items(value)
    if shape.type_name in ("integer", "long"):
        return int(value)
    if shape.type_name == "blob":
        # As in JSON, the value is in base64. botocore encodes it again.
        return base64.b64decode(value, validate=True)
    return value if isinstance(value, str) else json.dumps(value)


def _items(value: Any) -> list[Any]:
    """Returns a list: one in JSON, or one item."""
    if isinstance(value, str) and value.startswith("["):
        value = json.loads(value)
    return value if isinstance(value, list) else [value]


def _signed(action: ServiceAction, values: dict[str, Any], url: str, account: str, region: str) -> Any:
    """Returns the request of an action to the API at a URL."""
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials
    from botocore.serialize import create_serializer
    from localstack.aws.spec import load_service

    model = load_service(action.service, protocol=_PROTOCOLS.get(action.service))
    operation = model.operation_model(action.operation)
    shape = operation.input_shape
    if action.entries:
        members = {action.entries: [arguments(shape.members[action.entries].member, values)]}
    else:
        members = arguments(shape, values)
    made = create_serializer(model.metadata["protocol"]).serialize_to_request(members, operation)
    body = urlencode(made["body"]) if isinstance(made["body"], dict) else made["body"]
    request = AWSRequest(made["method"], url + made["url_path"], headers=made["headers"], data=body)
    # The account is the access key: that is how LocalStack knows whose resources are meant.
    SigV4Auth(Credentials(account, "none"), model.signing_name, region).add_auth(request)
    return request.prepare()


@cache
def _session() -> Any:
    from botocore.httpsession import URLLib3Session

    # HAProxy ends an integration after 30 seconds at most.
    return URLLib3Session(timeout=35, max_pool_connections=50)
