"""The permissions of a service's task role."""

from __future__ import annotations

from aws_cdk import Aws, Fn
from aws_cdk import aws_iam as iam

from cdk_app.catalogue import Grant, Service
from cdk_app.config import StageConfig
from cdk_app.constructs.sealing_key import SealingKey
from cdk_app.constructs.signing_keys import SigningKeys


def grant_broker_access(role: iam.IRole, *, service: Service, cluster_arn: str, config: StageConfig) -> None:
    """Allows `role` to find the brokers.

    Where clients authenticate with IAM, also allows it to write the topics of `service`, to read those that it
    consumes in its own group, and to keep what it cannot process on their dead-letter topics.
    """
    _allow(role, ["kafka:GetBootstrapBrokers"], [cluster_arn])
    if not config.broker.iam_authentication:
        return
    _allow(
        role,
        ["kafka-cluster:Connect", "kafka-cluster:DescribeCluster", "kafka-cluster:WriteDataIdempotently"],
        [cluster_arn],
    )
    cluster = _Cluster(cluster_arn)
    published, consumed = (
        {topic.name for topic in service.publishes},
        {topic.name for topic in service.consumes},
    )
    dead = {topic.dlq for topic in service.consumes}
    created = published | consumed | dead | {topic.dlq for topic in service.publishes}
    for actions, names in (
        (["kafka-cluster:CreateTopic", "kafka-cluster:DescribeTopic"], created),
        (["kafka-cluster:WriteData"], published | dead),
        (["kafka-cluster:ReadData"], consumed | dead),
    ):
        if names:
            _allow(role, actions, [cluster.resource("topic", name) for name in sorted(names)])
    if consumed:
        _allow(
            role,
            ["kafka-cluster:AlterGroup", "kafka-cluster:DescribeGroup"],
            [cluster.resource("group", service.name)],
        )


def grant_database_login(role: iam.IRole, *, resource_id: str, username: str) -> None:
    """Allows `role` to log in to the instance with this resource id as `username`, with a token of IAM."""
    user = f"arn:aws:rds-db:{Aws.REGION}:{Aws.ACCOUNT_ID}:dbuser:{resource_id}/{username}"
    _allow(role, ["rds-db:connect"], [user])


def grant_catalogue_entry(
    role: iam.IRole, *, service: Service, config: StageConfig, signing_keys: SigningKeys, sealing_key: SealingKey
) -> None:
    """Allows `role` what the grants of `service` say, except for `SEED_ADMIN`: ECS injects those credentials.

    Every service may read the public keys of `signing_keys`, which verify tokens.
    """
    if Grant.SIGN_TOKENS in service.grants:
        signing_keys.grant_sign(role)
    else:
        signing_keys.grant_read(role)
    if Grant.SEAL_SECRETS in service.grants:
        sealing_key.grant_seal(role)
    if Grant.UNSEAL_SECRETS in service.grants:
        sealing_key.grant_unseal(role)
    if Grant.SEND_EMAIL in service.grants:
        identity = f"arn:aws:ses:{Aws.REGION}:{Aws.ACCOUNT_ID}:identity/{config.email_domain}"
        _allow(role, ["ses:SendEmail"], [identity])
    if Grant.SEND_SMS in service.grants:
        # A phone number is no ARN. So the permission is for everything that is neither a topic nor an endpoint.
        role.add_to_principal_policy(iam.PolicyStatement(actions=["sns:Publish"], not_resources=["arn:aws:sns:*:*:*"]))


class _Cluster:
    """Names what is inside an MSK cluster. Its ARN ends with `cluster/name/UUID`, and theirs contain the same."""

    def __init__(self, arn: str) -> None:
        parts = Fn.split("/", arn)
        self._name, self._uuid = Fn.select(1, parts), Fn.select(2, parts)

    def resource(self, kind: str, name: str) -> str:
        """Returns the ARN of a `topic` or a `group` (MSK Developer Guide, "Authorization policy resources")."""
        return f"arn:aws:kafka:{Aws.REGION}:{Aws.ACCOUNT_ID}:{kind}/{self._name}/{self._uuid}/{name}"


def _allow(role: iam.IRole, actions: list[str], resources: list[str]) -> None:
    role.add_to_principal_policy(iam.PolicyStatement(actions=actions, resources=resources))
