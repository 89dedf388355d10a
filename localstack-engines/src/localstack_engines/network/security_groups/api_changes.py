"""Tells the packet filters that rules, members of groups or endpoints may have changed: after every API call that does.

It does not matter who called: a client, CloudFormation or another service.
"""

from typing import Any

from localstack_engines.network.security_groups.enforcement import filters

_SERVICES = ("apigatewayv2", "ec2", "elasticloadbalancingv2", "elbv2", "kafka", "lambda", "rds")
_READS = ("Describe", "Get", "List", "Search")


def install() -> None:
    """Adds this to LocalStack's handlers of responses."""
    from localstack.aws import handlers

    handlers.run_custom_response_handlers.append(_answered)


def _answered(chain: Any, context: Any, response: Any) -> None:
    service, operation = context.service, context.operation
    if service is None or operation is None or service.service_name not in _SERVICES:
        return
    if not operation.name.startswith(_READS):
        filters.changed()
