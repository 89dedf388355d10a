"""The names by which brokers know clients that logged in with IAM: an ARN and the access key that proved it."""

from localstack_engines.iam import principals
from localstack_engines.iam.principals import ExpiredToken, Principal


def name(principal: Principal, access_key: str) -> str:
    return f"{principal.arn}#{access_key}"


def find(client: str) -> Principal | None:
    """Returns the principal of a name as it is now; None when its key or session has ended, or is not its own."""
    arn, _, access_key = client.rpartition("#")
    key = principals.find_key(access_key)
    try:
        principal = principals.owner(key, key.session_token) if key else None
    except ExpiredToken:
        return None
    return principal if principal and principal.arn == arn else None
