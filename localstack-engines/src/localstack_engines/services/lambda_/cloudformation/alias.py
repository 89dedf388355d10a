"""AWS::Lambda::Alias: an update points the alias to another version, as a new deployment of a SAM function does.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-alias.html
"""

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import to_request
from localstack_engines.cloudformation.resource import Failed, Resource

_MEMBERS_OF_WEIGHTS = ("FunctionVersion", "FunctionWeight")


class Alias(Resource):
    TYPE = "AWS::Lambda::Alias"
    RESET = ("Description", "RoutingConfig")

    def create(self, request: ResourceRequest) -> ProgressEvent:
        return self._put(request, "CreateAlias")

    def update(self, request: ResourceRequest) -> ProgressEvent:
        return self._put(request, "UpdateAlias")

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state
        self.client(request, "lambda").delete_alias(FunctionName=model["FunctionName"], Name=model["Name"])
        return self.done({})

    def _put(self, request: ResourceRequest, operation: str) -> ProgressEvent:
        client, model = self.client(request, "lambda"), request.desired_state
        if model.get("ProvisionedConcurrencyConfig"):
            raise Failed("Not supported by the local Lambda service: ProvisionedConcurrencyConfig")
        weights = (model.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or []
        version, weight = _MEMBERS_OF_WEIGHTS
        properties = {
            **{name: model[name] for name in ("FunctionName", "FunctionVersion", "Name")},
            "Description": model.get("Description") or "",
            "RoutingConfig": {"AdditionalVersionWeights": {item[version]: item[weight] for item in weights}},
        }
        call = getattr(client, "create_alias" if operation == "CreateAlias" else "update_alias")
        model["AliasArn"] = call(**to_request(client, operation, properties))["AliasArn"]
        return self.done(model)
