"""The public HTTP API: the API itself, its stage, and the two ways in which its routes are answered.

Written with L1 constructs: the API is in the identity stack, most of its routes in the api stack, and the L2 constructs
would put routes where the API is and the authorizer before the discovery routes that AWS reads while creating it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from aws_cdk import Aws
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from cdk_app.config import StageConfig
from cdk_app.constructs.log_group import log_group
from services.contracts.routes import Route

# Whose request, which route, how it went: no paths, queries or bodies, for those name patients.
ACCESS_LOG_FIELDS = {
    "requestId": "$context.requestId",
    "time": "$context.requestTime",
    "ip": "$context.identity.sourceIp",
    "route": "$context.routeKey",
    "status": "$context.status",
    "bytes": "$context.responseLength",
    "milliseconds": "$context.responseLatency",
    "authorizerError": "$context.authorizer.error",
    "integrationError": "$context.integrationErrorMessage",
}


class HttpApi(Construct):
    """The API and its `$default` stage, which deploys every change by itself, throttles and logs."""

    def __init__(self, scope: Construct, construct_id: str, *, config: StageConfig, key: kms.IKey | None) -> None:
        super().__init__(scope, construct_id)
        self._api = apigateway.CfnApi(
            self,
            "Api",
            name=config.prefix,
            protocol_type="HTTP",
            description="Patient Management System",
            # LocalStack gives the API this id, so that its URLs are known in advance; to AWS it is a tag.
            tags={"_custom_id_": config.prefix},
        )
        group = log_group(self, "LogGroup", name=f"/{config.prefix}/api", config=config, key=key)
        self.stage = self._stage(config, group)

    @property
    def id(self) -> str:
        return self._api.ref

    @property
    def endpoint(self) -> str:
        """The API's own URL, without a slash at its end; also the issuer of the system's tokens."""
        return self._api.attr_api_endpoint

    def _stage(self, config: StageConfig, group: logs.ILogGroup) -> apigateway.CfnStage:
        return apigateway.CfnStage(
            self,
            "Stage",
            api_id=self.id,
            stage_name="$default",
            auto_deploy=True,
            default_route_settings=apigateway.CfnStage.RouteSettingsProperty(
                throttling_rate_limit=config.api.rate,
                throttling_burst_limit=config.api.burst,
                detailed_metrics_enabled=config.watched,
            ),
            access_log_settings=apigateway.CfnStage.AccessLogSettingsProperty(
                destination_arn=group.log_group_arn, format=json.dumps(ACCESS_LOG_FIELDS)
            ),
        )


class FunctionRoutes(Construct):
    """Public routes that a Lambda function answers."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        api_id: str,
        function: lambda_.Function,
        routes: Iterable[Route],
    ) -> None:
        super().__init__(scope, construct_id)
        integration = apigateway.CfnIntegration(
            self,
            "Integration",
            api_id=api_id,
            integration_type="AWS_PROXY",
            integration_uri=function.function_arn,
            payload_format_version="2.0",
        )
        lambda_.CfnPermission(
            self,
            "Permission",
            action="lambda:InvokeFunction",
            function_name=function.function_arn,
            principal="apigateway.amazonaws.com",
            source_arn=f"arn:aws:execute-api:{Aws.REGION}:{Aws.ACCOUNT_ID}:{api_id}/*",
        )
        for route in routes:
            add_route(self, route, api_id=api_id, integration=integration, authorizer_id=None)


def add_route(
    scope: Construct,
    route: Route,
    *,
    api_id: str,
    integration: apigateway.CfnIntegration,
    authorizer_id: str | None,
) -> apigateway.CfnRoute:
    """One route. Without an authorizer only a route that is public by its own declaration is accepted."""
    if route.public:
        authorization: dict[str, object] = {"authorization_type": "NONE"}
    elif authorizer_id is None:
        raise ValueError(f"{route.key} is not public and has no authorizer")
    else:
        scopes = [str(wanted) for wanted in route.scopes]
        authorization = {
            "authorization_type": "JWT",
            "authorizer_id": authorizer_id,
            "authorization_scopes": scopes or None,
        }
    return apigateway.CfnRoute(
        scope,
        route.key.replace("/", "_"),
        api_id=api_id,
        route_key=route.key,
        target=f"integrations/{integration.ref}",
        **authorization,  # type: ignore[arg-type]
    )
