"""Deletes stacks: by the record of what was deployed, so that no template can stand in the way.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteStack.html
"""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from localstack.aws.api.cloudformation import ChangeAction, ResourceStatus, StackStatus
from localstack.services.cloudformation.engine.v2.change_set_model_preproc import DeletionPolicy
from localstack.services.cloudformation.v2.entities import ChangeSet, Stack

from localstack_engines.cloudformation import exports, running
from localstack_engines.cloudformation.steps import Step, StepExecutor

RETAINED = (DeletionPolicy.Retain, DeletionPolicy.RetainExceptOnCreate)

# A creation, or its rollback, ends for a deletion. AWS accepts no deletion during an update.
_NOT_DELETABLE = frozenset(
    status for status in StackStatus if status.startswith("UPDATE_") and status.endswith("_IN_PROGRESS")
)


def obstacle(stack: Stack, retained: Collection[str]) -> str | None:
    """Returns why the stack cannot be deleted now, in AWS's words, or None."""
    if stack.enable_termination_protection:
        return f"Stack [{stack.stack_name}] cannot be deleted while TerminationProtection is enabled"
    if stack.status in _NOT_DELETABLE:
        return f"Stack [{stack.stack_id}] cannot be deleted while in status {stack.status}"
    if retained and stack.status != StackStatus.DELETE_FAILED:
        return (
            f"Invalid operation on stack [{stack.stack_id}]. "
            "Specify resources to retain only when the current stack status is DELETE_FAILED."
        )
    return None


def delete(stack: Stack, retained: Collection[str]) -> None:
    """Deletes the resources of a stack but the retained ones. Ends a creation of the stack that is in progress."""
    if executor := running.executor_of(stack.stack_id):
        executor.abandon()
    if stack.status != StackStatus.DELETE_IN_PROGRESS:
        # The creation ended before it noticed.
        stack.set_stack_status(StackStatus.DELETE_IN_PROGRESS)
    if reason := exports.conflict(stack, {}):
        stack.set_stack_status(StackStatus.DELETE_FAILED, reason)
        return
    change_set = ChangeSet(stack, {"ChangeSetName": f"delete-stack_{stack.stack_name}"}, template_body="")
    remaining = _Deletion(change_set).run(retained)
    if remaining:
        reason = f"The following resource(s) failed to delete: [{', '.join(remaining)}]."
        stack.set_stack_status(StackStatus.DELETE_FAILED, reason)
        return
    running.forget(stack.stack_id)
    exports.forget(stack.stack_id)
    stack.set_stack_status(StackStatus.DELETE_COMPLETE)
    stack.deletion_time = datetime.now(tz=UTC)


class _Deletion(StepExecutor):
    def run(self, retained: Collection[str]) -> list[str]:
        """Deletes one resource after another, dependents first. Returns those that are left."""
        remaining = []
        # A resource is recorded after those that it refers to.
        for name, resource in reversed(list(self.stack.resolved_resources.items())):
            if self._delete(name, resource, skip=name in retained):
                del self.stack.resolved_resources[name]
            else:
                remaining.append(name)
        return remaining

    def _delete(self, name: str, resource: dict[str, Any], skip: bool) -> bool:
        properties = resource.get("Properties") or {}
        step = Step(ChangeAction.Remove, name, resource["Type"], properties, {}, properties, succeeded=False)
        if skip or resource.get("DeletionPolicy") in RETAINED:
            self.report(ChangeAction.Remove, step, ResourceStatus.DELETE_SKIPPED)
            return True
        if resource.get("DeletionPolicy") == DeletionPolicy.Snapshot:
            self.snapshots.add(name)
        return self.apply(ChangeAction.Remove, step, before=properties, after=None)
