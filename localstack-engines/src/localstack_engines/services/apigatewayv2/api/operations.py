"""The base of all groups of API Gateway v2 operations: the store, the publisher, and the issuers' keys."""

from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.gateway.jwks import Issuers
from localstack_engines.services.apigatewayv2.control.publisher import Publisher
from localstack_engines.services.apigatewayv2.store import Store
from localstack_engines.toolkit.dispatch import moto

Request = dict[str, Any]
Response = dict[str, Any]


class Operations:
    """Runs operations. Each change of a record ends with a call of `publisher.publish`."""

    def __init__(self, store: Store, publisher: Publisher, issuers: Issuers) -> None:
        self.store = store
        self.publisher = publisher
        self.issuers = issuers

    def run_and_publish(self, context: RequestContext, operation: str, request: Request) -> Response:
        """Runs moto's operation, publishes the records as they are then, and returns moto's response."""
        response = moto(context, operation, request)
        self.publisher.publish()
        return response
