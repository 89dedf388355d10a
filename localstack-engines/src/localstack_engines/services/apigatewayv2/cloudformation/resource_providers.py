"""CloudFormation's AWS::ApiGatewayV2 types."""

from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.resource import Failed, Resource


class ApiGatewayResource(Resource):
    """One kind of thing of an API: the properties are the arguments of its API operations.

    ``KIND`` is the operations' noun, ``IDS`` what names one, and ``FIXED`` what only a replacement changes.
    ``RETURNED`` are the fields of the answer that GetAtt and Ref read.
    """

    KIND: str
    IDS: tuple[str, ...]
    FIXED: tuple[str, ...] = ()
    RETURNED: tuple[str, ...] = ()

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model = dict(request.desired_state)
        answer = self.call(request, "create", self.arguments(model))
        return self.done({**model, **self.attributes(answer)})

    def read(self, request: ResourceRequest) -> ProgressEvent:
        model = dict(request.desired_state)
        return self.done({**model, **self.attributes(self.call(request, "get", self.identifiers(model)))})

    def update(self, request: ResourceRequest) -> ProgressEvent:
        before = request.previous_state or {}
        model = {**request.desired_state, **{key: before[key] for key in self.IDS if key in before}}
        changes = {key: value for key, value in self.arguments(model).items() if key not in self.FIXED}
        changes.update(self.cleared(before, model))
        answer = self.call(request, "update", {**changes, **self.identifiers(model)})
        return self.done({**model, **self.attributes(answer)})

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        if all(key in request.desired_state for key in self.IDS):
            self.call(request, "delete", self.identifiers(request.desired_state))
        return self.done({})

    def call(self, request: ResourceRequest, verb: str, arguments: dict[str, Any]) -> dict[str, Any]:
        client = self.client(request, "apigatewayv2")
        answer: dict[str, Any] = getattr(client, f"{verb}_{_snake(self.KIND)}")(**arguments)
        return answer

    def arguments(self, model: dict[str, Any]) -> dict[str, Any]:
        """The model as arguments of the operations."""
        return {key: value for key, value in model.items() if key not in self.RETURNED or key in self.IDS[:-1]}

    def identifiers(self, model: dict[str, Any]) -> dict[str, Any]:
        return {key: model[key] for key in self.IDS}

    def attributes(self, answer: dict[str, Any]) -> dict[str, Any]:
        return {key: answer[key] for key in self.RETURNED if key in answer}

    def cleared(self, before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
        """Arguments that undo what the template no longer says; an update leaves out what it does not name."""
        empty = {"Description": "", "AuthorizationScopes": [], "AuthorizationType": "NONE"}
        return {key: value for key, value in empty.items() if key in before and key not in after}


class Api(ApiGatewayResource):
    TYPE = "AWS::ApiGatewayV2::Api"
    KIND, IDS = "Api", ("ApiId",)
    FIXED = ("ProtocolType", "Tags", "Target", "RouteKey", "CredentialsArn", "FailOnWarnings")
    RETURNED = ("ApiId", "ApiEndpoint", "ExecuteApiArn")

    def call(self, request: ResourceRequest, verb: str, arguments: dict[str, Any]) -> dict[str, Any]:
        answer = super().call(request, verb, arguments)
        if "ApiId" in answer:
            answer["ExecuteApiArn"] = (
                f"arn:aws:execute-api:{request.region_name}:{request.account_id}:{answer['ApiId']}"
            )
        return answer

    def create(self, request: ResourceRequest) -> ProgressEvent:
        for unsupported in ("Body", "BodyS3Location"):
            if unsupported in request.desired_state:
                raise Failed(f"{unsupported} is not supported by the local API Gateway")
        return super().create(request)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        before, after = request.previous_state or {}, request.desired_state
        if "CorsConfiguration" in before and "CorsConfiguration" not in after:
            self.client(request, "apigatewayv2").delete_cors_configuration(ApiId=before["ApiId"])
        self._retag(request)
        return super().update(request)

    def _retag(self, request: ResourceRequest) -> None:
        before, after = (request.previous_state or {}).get("Tags") or {}, request.desired_state.get("Tags") or {}
        client = self.client(request, "apigatewayv2")
        api_id = (request.previous_state or request.desired_state)["ApiId"]
        arn = f"arn:aws:apigateway:{request.region_name}::/apis/{api_id}"
        if gone := sorted(set(before) - set(after)):
            client.untag_resource(ResourceArn=arn, TagKeys=gone)
        if after and after != before:
            client.tag_resource(ResourceArn=arn, Tags=after)

    def arguments(self, model: dict[str, Any]) -> dict[str, Any]:
        # Of no meaning without an OpenAPI document.
        return {k: v for k, v in super().arguments(model).items() if k not in ("BasePath", "FailOnWarnings")}


class Stage(ApiGatewayResource):
    TYPE = "AWS::ApiGatewayV2::Stage"
    PHYSICAL_ID = "/properties/StageName"
    KIND, IDS = "Stage", ("ApiId", "StageName")
    FIXED = ("Tags",)

    def arguments(self, model: dict[str, Any]) -> dict[str, Any]:
        unsupported = ("AccessPolicyId", "ClientCertificateId")
        return {key: value for key, value in model.items() if key not in unsupported}

    def update(self, request: ResourceRequest) -> ProgressEvent:
        before, after = request.previous_state or {}, request.desired_state
        client, ids = self.client(request, "apigatewayv2"), self.identifiers(before or after)
        if "AccessLogSettings" in before and "AccessLogSettings" not in after:
            client.delete_access_log_settings(**ids)
        for key in set(before.get("RouteSettings") or {}) - set(after.get("RouteSettings") or {}):
            client.delete_route_settings(**ids, RouteKey=key)
        return super().update(request)

    def cleared(self, before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
        gone = set(before.get("StageVariables") or {}) - set(after.get("StageVariables") or {})
        variables = {**dict.fromkeys(gone, ""), **(after.get("StageVariables") or {})}
        changes: dict[str, Any] = {"StageVariables": variables} if variables else {}
        if "DefaultRouteSettings" in before and "DefaultRouteSettings" not in after:
            changes["DefaultRouteSettings"] = {}
        return {**super().cleared(before, after), **changes}


class Route(ApiGatewayResource):
    TYPE = "AWS::ApiGatewayV2::Route"
    PHYSICAL_ID = "/properties/RouteId"
    KIND, IDS, RETURNED = "Route", ("ApiId", "RouteId"), ("RouteId",)


class Integration(ApiGatewayResource):
    TYPE = "AWS::ApiGatewayV2::Integration"
    PHYSICAL_ID = "/properties/IntegrationId"
    KIND, IDS, RETURNED = "Integration", ("ApiId", "IntegrationId"), ("IntegrationId",)

    def arguments(self, model: dict[str, Any]) -> dict[str, Any]:
        arguments = super().arguments(model)
        if "ResponseParameters" in arguments:
            arguments["ResponseParameters"] = {
                status: {item["Destination"]: item["Source"] for item in group.get("ResponseParameters", [])}
                for status, group in arguments["ResponseParameters"].items()
            }
        return arguments

    def cleared(self, before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
        changes = super().cleared(before, after)
        gone = set(before.get("RequestParameters") or {}) - set(after.get("RequestParameters") or {})
        if gone:
            changes["RequestParameters"] = {**dict.fromkeys(gone, ""), **(after.get("RequestParameters") or {})}
        statuses = set(before.get("ResponseParameters") or {}) - set(after.get("ResponseParameters") or {})
        if statuses:
            changes["ResponseParameters"] = {
                **{status: {} for status in statuses},
                **self.arguments(after).get("ResponseParameters", {}),
            }
        return changes


class Authorizer(ApiGatewayResource):
    TYPE = "AWS::ApiGatewayV2::Authorizer"
    PHYSICAL_ID = "/properties/AuthorizerId"
    KIND, IDS, RETURNED = "Authorizer", ("ApiId", "AuthorizerId"), ("AuthorizerId",)


class VpcLink(ApiGatewayResource):
    TYPE = "AWS::ApiGatewayV2::VpcLink"
    PHYSICAL_ID = "/properties/VpcLinkId"
    KIND, IDS, RETURNED = "VpcLink", ("VpcLinkId",), ("VpcLinkId",)
    FIXED = ("SecurityGroupIds", "SubnetIds", "Tags")

    def create(self, request: ResourceRequest) -> ProgressEvent:
        """Done when the link is AVAILABLE."""
        model = request.desired_state
        if "VpcLinkId" not in model:
            model = super().create(request).resource_model
        status = self.call(request, "get", self.identifiers(model))["VpcLinkStatus"]
        return self.done(model) if status == "AVAILABLE" else self.wait(request, model)


class Deployment(ApiGatewayResource):
    TYPE = "AWS::ApiGatewayV2::Deployment"
    PHYSICAL_ID = "/properties/DeploymentId"
    KIND, IDS, RETURNED = "Deployment", ("ApiId", "DeploymentId"), ("DeploymentId",)
    FIXED = ("StageName",)


def _snake(noun: str) -> str:
    return "vpc_link" if noun == "VpcLink" else noun.lower()


RESOURCE_PROVIDERS: dict[str, type[Resource]] = {
    provider.TYPE: provider for provider in (Api, Stage, Route, Integration, Authorizer, VpcLink, Deployment)
}
