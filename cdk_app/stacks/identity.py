"""Who is who: the signing key, the first administrator, and the API with the routes that say how to verify a token.

The tokens' issuer is the API's own URL. This stack is whole before the authorizer, in the api stack, is made: API
Gateway reads the issuer's discovery document at that moment and refuses an authorizer whose issuer does not answer.
"""

from __future__ import annotations

import json

from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from cdk_app.assets import Assets
from cdk_app.config import StageConfig
from cdk_app.constructs.discovery_function import DiscoveryFunction, DiscoveryProps
from cdk_app.constructs.http_api import FunctionRoutes, HttpApi
from cdk_app.constructs.signing_key import SigningKey
from cdk_app.stacks.network import NetworkStack
from cdk_app.stacks.system_stack import SystemStack
from services.contracts.routes import routes_of

AUDIENCE = "pms"
ADMIN_USERNAME = "admin"


class IdentityStack(SystemStack):
    def __init__(self, scope: Construct, *, config: StageConfig, assets: Assets, network: NetworkStack) -> None:
        super().__init__(scope, "identity", config=config, description="API, token signing key, OIDC discovery")
        self.signing_key = SigningKey(
            self, "SigningKey", alias=f"alias/{config.prefix}-signing", removal=config.removal
        )
        self.admin = secretsmanager.Secret(
            self,
            "Admin",
            secret_name=f"{config.prefix}/auth/admin",
            description="The first administrator's credentials",
            encryption_key=network.key,
            removal_policy=config.removal,
            generate_secret_string=secretsmanager.SecretStringGenerator(
                secret_string_template=json.dumps({"username": ADMIN_USERNAME}),
                generate_string_key="password",
                password_length=24,
                exclude_punctuation=True,
            ),
        )
        self.api = HttpApi(self, "Api", config=config, key=network.key)
        self.discovery = DiscoveryFunction(
            self,
            "Discovery",
            DiscoveryProps(
                config=config,
                assets=assets,
                vpc=network.vpc,
                security_group=network.firewall.discovery,
                signing_key=self.signing_key,
                issuer=self.api.endpoint,
                audience=AUDIENCE,
                key=network.key,
            ),
        )
        FunctionRoutes(
            self,
            "DiscoveryRoutes",
            api_id=self.api.id,
            function=self.discovery.function,
            routes=routes_of("discovery"),
        )
        self._describe(config)

    def _describe(self, config: StageConfig) -> None:
        self.output("ApiId", self.api.id, "The HTTP API")
        self.output("ApiEndpoint", self.api.endpoint, "The API's own URL, and the tokens' issuer")
        self.output("ApiUrl", config.api.url or self.api.endpoint, "Where clients send their requests")
        self.output("AdminSecretArn", self.admin.secret_arn, "Credentials of the first administrator")
        self.output("SigningKeyArn", self.signing_key.arn, "The KMS key that signs access tokens")
        self.output("DiscoveryFunctionName", self.discovery.function.function_name, "OIDC discovery and docs")
