"""AWS::ApiGatewayV2::Api.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-api.html
"""

import json
from typing import Any

import yaml
from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import is_true
from localstack_engines.cloudformation.resource import INVALID, Failed
from localstack_engines.services.apigatewayv2.cloudformation.api_gateway_resource import ApiGatewayResource

_DOCUMENT = ("Body", "BodyS3Location")


class Api(ApiGatewayResource):
    """An API whose contents other resources are, or an OpenAPI definition in the template or a bucket.

    A changed definition is imported in place of all contents, as on AWS.
    """

    TYPE = "AWS::ApiGatewayV2::Api"
    KIND, IDS = "Api", ("ApiId",)
    TAGGED = "/apis/{ApiId}"
    DEFAULTS = {
        "ApiKeySelectionExpression": "$request.header.x-api-key",
        "Description": "",
        "DisableExecuteApiEndpoint": False,
        "DisableSchemaValidation": False,
        "IpAddressType": "ipv4",
        "RouteSelectionExpression": "$request.method $request.path",
        "Version": "",
    }
    RESET = ("BasePath", "CorsConfiguration", "FailOnWarnings", "Name", "Tags")
    FIXED = ("CredentialsArn", "RouteKey", "Target")
    RETURNED = ("ApiId", "ApiEndpoint", "ExecuteApiArn")
    # These belong to the import of a definition.
    IGNORED = ("BasePath", "FailOnWarnings", *_DOCUMENT)

    def create(self, request: ResourceRequest) -> ProgressEvent:
        if not any(name in request.desired_state for name in _DOCUMENT):
            return super().create(request)
        if unused := [name for name in ("RouteKey", "Target") if name in request.desired_state]:
            raise Failed(f"{unused[0]} cannot be used together with an OpenAPI definition", INVALID)
        made = self.client(request, "apigatewayv2").import_api(**self._import(request))
        # A rollback deletes the API when it cannot be updated.
        request.desired_state["ApiId"] = made["ApiId"]
        ignored = {*self._read_only(), *self._only_at_creation(), "Tags"} - {"ApiId"}
        returned = self.call(request, "Update", request.desired_state, ignored)
        return self.done({**request.desired_state, **self.attributes(request, returned)})

    def update(self, request: ResourceRequest) -> ProgressEvent:
        previous, after = request.previous_state or {}, request.desired_state
        client = self.client(request, "apigatewayv2")
        if previous.get("CorsConfiguration") and not after.get("CorsConfiguration"):
            client.delete_cors_configuration(ApiId=previous["ApiId"])
        is_unnamed = bool(previous.get("Name")) and not after.get("Name")
        if not any(name in after for name in _DOCUMENT):
            if is_unnamed:
                raise Failed("Name is a required parameter", INVALID)
        elif is_unnamed or any(previous.get(name) != after.get(name) for name in (*_DOCUMENT, "BasePath")):
            client.reimport_api(ApiId=previous["ApiId"], **self._import(request))
        return super().update(request)

    def attributes(self, request: ResourceRequest, returned: dict[str, Any]) -> dict[str, Any]:
        arn = f"arn:aws:execute-api:{request.region_name}:{request.account_id}:{returned['ApiId']}"
        return super().attributes(request, {**returned, "ExecuteApiArn": arn})

    def _import(self, request: ResourceRequest) -> dict[str, Any]:
        """Returns the members of an import that the properties describe."""
        model = request.desired_state
        document = self._document(request)
        # An import has no member for tags.
        tags = [
            {"name": key, "x-amazon-apigateway-tag-value": value} for key, value in (model.get("Tags") or {}).items()
        ]
        if tags:
            document = {**document, "tags": [*(document.get("tags") or []), *tags]}
        return {
            "Body": json.dumps(document, default=str),
            "Basepath": model.get("BasePath") or "ignore",
            "FailOnWarnings": is_true(model.get("FailOnWarnings")),
        }

    def _document(self, request: ResourceRequest) -> dict[str, Any]:
        """Returns the OpenAPI definition. Raises Failed when it is none, or there are two."""
        model = request.desired_state
        if all(name in model for name in _DOCUMENT):
            raise Failed("Body and BodyS3Location cannot be used together", INVALID)
        document = model["Body"] if "Body" in model else self._stored(request, model["BodyS3Location"])
        if isinstance(document, str):
            try:
                document = yaml.safe_load(document)
            except yaml.YAMLError as error:
                raise Failed(f"Unable to parse API definition: {error}", INVALID) from None
        if not isinstance(document, dict):
            raise Failed("Unable to parse API definition: it is not an object", INVALID)
        return document

    def _stored(self, request: ResourceRequest, location: dict[str, str]) -> str:
        if not location.get("Bucket") or not location.get("Key"):
            raise Failed("BodyS3Location needs a Bucket and a Key", INVALID)
        version = {"VersionId": location["Version"]} if location.get("Version") else {}
        found = self.client(request, "s3").get_object(Bucket=location["Bucket"], Key=location["Key"], **version)
        if location.get("Etag") and location["Etag"].strip('"') != found["ETag"].strip('"'):
            raise Failed(f"The object {location['Key']} has another ETag than {location['Etag']}", INVALID)
        return str(found["Body"].read().decode())
