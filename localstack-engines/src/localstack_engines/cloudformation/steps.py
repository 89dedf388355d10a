"""Carries out the actions on resources step by step, records each step and can undo it."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

from localstack.aws.api.cloudformation import ChangeAction, ResourceStatus
from localstack.services.cloudformation.engine.v2.change_set_model import NodeResource, is_nothing
from localstack.services.cloudformation.engine.v2.change_set_model_preproc import (
    DeletionPolicy,
    PreprocProperties,
    PreprocResource,
    UpdateReplacePolicy,
)
from localstack.services.cloudformation.resource_provider import OperationStatus, ProgressEvent
from localstack.services.cloudformation.v2.entities import Stack

from localstack_engines.cloudformation import custom_resources
from localstack_engines.cloudformation.concurrency import NEVER_STARTED, ConcurrentExecutor
from localstack_engines.cloudformation.resource import INVALID, SNAPSHOT, UNSUPPORTED

VERBS = {ChangeAction.Add: "create", ChangeAction.Modify: "update", ChangeAction.Remove: "delete"}
_CLEANUP = "cleanup-from-replacement-"
"""What LocalStack's names of deferred actions begin with that delete a resource after its replacement."""

_REFUSED = (UNSUPPORTED, INVALID)
"""Codes of actions that ended before anything was changed."""


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


class StepExecutor(ConcurrentExecutor):
    """LocalStack's executor, which also records its steps."""

    def __init__(self, change_set: Any) -> None:
        super().__init__(change_set=change_set)
        self._steps: list[Step] = []
        self._policies: dict[str, DeletionPolicy | None] = {}
        self.snapshots: set[str] = set()
        self._snapshots_at_cleanup: set[str] = set()

    @property
    def stack(self) -> Stack:
        """The stack that this executor changes."""
        return self._change_set.stack

    def undo(self, step: Step) -> bool:
        """Undoes one step. Returns True when nothing is left to undo."""
        previous = self._before_resolved_resources.get(step.logical_id)
        if step.error in _REFUSED:
            return True
        if step.action == ChangeAction.Modify:
            # After a change that failed halfway, the wanted properties are the most likely present ones.
            reached = step.after or {**step.before, **step.wanted}
            undone = self.apply(ChangeAction.Modify, step, before=reached, after=step.before)
            if not undone:
                return False
            restored = self.resources[step.logical_id]["Properties"]
            if previous is not None:
                previous["Properties"] = restored
            self._delete_if_replaced(step, reached, restored)
            return True
        if not step.after:
            return True  # the resource was never created
        if previous is None and step.succeeded and self._policies.get(step.logical_id) == DeletionPolicy.Retain:
            self.report(ChangeAction.Remove, step, ResourceStatus.DELETE_SKIPPED)
            return True
        # A failed creation may have left a part of the resource, which must not be forgotten when it stays.
        return self.apply(ChangeAction.Remove, step, before=step.after, after=None)

    def apply(self, action: ChangeAction, step: Step, before: dict[str, Any], after: dict[str, Any] | None) -> bool:
        """Carries out an action that is no step of its own, and reports it. Returns whether it succeeded."""
        verb = VERBS[action].upper()
        self.report(action, step, ResourceStatus(f"{verb}_IN_PROGRESS"))
        present = self.resources.get(step.logical_id)
        event = super()._execute_resource_action(
            action=action,
            logical_resource_id=step.logical_id,
            resource_type=step.resource_type,
            before_properties=PreprocProperties(before),
            after_properties=None if after is None else PreprocProperties(after),
        )
        succeeded = event.status == OperationStatus.SUCCESS
        if action == ChangeAction.Remove and not succeeded and present is not None:
            self.resources[step.logical_id] = present  # another deletion needs its properties
        self.report(action, step, ResourceStatus(f"{verb}_{'COMPLETE' if succeeded else 'FAILED'}"), event.message)
        return succeeded

    def _delete_if_replaced(self, step: Step, before: dict[str, Any], after: dict[str, Any]) -> None:
        """Deletes the former resource when an update of a custom resource has made another one.

        The update stands when this fails, as on AWS. The stack's events say so.
        """
        if not custom_resources.is_replaced(before, after):
            return
        present = self.resources.get(step.logical_id)
        with self._listed(step.logical_id):
            self.apply(ChangeAction.Remove, step, before=before, after=None)
        if present is not None:
            self.resources[step.logical_id] = present

    @contextlib.contextmanager
    def _listed(self, name: str) -> Iterator[None]:
        """Keeps a resource in the stack's list while its former one is deleted, whose events have the same name."""
        present = self.stack.resource_states.get(name)
        yield
        if present is not None:
            self.stack.resource_states[name] = present

    def report(self, action: ChangeAction, step: Step, status: ResourceStatus, reason: str = "") -> None:
        """Adds an event of a resource to the stack."""
        self._process_event(
            action=action,
            logical_resource_id=step.logical_id,
            event_status=OperationStatus.SUCCESS,
            resource_type=step.resource_type,
            reason=reason,
            custom_status=status,
        )

    def exit_before_recording(self) -> NoReturn:
        """Ends this worker thread. If it went on, the provider would record the new template as deployed."""
        raise SystemExit

    # LocalStack's executor calls the following methods while it visits the change set.

    def _defer_action(self, name: str, action: Callable[[], None]) -> None:
        """Defers the deletion of a resource that the template no longer has, or that was replaced."""

        def clean_up() -> None:
            resource = name.removeprefix(_CLEANUP)
            # Not before: a rollback deletes the new resource, of which nobody wants a snapshot.
            self.snapshots |= self._snapshots_at_cleanup & {resource}
            with self._listed(resource):
                action()

        super()._defer_action(name, clean_up if name.startswith(_CLEANUP) else action)

    def visit_node_resource(self, node_resource: NodeResource) -> Any:
        delta = super().visit_node_resource(node_resource)
        self._policies[node_resource.name] = getattr(delta.after, "deletion_policy", None)
        return delta

    def _execute_resource_change(
        self, name: str, before: PreprocResource | None, after: PreprocResource | None
    ) -> None:
        self._policies[name] = getattr(after, "deletion_policy", None)
        if is_nothing(after) and isinstance(before, PreprocResource):
            if before.deletion_policy == DeletionPolicy.RetainExceptOnCreate:
                before.deletion_policy = DeletionPolicy.Retain  # LocalStack knows this one only
            if before.deletion_policy == DeletionPolicy.Snapshot:
                self.snapshots.add(name)
        if isinstance(before, PreprocResource) and isinstance(after, PreprocResource) and after.requires_replacement:
            after.requires_replacement = self._must_be_replaced(name, before, after)
            if after.update_replace_policy == UpdateReplacePolicy.Snapshot:
                self._snapshots_at_cleanup.add(name)
        super()._execute_resource_change(name=name, before=before, after=after)

    def create_resource_provider_payload(self, action: ChangeAction, logical_resource_id: str, **more: Any) -> Any:
        """Tells the type of a resource that is deleted to take a snapshot first, if the policy says so."""
        payload = super().create_resource_provider_payload(
            action=action, logical_resource_id=logical_resource_id, **more
        )
        if payload and action == ChangeAction.Remove and logical_resource_id in self.snapshots:
            payload["callbackContext"] = {SNAPSHOT: True}
        return payload

    def _must_be_replaced(self, name: str, before: PreprocResource, after: PreprocResource) -> bool:
        """Returns whether the value of a create-only property changed.

        LocalStack compares the text of the templates, so a change of one resource would replace every resource
        that refers to it.
        """
        provider = self.resource_provider_executor.try_load_resource_provider(after.resource_type)
        if provider is None or before.resource_type != after.resource_type:
            return True
        # The old template may have a dynamic reference where the resource has its value.
        deployed = self._merge_before_properties(name, before).properties

        def changed(property_name: str) -> bool:
            olds = (before.properties.properties.get(property_name), deployed.get(property_name))
            return after.properties.properties.get(property_name) not in olds

        return any(changed(path.split("/")[2]) for path in provider.SCHEMA.get("createOnlyProperties", []))

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
        step = Step(
            action=action,
            logical_id=logical_resource_id,
            resource_type=resource_type,
            before=before_properties.properties if before_properties else {},
            wanted=after_properties.properties if after_properties else {},
            after=event.resource_model or {},
            succeeded=succeeded,
            error=event.error_code,
        )
        self._steps.append(step)
        if action == ChangeAction.Modify and succeeded and custom_resources.is_replaced(step.before, step.after):
            self._defer_action(
                f"{_CLEANUP}{logical_resource_id}", lambda: self._delete_if_replaced(step, step.before, step.after)
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
        self.stack.set_resource_status(
            logical_resource_id=logical_resource_id,
            physical_resource_id=self._get_physical_id(logical_resource_id, False),
            resource_type=resource_type,
            status=ResourceStatus(custom_status or f"{verb}_{outcome}"),
            resource_status_reason=reason,
        )
