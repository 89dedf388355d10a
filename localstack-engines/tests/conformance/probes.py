"""Probes one operation: a valid request, and requests that a service must refuse."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError

from conformance import values
from conformance.worlds import World

WORKS, REFUSED, ABSENT = "works", "refused", "not implemented"


@dataclass
class Finding:
    """`result` is one of the words above, or "fails: CODE" when the valid request is refused.

    `problems` are the probes that did not get the answer that they should get.
    """

    result: str
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Reply:
    """The answer to a request. `code` is "" when it succeeded."""

    status: int
    code: str
    message: str
    body: dict[str, Any]


def send(client: Any, operation: str, request: dict[str, Any]) -> Reply:
    """Sends a request as it is, valid or not."""
    try:
        body = getattr(client, xform_name(operation))(**request)
    except ClientError as error:
        reply, found = error.response, error.response["Error"]
        return Reply(reply["ResponseMetadata"]["HTTPStatusCode"], found["Code"], found.get("Message", ""), {})
    except BotoCoreError as error:
        return Reply(0, type(error).__name__, str(error), {})
    status = body.pop("ResponseMetadata")["HTTPStatusCode"]
    # A payload is a stream.
    return Reply(status, "", "", {name: item.read() if hasattr(item, "read") else item for name, item in body.items()})


def probe(client: Any, model: Any, operation: str, world: World) -> Finding:
    """Returns what the service does with an operation."""
    described = model.operation_model(operation)
    try:
        request = world.request(operation, described.input_shape)
    except KeyError as missing:
        return Finding(f"fails: no {missing.args[0]} to ask for")
    if operation not in world.implemented:
        return _absent(client, operation, request)
    problems = [] if operation in world.costly else list(_wrong_requests(client, model, operation, request, world))
    reply = send(client, operation, request)
    world.keep(operation, reply.body)
    if reply.code:
        if reply.status not in range(400, 500):
            problems.append(f"valid request: {reply.status} {reply.code}")
        return Finding(f"fails: {reply.code}", problems)
    if described.output_shape is not None:
        problems += [f"output {what}" for what in values.invalid_output(described.output_shape, reply.body)]
    return Finding(WORKS, problems)


def _absent(client: Any, operation: str, request: dict[str, Any]) -> Finding:
    """Returns the finding for an operation that is not the plugin's: moto's record, a refusal, or no answer."""
    reply = send(client, operation, request)
    if not reply.code:
        return Finding(WORKS, ["answered without a place in the service's tables"])
    reason = REFUSED if "service: " in reply.message else ABSENT
    return Finding(reason, [] if reply.status == 501 else [f"{reply.status} {reply.code}"])


def _wrong_requests(client: Any, model: Any, operation: str, request: dict[str, Any], world: World) -> Iterator[str]:
    shape = model.operation_model(operation).input_shape
    if shape is None:
        return
    request = world.renamed(operation, request)
    for name in values.removable(shape):
        yield from _must_fail(client, operation, _without(request, name), f"without {name}")
    if model.metadata["protocol"] != "query":
        for name, value in values.wrong_types(shape):
            yield from _must_fail(client, operation, {**request, name: value}, f"wrong type of {name}")
    for name, value in values.out_of_range(shape):
        yield from _must_fail(client, operation, {**request, name: value}, f"{name}={value}")
    for name in [name for name in request if world.names(name, request[name])]:
        unknown = world.unknown(request[name])
        reply = send(client, operation, {**request, name: unknown})
        if reply.status >= 500:
            yield f"unknown {name}: {reply.status} {reply.code}"


def _must_fail(client: Any, operation: str, request: dict[str, Any], what: str) -> Iterator[str]:
    reply = send(client, operation, request)
    if not reply.code:
        yield f"{what}: accepted"
    elif reply.status >= 500:
        yield f"{what}: {reply.status} {reply.code}"


def _without(request: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in request.items() if key != name}
