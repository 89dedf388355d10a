"""What other parts of the plugin know about functions."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FunctionInVpc:
    """A function with the subnets and the security groups that its interfaces have on AWS."""

    name: str
    account: str
    region: str
    subnets: tuple[str, ...]
    groups: frozenset[str]


def function_of_session(role_arn: str, session: str) -> FunctionInVpc | None:
    """Returns the function in a VPC whose environments have a session of this name of this role, or None.

    LocalStack names the session of an execution environment after its function.
    """
    from localstack.services.lambda_.invocation.models import lambda_stores

    for account, region, store in lambda_stores.iter_stores():
        function = store.functions.get(session)
        latest = function.latest() if function else None
        vpc = latest.config.vpc_config if latest and latest.config.role == role_arn else None
        if vpc and vpc.subnet_ids:
            return FunctionInVpc(session, account, region, tuple(vpc.subnet_ids), frozenset(vpc.security_group_ids))
    return None
