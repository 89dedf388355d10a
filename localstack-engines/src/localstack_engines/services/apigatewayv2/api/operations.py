"""The base of all groups of API Gateway v2 operations: the store, the publisher, issuers' keys, and decisions."""

import logging
import threading
from collections.abc import Callable
from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.gateway.haproxy.master_socket import CommandFailed
from localstack_engines.gateway.jwks import Issuers
from localstack_engines.gateway.subrequests.lambda_authorizer import LambdaAuthorizers
from localstack_engines.services.apigatewayv2.control.publisher import Publisher
from localstack_engines.services.apigatewayv2.errors import bad_request
from localstack_engines.services.apigatewayv2.store import Store

Request = dict[str, Any]
Response = dict[str, Any]
Operation = Callable[[RequestContext, Request], Response]

LOG = logging.getLogger(__name__)


class Operations:
    """Runs operations one after the other. Each changes records completely or not at all."""

    def __init__(
        self, store: Store, publisher: Publisher, issuers: Issuers, lambda_authorizers: LambdaAuthorizers
    ) -> None:
        self.store = store
        self.publisher = publisher
        self.issuers = issuers
        self.lambda_authorizers = lambda_authorizers
        self._one_by_one = threading.Lock()

    def around(self, operation: Operation, context: RequestContext, request: Request) -> Response:
        """Runs an operation. A change of records is published afterwards, together with those of other callers.

        When HAProxy refuses what the change leads to, it goes on with the former configuration, the change is undone,
        and BadRequestException is raised.
        """
        if context.operation.name.startswith("Get"):
            with self.store.lock:
                return operation(context, request)
        self.prepare(context, request)
        try:
            return self._change(operation, context, request)
        except CommandFailed:
            # It may be due to another caller's change, which was published together with this one.
            with self._one_by_one:
                return self._change_alone(operation, context, request)

    def prepare(self, context: RequestContext, request: Request) -> None:
        """Does what takes time, before the operation, which keeps all others from the records."""

    def _change(self, operation: Operation, context: RequestContext, request: Request) -> Response:
        with self.store.changing(context, request.get("ApiId")) as change:
            response = operation(context, request)
            self._check_is_servable(context, request.get("ApiId") or response.get("ApiId"))
        try:
            self.publisher.publish()
        except Exception:
            # A change that cannot be served, whatever the cause, would fail all that come after it.
            self.store.undo(change)
            raise
        return response

    def _check_is_servable(self, context: RequestContext, api_id: str | None) -> None:
        """Raises BadRequestException for values that HAProxy's configuration cannot have, control characters mostly."""
        if api_id and (problem := self.publisher.problem(api_id)):
            raise bad_request(f"The local gateway cannot serve the API after {context.operation.name}: {problem}")

    def _change_alone(self, operation: Operation, context: RequestContext, request: Request) -> Response:
        try:
            return self._change(operation, context, request)
        except CommandFailed as refused:
            LOG.error("HAProxy refuses the configuration after %s: %s", context.operation.name, refused)
            raise bad_request(f"The local gateway cannot serve the API after {context.operation.name}") from refused
