"""Exports of stacks and the stacks that import them. An export that is in use can be neither changed nor deleted.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html
"""

from collections.abc import Iterable, Mapping

from localstack.services.cloudformation.stores import CloudFormationStore, get_cloudformation_store
from localstack.services.cloudformation.v2.entities import Stack

_imports: dict[str, set[str]] = {}
"""Names of the exports that each stack imports, by the stack's id."""


def record(stack: Stack, names: Iterable[str]) -> None:
    """Notes which exports the stack imports now."""
    _imports[stack.stack_id] = set(names)


def forget(stack_id: str) -> None:
    """Forgets the imports of a deleted stack."""
    _imports.pop(stack_id, None)


def importers(store: CloudFormationStore, name: str) -> list[str]:
    """Returns the names of the stacks that import an export."""
    # A copy: other threads record imports meanwhile.
    stacks = (store.stacks_v2.get(stack_id) for stack_id, names in list(_imports.items()) if name in names)
    return sorted(stack.stack_name for stack in stacks if stack and stack.is_active())


def conflict(stack: Stack, wanted: Mapping[str, str]) -> str | None:
    """Returns why the stack's exports cannot become the wanted ones, in AWS's words, or None."""
    store = get_cloudformation_store(stack.account_id, stack.region_name)
    for name, value in stack.resolved_exports.items():
        users = importers(store, name) if wanted.get(name) != value else []
        if users:
            verb = "updated" if name in wanted else "deleted"
            return f"Export {name} cannot be {verb} as it is in use by {', '.join(users)}"
    return None
