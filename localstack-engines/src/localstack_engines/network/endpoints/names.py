"""Names of the services that VPC endpoints lead to (pure).

Source: https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
"""

from collections.abc import Mapping

_GLOBAL: Mapping[str, str] = {"iam": "com.amazonaws.iam"}
_NAMES: Mapping[str, str] = {
    "api.ecr": "ecr.api",
    "firehose": "kinesis-firehose",
    "kinesis": "kinesis-streams",
    "s3-control": "s3",
    "streams.dynamodb": "dynamodb-streams",
}
"""The names that are not the prefix of the API's host name."""
_DATA: Mapping[str, str] = {
    "DiscoverInstances": "data-servicediscovery",
    "DiscoverInstancesRevision": "data-servicediscovery",
}
"""Operations that have a host name of their own."""


def endpoint_service(prefix: str, region: str, operation: str = "") -> str:
    """Returns the name of the endpoint service of an API, e.g. com.amazonaws.us-east-1.kms.

    `prefix` is the `endpointPrefix` of botocore's model.
    """
    if prefix in _GLOBAL:
        return _GLOBAL[prefix]
    name = _DATA.get(operation) if prefix == "servicediscovery" else None
    return f"com.amazonaws.{region}.{name or _NAMES.get(prefix, prefix)}"
