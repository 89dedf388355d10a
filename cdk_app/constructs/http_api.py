"""The public HTTP API and its stage.

The API and its routes use L1 constructs. The API is in the identity stack and most of its routes are in the api stack;
the L2 constructs would put all routes into the stack of the API, and the authorizer before the discovery routes.
"""

from __future__ import annotations

import json

from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_kms as kms
from constructs import Construct

from cdk_app.config import StageConfig
from cdk_app.constructs.log_group import add_log_group

# No paths, queries or bodies, because they identify patients.
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
    """The API and its `$default` stage, which deploys every change, throttles requests and logs them."""

    def __init__(
        self, scope: Construct, construct_id: str, *, config: StageConfig, encryption_key: kms.IKey | None
    ) -> None:
        super().__init__(scope, construct_id)
        self._api = apigateway.CfnApi(
            self,
            "Api",
            name=config.prefix,
            protocol_type="HTTP",
            description="Patient Management System",
            # LocalStack uses this tag as the API's id, so that the API's URLs are known before it exists.
            tags={"_custom_id_": config.prefix},
        )
        log_group = add_log_group(
            self, "LogGroup", name=f"/{config.prefix}/api", config=config, encryption_key=encryption_key
        )
        apigateway.CfnStage(
            self,
            "Stage",
            api_id=self.id,
            stage_name="$default",
            auto_deploy=True,
            default_route_settings=apigateway.CfnStage.RouteSettingsProperty(
                throttling_rate_limit=config.api.rate_limit,
                throttling_burst_limit=config.api.burst_limit,
                detailed_metrics_enabled=config.api.detailed_metrics,
            ),
            access_log_settings=apigateway.CfnStage.AccessLogSettingsProperty(
                destination_arn=log_group.log_group_arn, format=json.dumps(ACCESS_LOG_FIELDS)
            ),
        )

    @property
    def id(self) -> str:
        """The id that routes, integrations and the authorizer refer to."""
        return self._api.ref

    @property
    def endpoint(self) -> str:
        """The API's own URL, without a slash at its end. It is also the issuer of the tokens."""
        return self._api.attr_api_endpoint
