"""A permission that a request needs."""

from dataclasses import dataclass

from localstack_engines.iam.enforcement.arns import ANY_OF_THESE, Members


@dataclass(frozen=True)
class Permission:
    """An action on a resource, which has one or several names. `passed_to` is the service that gets a role.

    `about` has the members that name the resource where those of the request name another one.
    """

    action: str
    names: ANY_OF_THESE
    passed_to: str | None = None
    about: Members | None = None
