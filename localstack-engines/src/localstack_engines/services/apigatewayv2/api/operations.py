"""What the groups of operations share."""

from typing import Any

from localstack_engines.gateway.jwks import Issuers
from localstack_engines.services.apigatewayv2.control.publisher import Publisher
from localstack_engines.toolkit.dispatch import moto


class Operations:
    """A group of operations, by default all those on one kind of resource."""

    def __init__(self, publisher: Publisher, issuers: Issuers) -> None:
        self._publisher = publisher
        self._issuers = issuers

    def _run_and_publish(self, context: Any, operation: str, request: dict) -> dict:
        """Runs moto's operation, publishes the records as they are then, and returns moto's response."""
        response = moto(context, operation, request)
        self._publisher.publish()
        return response
