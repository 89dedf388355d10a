"""The roles, users and groups that a policy is attached to."""

import contextlib
from typing import Any

_KINDS = {"Roles": "role", "Users": "user", "Groups": "group"}

Principal = tuple[str, str]
"""Kind (`role`, `user` or `group`) and name."""


def principals(model: dict[str, Any]) -> set[Principal]:
    """Returns the principals in the properties of a policy."""
    return {(kind, name) for key, kind in _KINDS.items() for name in model.get(key) or []}


def call(iam: Any, operation: str, principal: Principal, **arguments: str) -> None:
    """Calls an operation that exists for each kind, such as `put_{}_policy`."""
    kind, name = principal
    getattr(iam, operation.format(kind))(**{f"{kind.title()}Name": name}, **arguments)


def call_if_exists(iam: Any, operation: str, principal: Principal, **arguments: str) -> None:
    """Like `call`, but does nothing when the principal or its policy is gone."""
    with contextlib.suppress(iam.exceptions.NoSuchEntityException):
        call(iam, operation, principal, **arguments)
