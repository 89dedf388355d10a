"""Checks of AWS service integrations. Each raises an error with AWS's code."""

from localstack_engines.gateway.service_actions import ACTIONS
from localstack_engines.gateway.subrequests.parameters import UnknownParameter, check
from localstack_engines.services.apigatewayv2.errors import bad_request

_ELSEWHERE = {"AppConfig-GetConfiguration": "LocalStack's core has no AppConfig"}


def check_service_integration(integration: dict) -> None:
    """Checks the integration with its subtype's parameters: required ones, unknown ones, and their expressions."""
    subtype = integration["IntegrationSubtype"]
    if integration.get("IntegrationType") != "AWS_PROXY":
        raise bad_request("IntegrationSubtype is supported for the integration type AWS_PROXY only")
    if reason := _ELSEWHERE.get(subtype):
        raise bad_request(f"The integration subtype {subtype} is not supported by the local API Gateway: {reason}")
    if subtype not in ACTIONS:
        raise bad_request(f"Invalid integration subtype {subtype}. Must be one of {', '.join(ACTIONS)}")
    if integration.get("PayloadFormatVersion", "1.0") != "1.0":
        raise bad_request(f"PayloadFormatVersion of the integration subtype {subtype} must be 1.0")
    if integration.get("IntegrationUri"):
        raise bad_request("IntegrationUri must not be specified for an integration with a subtype")
    if integration.get("ConnectionType") == "VPC_LINK":
        raise bad_request("VPC links are not supported for an integration with a subtype")
    if not integration.get("CredentialsArn"):
        raise bad_request(f"CredentialsArn is a required parameter for the integration subtype {subtype}")
    _check_parameters(subtype, integration.get("RequestParameters") or {})


def _check_parameters(subtype: str, parameters: dict[str, str]) -> None:
    action = ACTIONS[subtype]
    if missing := sorted(action.required - parameters.keys()):
        raise bad_request(f"Parameter {missing[0]} is required for the integration subtype {subtype}")
    if unknown := sorted(parameters.keys() - action.required - action.optional):
        raise bad_request(f"Parameter {unknown[0]} is not valid for the integration subtype {subtype}")
    for value in parameters.values():
        try:
            check(value)
        except UnknownParameter as error:
            raise bad_request(f"Invalid mapping expression specified: {error}") from None
