"""The security groups of functions in VPCs. Functions are processes of LocalStack's container and have its address."""

from collections.abc import Iterator


def groups() -> Iterator[str]:
    """Yields the security groups of all functions."""
    from localstack.services.lambda_.invocation.models import lambda_stores

    for _, _, store in lambda_stores.iter_stores():
        for function in list(store.functions.values()):
            for version in list(function.versions.values()):
                vpc = version.config.vpc_config
                yield from vpc.security_group_ids if vpc else ()
