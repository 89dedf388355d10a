"""The discovery Lambda function: it publishes how to verify tokens, and the API's documentation."""

from __future__ import annotations

from aws_cdk import Duration, IgnoreMode
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from cdk_app.assets import Assets, function_excludes
from cdk_app.config import StageConfig
from cdk_app.constructs.log_group import add_log_group
from cdk_app.constructs.signing_keys import SigningKeys

MEMORY_MIB = 512
RUNTIME = lambda_.Runtime.PYTHON_3_13


class DiscoveryFunction(Construct):
    """A FastAPI application behind Mangum, with its dependencies in a layer.

    Its role may read the public keys of `signing_keys` and write log lines. It needs no container of a service.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: StageConfig,
        assets: Assets,
        vpc: ec2.IVpc,
        security_group: ec2.ISecurityGroup,
        signing_keys: SigningKeys,
        issuer: str,
        audience: str,
        encryption_key: kms.IKey | None,
    ) -> None:
        super().__init__(scope, construct_id)
        name, size = f"{config.prefix}-discovery", config.discovery
        self.function = lambda_.Function(
            self,
            "Function",
            function_name=name,
            description="OIDC discovery, JWKS and API documentation",
            runtime=RUNTIME,
            handler="services.discovery.main.handler",
            architecture=_architecture(config),
            code=lambda_.Code.from_asset(str(assets.root), exclude=function_excludes(), ignore_mode=IgnoreMode.DOCKER),
            layers=[self._add_layer(name, config, assets)],
            memory_size=MEMORY_MIB,
            timeout=Duration.seconds(10),
            reserved_concurrent_executions=size.reserved_concurrency,
            log_group=add_log_group(
                self, "LogGroup", name=f"/aws/lambda/{name}", config=config, encryption_key=encryption_key
            ),
            vpc=vpc if size.in_vpc else None,
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED) if size.in_vpc else None,
            security_groups=[security_group] if size.in_vpc else None,
            environment={
                "STAGE": config.name,
                "JWT_ISSUER": issuer,
                "JWT_AUDIENCE": audience,
                "SIGNING_KEY_ALIAS": signing_keys.alias,
                "POWERTOOLS_SERVICE_NAME": "discovery",
            },
        )
        signing_keys.grant_read(self.function)

    def _add_layer(self, name: str, config: StageConfig, assets: Assets) -> lambda_.LayerVersion:
        return lambda_.LayerVersion(
            self,
            "Layer",
            layer_version_name=name,
            code=lambda_.Code.from_asset(str(assets.discovery_layer)),
            compatible_runtimes=[RUNTIME],
            compatible_architectures=[_architecture(config)],
            removal_policy=config.removal_policy,
        )


def _architecture(config: StageConfig) -> lambda_.Architecture:
    return lambda_.Architecture.ARM_64 if config.discovery.architecture == "arm64" else lambda_.Architecture.X86_64
