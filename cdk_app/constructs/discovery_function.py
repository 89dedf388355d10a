"""The Lambda that tells the world how to verify tokens, before any container runs."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import Duration, IgnoreMode
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from cdk_app.assets import Assets, discovery_excludes
from cdk_app.config import StageConfig
from cdk_app.constructs.log_group import log_group
from cdk_app.constructs.signing_key import SigningKey

MEMORY_MIB = 512
CONCURRENCY = 50
"""Callers cache what it answers: more at once than this is an attack, and must not starve other functions."""


@dataclass(frozen=True, kw_only=True)
class DiscoveryProps:
    config: StageConfig
    assets: Assets
    vpc: ec2.IVpc
    security_group: ec2.ISecurityGroup
    signing_key: SigningKey
    issuer: str
    audience: str
    key: kms.IKey | None


class DiscoveryFunction(Construct):
    """FastAPI behind Mangum, dependencies in a layer; may read the signing key's public half and nothing else."""

    def __init__(self, scope: Construct, construct_id: str, props: DiscoveryProps) -> None:
        super().__init__(scope, construct_id)
        config = props.config
        name = f"{config.prefix}-discovery"
        architecture = lambda_.Architecture.ARM_64 if config.architecture == "arm64" else lambda_.Architecture.X86_64
        layer = lambda_.LayerVersion(
            self,
            "Layer",
            layer_version_name=name,
            code=lambda_.Code.from_asset(str(props.assets.discovery_layer)),
            compatible_runtimes=[lambda_.Runtime.PYTHON_3_13],
            compatible_architectures=[architecture],
            removal_policy=config.removal,
        )
        inside = config.network.locked_down
        self.function = lambda_.Function(
            self,
            "Function",
            function_name=name,
            description="OIDC discovery, JWKS and API documentation",
            runtime=lambda_.Runtime.PYTHON_3_13,
            handler="services.discovery.main.handler",
            architecture=architecture,
            code=lambda_.Code.from_asset(
                str(props.assets.root), exclude=discovery_excludes(), ignore_mode=IgnoreMode.DOCKER
            ),
            layers=[layer],
            memory_size=MEMORY_MIB,
            timeout=Duration.seconds(10),
            reserved_concurrent_executions=CONCURRENCY if inside else None,
            log_group=log_group(self, "LogGroup", name=f"/aws/lambda/{name}", config=config, key=props.key),
            vpc=props.vpc if inside else None,
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED) if inside else None,
            security_groups=[props.security_group] if inside else None,
            environment={
                "STAGE": config.name,
                "JWT_ISSUER": props.issuer,
                "JWT_AUDIENCE": props.audience,
                "SIGNING_KEY_ID": props.signing_key.arn,
                "POWERTOOLS_SERVICE_NAME": "discovery",
            },
        )
        props.signing_key.grant_read(self.function)
