"""AWS::Lambda::Alias, with updates: a deployment moves the alias to the new version."""

from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import to_request
from localstack_engines.cloudformation.resource import Failed, Resource

_OWN = ("AliasArn", "ProvisionedConcurrencyConfig", "RoutingConfig")


class Alias(Resource):
    TYPE = "AWS::Lambda::Alias"
    DEFAULTS = {"Description": "", "RoutingConfig": {}}
    RESET = ("ProvisionedConcurrencyConfig",)

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model, client = request.desired_state, self.client(request, "lambda")
        if not model.get("AliasArn"):
            model["AliasArn"] = client.create_alias(**_arguments(client, "CreateAlias", model))["AliasArn"]
        return self._provision(request, client, model)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        model, client = request.desired_state, self.client(request, "lambda")
        if not request.custom_context:
            model["AliasArn"] = request.previous_state["AliasArn"]
            client.update_alias(**_arguments(client, "UpdateAlias", model))
        return self._provision(request, client, model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        model, client = request.desired_state, self.client(request, "lambda")
        client.delete_alias(FunctionName=model["FunctionName"], Name=model["Name"])
        return self.done({})

    def _provision(self, request: ResourceRequest, client: Any, model: dict[str, Any]) -> ProgressEvent:
        """Asks for provisioned concurrency, and waits for it."""
        alias = {"FunctionName": model["FunctionName"], "Qualifier": model["Name"]}
        config = model.get("ProvisionedConcurrencyConfig")
        if not config:
            if (request.previous_state or {}).get("ProvisionedConcurrencyConfig"):
                client.delete_provisioned_concurrency_config(**alias)
            return self.done(model)
        if not request.custom_context.get("provisioning"):
            arguments = to_request(client, "PutProvisionedConcurrencyConfig", {**alias, **config})
            client.put_provisioned_concurrency_config(**arguments)
            return self.wait(request, model, provisioning=True)
        state = client.get_provisioned_concurrency_config(**alias)
        if state["Status"] == "FAILED":
            raise Failed(state.get("StatusReason") or "The provisioned concurrency failed")
        return self.done(model) if state["Status"] == "READY" else self.wait(request, model)


def _arguments(client: Any, operation: str, model: dict[str, Any]) -> dict[str, Any]:
    """Returns the arguments. Templates list the weights of other versions, and the API maps them by version."""
    weights = (model.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or []
    routing = {"AdditionalVersionWeights": {each["FunctionVersion"]: each["FunctionWeight"] for each in weights}}
    properties = {name: value for name, value in model.items() if name not in _OWN}
    if weights or operation == "UpdateAlias":
        properties["RoutingConfig"] = routing
    return to_request(client, operation, properties)
