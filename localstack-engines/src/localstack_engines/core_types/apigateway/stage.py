"""AWS::ApiGateway::Stage: an update points the stage to another deployment.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-stage.html
"""

from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.resource import Failed
from localstack_engines.core_types.apigateway.patches import Patch, changed, escaped, remove, replace
from localstack_engines.core_types.apigateway.tags import update_resource_tags
from localstack_engines.core_types.core_class import ResourceOfCore

_PATHS = (
    ("DeploymentId", "/deploymentId"),
    ("Description", "/description"),
    ("DocumentationVersion", "/documentationVersion"),
    ("TracingEnabled", "/tracingEnabled"),
)
_LOG_PATHS = (("DestinationArn", "/accessLogSettings/destinationArn"), ("Format", "/accessLogSettings/format"))
_METHOD_PATHS = {
    "CacheDataEncrypted": "caching/dataEncrypted",
    "CacheTtlInSeconds": "caching/ttlInSeconds",
    "CachingEnabled": "caching/enabled",
    "DataTraceEnabled": "logging/dataTrace",
    "LoggingLevel": "logging/loglevel",
    "MetricsEnabled": "metrics/enabled",
    "ThrottlingBurstLimit": "throttling/burstLimit",
    "ThrottlingRateLimit": "throttling/rateLimit",
}


class Stage(ResourceOfCore):
    TYPE = "AWS::ApiGateway::Stage"
    CORE = "apigateway.resource_providers.aws_apigateway_stage:ApiGatewayStageProvider"
    DEFAULTS = {"TracingEnabled": False}
    RESET = ("AccessLogSetting", "Description", "DocumentationVersion", "MethodSettings", "Tags", "Variables")
    FIXED = ("CacheClusterEnabled", "CacheClusterSize", "CanarySetting", "ClientCertificateId")

    def create(self, request: ResourceRequest) -> ProgressEvent:
        if names := [name for name in ("CanarySetting", "ClientCertificateId") if request.desired_state.get(name)]:
            raise Failed(f"Not supported by the local API Gateway: {', '.join(names)}")
        event = super().create(request)
        self.created(request)
        self._patch(request, _settings(event.resource_model, {}))
        return event

    def update(self, request: ResourceRequest) -> ProgressEvent:
        model, previous = request.desired_state, request.previous_state
        model["StageName"] = previous["StageName"]
        patches = changed(_PATHS, model, previous) + _variables(model, previous) + _settings(model, previous)
        self._patch(request, patches)
        stage = f"/restapis/{model['RestApiId']}/stages/{model['StageName']}"
        update_resource_tags(self.client(request, "apigateway"), request, stage)
        return self.done(model)

    def _patch(self, request: ResourceRequest, patches: list[Patch]) -> None:
        model = request.desired_state
        if patches:
            self.client(request, "apigateway").update_stage(
                restApiId=model["RestApiId"], stageName=model["StageName"], patchOperations=patches
            )


def _variables(model: dict[str, Any], previous: dict[str, Any]) -> list[Patch]:
    old, new = previous.get("Variables") or {}, model.get("Variables") or {}
    return [remove(f"/variables/{name}") for name in sorted(old.keys() - new.keys())] + [
        replace(f"/variables/{name}", value) for name, value in new.items() if old.get(name) != value
    ]


def _settings(model: dict[str, Any], previous: dict[str, Any]) -> list[Patch]:
    """Returns the changes of the access log and of the settings of methods."""
    old_log, new_log = previous.get("AccessLogSetting") or {}, model.get("AccessLogSetting") or {}
    log = [remove("/accessLogSettings")] if old_log and not new_log else changed(_LOG_PATHS, new_log, old_log)
    old, new = _method_settings(previous), _method_settings(model)
    return [
        *log,
        *(remove(f"/{key}") for key in sorted({_method(path) for path in old} - {_method(path) for path in new})),
        *(replace(f"/{path}", value) for path, value in new.items() if old.get(path) != value),
    ]


def _method(path: str) -> str:
    return "/".join(path.split("/")[:2])


def _method_settings(model: dict[str, Any]) -> dict[str, Any]:
    """Returns the settings of methods by their path, for example `*/*/metrics/enabled`."""
    found = {}
    for setting in model.get("MethodSettings") or []:
        resource = setting.get("ResourcePath") or "/*"
        # `/*` means all resources, and is the only path whose slash has no escape.
        segment = "*" if resource in ("/*", "*") else escaped(resource)
        for name, path in _METHOD_PATHS.items():
            if setting.get(name) is not None:
                found[f"{segment}/{setting.get('HttpMethod') or '*'}/{path}"] = setting[name]
    return found
