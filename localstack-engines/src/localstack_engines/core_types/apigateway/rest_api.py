"""AWS::ApiGateway::RestApi: an update imports the new definition into the same API.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-restapi.html
"""

import json
from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import json_text
from localstack_engines.cloudformation.resource import Failed
from localstack_engines.core_types.apigateway.patches import changed, escaped, remove
from localstack_engines.core_types.apigateway.tags import update_resource_tags
from localstack_engines.core_types.core_class import ResourceOfCore

_PATHS = (
    ("Name", "/name"),
    ("Description", "/description"),
    ("MinimumCompressionSize", "/minimumCompressionSize"),
    ("ApiKeySourceType", "/apiKeySource"),
    ("DisableExecuteApiEndpoint", "/disableExecuteApiEndpoint"),
)


class RestApi(ResourceOfCore):
    TYPE = "AWS::ApiGateway::RestApi"
    CORE = "apigateway.resource_providers.aws_apigateway_restapi:ApiGatewayRestApiProvider"
    DEFAULTS = {"ApiKeySourceType": "HEADER", "DisableExecuteApiEndpoint": False}
    RESET = (
        "BinaryMediaTypes",
        "Body",
        "BodyS3Location",
        "Description",
        "FailOnWarnings",
        "Mode",
        "Name",
        "Parameters",
        "Policy",
        "Tags",
    )
    FIXED = ("CloneFrom", "EndpointAccessMode", "EndpointConfiguration", "MinimumCompressionSize", "SecurityPolicy")

    def create(self, request: ResourceRequest) -> ProgressEvent:
        _refuse_authorizers(request.desired_state.get("Body"))
        return super().create(request)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        client, model, previous = self.client(request, "apigateway"), request.desired_state, request.previous_state
        _refuse_authorizers(model.get("Body"))
        api_id = model["RestApiId"] = previous["RestApiId"]
        model["RootResourceId"] = previous["RootResourceId"]
        model.setdefault("Name", previous["Name"])
        if (model.get("Body") or model.get("BodyS3Location")) and _definition_changed(model, previous):
            self._import(request, client)
        patches = changed(_PATHS, model, previous) + _media_types(model, previous)
        if model.get("Policy") != previous.get("Policy"):
            policy = json_text(model["Policy"]) if model.get("Policy") else ""
            patches += [{"op": "replace", "path": "/policy", "value": policy}]
        if patches:
            client.update_rest_api(restApiId=api_id, patchOperations=patches)
        update_resource_tags(client, request, f"/restapis/{api_id}")
        return self.done(model)

    def _import(self, request: ResourceRequest, client: Any) -> None:
        """Imports the definition over the present one, or merges it in if the template says so."""
        model = request.desired_state
        body = model.get("Body")
        if body is None:
            location = model["BodyS3Location"]
            names = {"Bucket": "Bucket", "Key": "Key", "Version": "VersionId"}
            where = {argument: location[name] for name, argument in names.items() if location.get(name)}
            body = self.client(request, "s3").get_object(**where)["Body"].read().decode()
        client.put_rest_api(
            restApiId=model["RestApiId"],
            mode=model.get("Mode") or "overwrite",
            failOnWarnings=bool(model.get("FailOnWarnings")),
            parameters={"basepath": "ignore", **(model.get("Parameters") or {})},
            body=(body if isinstance(body, str) else json.dumps(body)).encode(),
        )


def _refuse_authorizers(body: Any) -> None:
    """Raises Failed for a definition with authorizers: LocalStack would let every request pass."""
    text = body if isinstance(body, str) else json.dumps(body or {})
    if "x-amazon-apigateway-authorizer" in text:
        raise Failed("The local REST APIs do not call authorizers. Use an HTTP API (AWS::ApiGatewayV2::Api) for them")


def _definition_changed(model: dict[str, Any], previous: dict[str, Any]) -> bool:
    return any(model.get(name) != previous.get(name) for name in ("Body", "BodyS3Location", "Mode", "Parameters"))


def _media_types(model: dict[str, Any], previous: dict[str, Any]) -> list[dict[str, str]]:
    old, new = set(previous.get("BinaryMediaTypes") or ()), set(model.get("BinaryMediaTypes") or ())
    return [remove(f"/binaryMediaTypes/{escaped(name)}") for name in sorted(old - new)] + [
        {"op": "add", "path": f"/binaryMediaTypes/{escaped(name)}"} for name in sorted(new - old)
    ]
