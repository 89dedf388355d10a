"""Where the audit logs are anchored: a key that signs their heads, and log groups that keep these."""

from __future__ import annotations

from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from cdk_app.config import StageConfig
from cdk_app.constructs.log_group import add_log_group

ANCHOR_ALGORITHM = "ECDSA_SHA_256"


class AuditAnchors(Construct):
    """A key for all services, and a log group for each, to which only this service can add anchors.

    Nobody can change what is in a log group, and no service may delete it or one of its streams.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: StageConfig,
        service_names: tuple[str, ...],
        encryption_key: kms.IKey | None,
    ) -> None:
        super().__init__(scope, construct_id)
        self._key = kms.Key(
            self,
            "Key",
            description="Signs the heads of the audit logs",
            key_spec=kms.KeySpec.ECC_NIST_P256,
            key_usage=kms.KeyUsage.SIGN_VERIFY,
            alias=f"alias/{config.prefix}-audit",
            removal_policy=config.removal_policy,
        )
        self._log_groups = {
            name: add_log_group(
                self,
                f"{name.capitalize()}Anchors",
                name=f"/{config.prefix}/audit/{name}",
                config=config,
                encryption_key=encryption_key,
                retention=config.audit_retention,
            )
            for name in service_names
        }

    @property
    def key_arn(self) -> str:
        """The ARN of the key."""
        return self._key.key_arn

    def environment(self, service_name: str) -> dict[str, str]:
        """Returns the environment variables of a service's containers: which key, which log group, kept how long."""
        log_group = self._log_groups[service_name]
        resource = log_group.node.default_child
        if not isinstance(resource, logs.CfnLogGroup) or resource.retention_in_days is None:
            raise TypeError("the default child of a log group is not a CfnLogGroup with a retention")
        return {
            "AUDIT_KEY_ID": self.key_arn,
            "AUDIT_LOG_GROUP": log_group.log_group_name,
            "AUDIT_KEEP_DAYS": str(int(resource.retention_in_days)),
        }

    def grant_anchor(self, grantee: iam.IGrantable, service_name: str) -> None:
        """Allows `grantee` to sign, add and read anchors of one service."""
        iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["kms:Sign"],
            resource_arns=[self.key_arn],
            conditions={"StringEquals": {"kms:SigningAlgorithm": ANCHOR_ALGORITHM}},
        )
        iam.Grant.add_to_principal(grantee=grantee, actions=["kms:GetPublicKey"], resource_arns=[self.key_arn])
        self._log_groups[service_name].grant(grantee, "logs:CreateLogStream", "logs:PutLogEvents", "logs:GetLogEvents")
