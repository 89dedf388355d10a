"""The identity stack: the signing keys, the first administrator, and the API with its OIDC discovery routes.

The issuer of the tokens is the API's own URL. API Gateway reads the issuer's discovery document when it creates an
authorizer, and refuses an authorizer whose issuer does not answer. That is why the authorizer is in the api stack,
which deploys after this one.
"""

from __future__ import annotations

import json

from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from cdk_app.assets import Assets
from cdk_app.config import StageConfig
from cdk_app.constructs.discovery_function import DiscoveryFunction
from cdk_app.constructs.http_api import HttpApi
from cdk_app.constructs.routes import FunctionRoutes
from cdk_app.constructs.sealing_key import SealingKey
from cdk_app.constructs.signing_keys import SigningKeys
from cdk_app.stacks.network import NetworkStack
from cdk_app.stacks.system_stack import SystemStack

AUDIENCE = "pms"
ADMIN_USERNAME = "admin"


class IdentityStack(SystemStack):
    """Everything that signs tokens and publishes how to verify them."""

    def __init__(self, scope: Construct, *, config: StageConfig, assets: Assets, network: NetworkStack) -> None:
        super().__init__(scope, name="identity", config=config, description="API, token signing key, OIDC discovery")
        self.signing_keys = SigningKeys(
            self, "SigningKey", alias=f"alias/{config.prefix}-signing", removal_policy=config.removal_policy
        )
        self.sealing_key = SealingKey(
            self, "SealingKey", alias=f"alias/{config.prefix}-sealing", removal_policy=config.removal_policy
        )
        self.admin_secret = secretsmanager.Secret(
            self,
            "Admin",
            secret_name=f"{config.prefix}/auth/admin",
            description="The first administrator's credentials",
            encryption_key=network.encryption_key,
            removal_policy=config.removal_policy,
            generate_secret_string=secretsmanager.SecretStringGenerator(
                secret_string_template=json.dumps({"username": ADMIN_USERNAME}),
                generate_string_key="password",
                password_length=24,
                exclude_punctuation=True,
            ),
        )
        self.api = HttpApi(self, "Api", config=config, encryption_key=network.encryption_key)
        discovery = DiscoveryFunction(
            self,
            "Discovery",
            config=config,
            assets=assets,
            vpc=network.vpc,
            security_group=network.security_groups.discovery,
            signing_keys=self.signing_keys,
            issuer=self.api.endpoint,
            audience=AUDIENCE,
            encryption_key=network.encryption_key,
        )
        FunctionRoutes(
            self, "DiscoveryRoutes", service_name="discovery", api_id=self.api.id, function=discovery.function
        )
        self._add_outputs(config, discovery)

    def _add_outputs(self, config: StageConfig, discovery: DiscoveryFunction) -> None:
        self.add_output("ApiId", self.api.id, "The HTTP API")
        self.add_output("ApiEndpoint", self.api.endpoint, "The API's own URL, and the tokens' issuer")
        self.add_output("ApiUrl", config.api.url or self.api.endpoint, "Where clients send their requests")
        self.add_output("AdminSecretArn", self.admin_secret.secret_arn, "Credentials of the first administrator")
        self.add_output("SigningKeyAlias", self.signing_keys.alias, "The alias of the KMS key that signs access tokens")
        self.add_output("DiscoveryFunctionName", discovery.function.function_name, "OIDC discovery and docs")
