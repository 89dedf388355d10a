"""The base of all groups of API Gateway v2 operations: the store, the publisher, issuers' keys, and decisions."""

import logging
from collections.abc import Callable
from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.gateway.haproxy.master_socket import CommandFailed
from localstack_engines.gateway.jwks import Issuers
from localstack_engines.gateway.subrequests.lambda_authorizer import LambdaAuthorizers
from localstack_engines.services.apigatewayv2.control.publisher import Publisher
from localstack_engines.services.apigatewayv2.errors import bad_request
from localstack_engines.services.apigatewayv2.store import Store
from localstack_engines.toolkit.dispatch import moto

Request = dict[str, Any]
Response = dict[str, Any]
Operation = Callable[[RequestContext, Request], Response]

LOG = logging.getLogger(__name__)


class Operations:
    """Runs operations. Each change of a record ends with a call of `publisher.publish`."""

    def __init__(
        self, store: Store, publisher: Publisher, issuers: Issuers, lambda_authorizers: LambdaAuthorizers
    ) -> None:
        self.store = store
        self.publisher = publisher
        self.issuers = issuers
        self.lambda_authorizers = lambda_authorizers

    def around(self, operation: Operation, context: RequestContext, request: Request) -> Response:
        """Runs an operation. When HAProxy refuses what it leads to, undoes it and raises BadRequestException.

        HAProxy goes on with the former configuration.
        """
        if context.operation.name.startswith("Get"):
            return operation(context, request)
        saved = self.store.saved(context, request.get("ApiId"))
        try:
            return operation(context, request)
        except CommandFailed as refused:
            LOG.error("HAProxy refuses the configuration after %s: %s", context.operation.name, refused)
            self.store.restore(context, saved)
            raise bad_request(f"The local gateway cannot serve the API after {context.operation.name}") from refused

    def run_and_publish(self, context: RequestContext, operation: str, request: Request) -> Response:
        """Runs moto's operation, publishes the records as they are then, and returns moto's response."""
        response = moto(context, operation, request)
        self.publisher.publish()
        return response
