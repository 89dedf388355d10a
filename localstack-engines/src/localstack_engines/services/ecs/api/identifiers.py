"""Names and ARNs in requests (pure). An ARN has to be of the caller's account, region and cluster."""

from localstack_engines.services.ecs.errors import invalid_parameter
from localstack_engines.services.ecs.models import Scope

_ARN_PARTS = 6


def name_of(scope: Scope, kind: str, reference: str) -> str:
    """Returns the name (or id) in a name or ARN of a resource of the `kind`, e.g. "task".

    Raises InvalidParameterException for the ARN of another kind, account, region or cluster.
    """
    if not reference.startswith("arn:"):
        return reference.rsplit("/", 1)[-1]
    parts = reference.split(":", _ARN_PARTS - 1)
    if len(parts) < _ARN_PARTS or parts[2] != "ecs" or parts[5].partition("/")[0] != kind:
        raise invalid_parameter(f"Invalid identifier: '{reference}' is not the ARN of a {kind}.")
    path = parts[5].split("/")[1:]
    _compare("region", parts[3], scope.region)
    _compare("account", parts[4], scope.account)
    if len(path) > 1 and scope.cluster:
        _compare("cluster", path[0], scope.cluster)
    return path[-1]


def _compare(what: str, given: str, own: str) -> None:
    if given != own:
        raise invalid_parameter(f"Invalid identifier: Identifier is for {what} {given}. Your {what} is {own}")
