"""Executes a change set, and rolls it back when a part of it fails.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html
"""

import logging
from dataclasses import dataclass
from typing import Any, NoReturn

from localstack.aws.api.cloudformation import ChangeAction, ExecutionStatus, ResourceStatus, StackStatus
from localstack.services.cloudformation.engine.v2.change_set_model_executor import (
    ChangeSetModelExecutorResult,
    TriggerRollback,
)
from localstack.services.cloudformation.engine.v2.change_set_model_preproc import (
    DeletionPolicy,
    PreprocProperties,
    PreprocResource,
)
from localstack.services.cloudformation.resource_provider import OperationStatus, ProgressEvent

from localstack_engines.cloudformation.concurrency import NEVER_STARTED, ConcurrentExecutor
from localstack_engines.cloudformation.resource import UNSUPPORTED

LOG = logging.getLogger(__name__)

VERBS = {ChangeAction.Add: "create", ChangeAction.Modify: "update", ChangeAction.Remove: "delete"}


@dataclass
class Step:
    """One action that was tried on a resource, with what is needed to undo it."""

    action: ChangeAction
    logical_id: str
    resource_type: str
    before: dict[str, Any]
    wanted: dict[str, Any]
    after: dict[str, Any]
    succeeded: bool
    error: str | None = None


class Executor(ConcurrentExecutor):
    """LocalStack's executor with rollback and with deletions that can fail."""

    def __init__(self, change_set: Any) -> None:
        super().__init__(change_set=change_set)
        self._steps: list[Step] = []
        self._policies: dict[str, DeletionPolicy | None] = {}

    def execute(self) -> ChangeSetModelExecutorResult:
        stack = self._change_set.stack
        deleting = stack.status == StackStatus.DELETE_IN_PROGRESS
        creating = stack.status == StackStatus.CREATE_IN_PROGRESS
        failure = self._process()
        if failure and not deleting:
            self._roll_back(failure, creating)
        if self._deferred_actions and not deleting:
            stack.set_stack_status(StackStatus.UPDATE_COMPLETE_CLEANUP_IN_PROGRESS)
        for deferred in reversed(self._deferred_actions):
            deferred.action()
        if not deleting:
            # LocalStack records this for change sets only. A later deletion needs it.
            stack.processed_template = self._change_set.processed_template
        failed = [step.logical_id for step in self._steps if not step.succeeded]
        if deleting and (failure or failed):
            reason = failure or f"The following resource(s) failed to delete: [{', '.join(failed)}]."
            stack.set_stack_status(StackStatus.DELETE_FAILED, reason)
            self._exit_before_recording()
        return ChangeSetModelExecutorResult(resources=self.resources, outputs=self.outputs)

    def _process(self) -> str | None:
        """Visits all resources, which creates and updates them. Returns the reason of a failure, else None."""
        try:
            self.process()
        except TriggerRollback as error:
            return error.reason or f"{error.logical_resource_id} failed"
        except Exception as error:
            LOG.debug("change set failed", exc_info=True)
            return str(error)
        return None

    def _roll_back(self, failure: str, creating: bool) -> NoReturn:
        stack = self._change_set.stack
        self.cancelled.clear()  # the rollback itself may have to wait for resources
        prefix = "" if creating else "UPDATE_"
        stack.set_stack_status(StackStatus(f"{prefix}ROLLBACK_IN_PROGRESS"), self._rollback_reason(failure))
        remaining = [step.logical_id for step in reversed(self._steps) if not self._undo(step)]
        if creating:
            stack.resolved_resources = {name: self.resources[name] for name in remaining if name in self.resources}
            if not remaining:
                # A later DeleteStack has no resource to delete.
                stack.processed_template = None
        final = "FAILED" if remaining else "COMPLETE"
        reason = f"The following resource(s) failed to roll back: [{', '.join(remaining)}]." if remaining else None
        self._change_set.set_execution_status(ExecutionStatus.EXECUTE_FAILED)
        stack.set_stack_status(StackStatus(f"{prefix}ROLLBACK_{final}"), reason)
        self._exit_before_recording()

    def _rollback_reason(self, failure: str) -> str:
        failed = [step for step in self._steps if not step.succeeded]
        if not failed:
            return failure
        names = ", ".join(step.logical_id for step in failed)
        return f"The following resource(s) failed to {VERBS[failed[0].action]}: [{names}]. Rollback requested by user."

    def _exit_before_recording(self) -> NoReturn:
        """Ends this worker thread. If it went on, the provider would record the new template as deployed."""
        raise SystemExit

    def _undo(self, step: Step) -> bool:
        """Undoes one step. Returns True when nothing is left to undo."""
        previous = self._before_resolved_resources.get(step.logical_id)
        if step.error == UNSUPPORTED:
            return True  # refused before anything was changed
        if step.action == ChangeAction.Modify:
            # After a change that failed halfway, the wanted properties are the most likely present ones.
            reached = step.after or {**step.before, **step.wanted}
            undone = self._apply(ChangeAction.Modify, step, before=reached, after=step.before)
            if undone and previous is not None:
                previous["Properties"] = self.resources[step.logical_id]["Properties"]
            return undone
        if not step.after:
            return True  # the resource was never created
        if previous is None and step.succeeded and self._policies.get(step.logical_id) == DeletionPolicy.Retain:
            self._report(ChangeAction.Remove, step, ResourceStatus.DELETE_SKIPPED)
            return True
        # A failed creation may have left a part of the resource; without an id nothing was created.
        return self._apply(ChangeAction.Remove, step, before=step.after, after=None) or not step.succeeded

    def _apply(self, action: ChangeAction, step: Step, before: dict[str, Any], after: dict[str, Any] | None) -> bool:
        verb = VERBS[action].upper()
        self._report(action, step, ResourceStatus(f"{verb}_IN_PROGRESS"))
        event = super()._execute_resource_action(
            action=action,
            logical_resource_id=step.logical_id,
            resource_type=step.resource_type,
            before_properties=PreprocProperties(before),
            after_properties=None if after is None else PreprocProperties(after),
        )
        succeeded = event.status == OperationStatus.SUCCESS
        self._report(action, step, ResourceStatus(f"{verb}_{'COMPLETE' if succeeded else 'FAILED'}"), event.message)
        return succeeded

    def _report(self, action: ChangeAction, step: Step, status: ResourceStatus, reason: str = "") -> None:
        self._process_event(
            action=action,
            logical_resource_id=step.logical_id,
            event_status=OperationStatus.SUCCESS,
            resource_type=step.resource_type,
            reason=reason,
            custom_status=status,
        )

    # LocalStack's executor calls the following methods while it visits the change set.

    def _execute_resource_change(
        self, name: str, before: PreprocResource | None, after: PreprocResource | None
    ) -> None:
        self._policies[name] = getattr(after, "deletion_policy", None)
        if isinstance(before, PreprocResource) and isinstance(after, PreprocResource) and after.requires_replacement:
            after.requires_replacement = self._must_be_replaced(before, after)
        super()._execute_resource_change(name=name, before=before, after=after)

    def _must_be_replaced(self, before: PreprocResource, after: PreprocResource) -> bool:
        """Returns whether the value of a create-only property changed.

        LocalStack compares the text of the templates, so a change of one resource would replace every resource
        that refers to it.
        """
        provider = self.resource_provider_executor.try_load_resource_provider(after.resource_type)
        if provider is None or before.resource_type != after.resource_type:
            return True
        names = [path.split("/")[2] for path in provider.SCHEMA.get("createOnlyProperties", [])]
        return any(before.properties.properties.get(name) != after.properties.properties.get(name) for name in names)

    def _execute_resource_action(
        self,
        action: ChangeAction,
        logical_resource_id: str,
        resource_type: str,
        before_properties: PreprocProperties | None,
        after_properties: PreprocProperties | None,
        part_of_replacement: bool = False,
    ) -> ProgressEvent:
        present = self.resources.get(logical_resource_id)
        event = super()._execute_resource_action(
            action=action,
            logical_resource_id=logical_resource_id,
            resource_type=resource_type,
            before_properties=before_properties,
            after_properties=after_properties,
            part_of_replacement=part_of_replacement,
        )
        succeeded = event.status == OperationStatus.SUCCESS
        if action == ChangeAction.Remove and succeeded and not part_of_replacement:
            # A resource of another type that has taken over the logical id stays on record.
            self.resources.pop(logical_resource_id, None)
            if present is not None and present["Type"] != resource_type:
                self.resources[logical_resource_id] = present
        self._steps.append(
            Step(
                action=action,
                logical_id=logical_resource_id,
                resource_type=resource_type,
                before=before_properties.properties if before_properties else {},
                wanted=after_properties.properties if after_properties else {},
                after=event.resource_model or {},
                succeeded=succeeded,
                error=event.error_code,
            )
        )
        return event

    def _process_event(
        self,
        *,
        action: ChangeAction,
        logical_resource_id: str,
        event_status: OperationStatus,
        resource_type: str,
        special_action: str | None = None,
        reason: str | None = None,
        custom_status: ResourceStatus | str | None = None,
    ) -> None:
        """Records the event as LocalStack does, but does not change the stack's status: the rollback sets it."""
        if reason == NEVER_STARTED:
            return
        verb = special_action or VERBS[action].upper()
        outcome = "COMPLETE" if event_status == OperationStatus.SUCCESS else event_status.name
        self._change_set.stack.set_resource_status(
            logical_resource_id=logical_resource_id,
            physical_resource_id=self._get_physical_id(logical_resource_id, False),
            resource_type=resource_type,
            status=ResourceStatus(custom_status or f"{verb}_{outcome}"),
            resource_status_reason=reason,
        )
