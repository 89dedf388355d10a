"""Turns a plain provider object into a LocalStack service.

LocalStack has generated API stubs for its own services only. Here the operations come from botocore's service model:
an operation calls the provider's method of the same name in snake case, with a request that fits the model and has
only members that the service's table (`toolkit/support.py`) knows. Moto answers the operations on the table's list.
Every other operation and member is answered with an error that names it.
"""

import logging
from collections.abc import Callable
from typing import Any

from botocore import xform_name
from localstack.aws.api import CommonServiceException, RequestContext
from localstack.aws.spec import load_service
from localstack.services.moto import call_moto, call_moto_with_request
from localstack.services.plugins import Service, ServiceLifecycleHook

from localstack_engines.toolkit import constraints, unknown_members
from localstack_engines.toolkit.errors import ServiceError
from localstack_engines.toolkit.support import Support

LOG = logging.getLogger(__name__)

Handler = Callable[[RequestContext, dict], Any]


class _Lifecycle(ServiceLifecycleHook):
    """Passes the service's life cycle on to the provider's methods, where it has them."""

    def __init__(self, provider: object) -> None:
        self._provider = provider

    def on_before_start(self) -> None:
        self._call("on_before_start")

    def on_before_stop(self) -> None:
        self._call("on_before_stop")

    def _call(self, name: str) -> None:
        if method := getattr(self._provider, name, None):
            method()


def make_service(name: str, provider: object, support: Support) -> Service:
    """Makes the LocalStack service `name` (botocore's name of the API).

    The provider's methods take `(context, request)` and return the response as a
    dict, both in the API's own spelling. Errors are `CommonServiceException`. A provider with a method `around` gets
    every call, of moto's operations too, as `around(operation, context, request)`.
    """
    from localstack.aws.skeleton import Skeleton

    model = load_service(name)
    table = {operation: _handler(name, operation, provider, support) for operation in model.operation_names}
    service = Service(name=name, skeleton=Skeleton(model, table), lifecycle_hook=_Lifecycle(provider))
    service._provider = provider
    return service


def _handler(service: str, operation: str, provider: object, support: Support) -> Handler:
    own: Handler | None = getattr(provider, xform_name(operation), None)
    around = getattr(provider, "around", _run)
    if own is not None:
        return lambda context, request: around(
            own, context, _honoured(context, _checked(context, request, support), support)
        )
    if operation in support.moto:
        return lambda context, request: around(_moto_alone, context, _checked(context, request, support))
    return lambda context, request: _not_implemented(service, operation, support)


def _run(operation: Handler, context: RequestContext, request: dict) -> Any:
    return operation(context, request)


def _checked(context: RequestContext, request: dict, support: Support) -> dict:
    """Returns the request. Raises the API's error for a bad request when it does not fit the model.

    A member that the model does not have is refused like one that the service's table does not have.
    """
    shape = context.operation.input_shape
    if shape is None:
        return request
    _read_booleans(shape, request)
    if support.missing_error and (name := constraints.missing(shape, request)):
        code, sentence = support.missing_error
        raise ServiceError(code, sentence.format(name))
    if problem := constraints.violation(shape, request):
        raise ServiceError(support.member_error, problem)
    if unknown := unknown_members.find(context.protocol, shape, context.request.data):
        raise _unsupported(context, unknown, support)
    return request


def _read_booleans(shape: Any, request: dict) -> None:
    """Replaces the text of booleans in the query string, which LocalStack's parser of the protocol rest-json leaves."""
    for name, member in shape.members.items():
        in_query = member.type_name == "boolean" and member.serialization.get("location") == "querystring"
        if in_query and request.get(name) in ("true", "false"):
            request[name] = request[name] == "true"


def _moto_alone(context: RequestContext, request: dict) -> Any:
    return call_moto(context)


def _honoured(context: RequestContext, request: dict, support: Support) -> dict:
    """Returns the request. Raises the API's error for a bad request when one of its members cannot be honoured."""
    problem = support.problem(context.operation.input_shape, request) if context.operation.input_shape else None
    if problem is not None:
        raise _unsupported(context, problem, support)
    return request


def _unsupported(context: RequestContext, member: str, support: Support) -> ServiceError:
    service = context.service.service_name
    message = f"{context.operation.name}: {member} is not supported by the local {service} service."
    return ServiceError(support.member_error, message)


def _not_implemented(service: str, operation: str, support: Support) -> None:
    message = f"The operation {operation} is not supported by the local {service} service."
    if reason := support.refused.get(operation):
        message = f"{message[:-1]}: {reason}."
    raise CommonServiceException("NotImplementedException", message, status_code=501)


def moto(context: RequestContext, operation: str, request: dict) -> dict:
    """Calls moto for `operation` of the context's service with `request` as its parameters.

    Raises the service's own errors, and NotImplementedError where moto lacks the operation.
    """
    if context.operation is not None and context.operation.name == operation:
        return dict(call_moto_with_request(context, request) or {})
    other = RequestContext(context.request)
    other.service, other.protocol = context.service, context.protocol
    other.operation = context.service.operation_model(operation)
    other.region, other.account_id, other.partition = context.region, context.account_id, context.partition
    return dict(call_moto_with_request(other, request) or {})
