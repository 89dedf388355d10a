"""Executes a change set, and rolls it back when a part of it fails.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html
"""

import logging
import threading
from datetime import UTC, datetime
from typing import Any, NoReturn

from localstack.aws.api.cloudformation import ExecutionStatus, OnFailure, StackStatus
from localstack.services.cloudformation.engine.v2.change_set_model import (
    NodeIntrinsicFunction,
    NodeOutput,
    is_nothing,
)
from localstack.services.cloudformation.engine.v2.change_set_model_executor import (
    ChangeSetModelExecutorResult,
    TriggerRollback,
)
from localstack.services.cloudformation.stores import exports_map

from localstack_engines.cloudformation import exports, running
from localstack_engines.cloudformation.steps import VERBS, StepExecutor

LOG = logging.getLogger(__name__)

ROLLBACK_REQUESTED = " Rollback requested by user."


class MissingExport(Exception):
    """Fn::ImportValue names an export that no stack has."""


class DuplicateExport(Exception):
    """Another stack has an export of this name."""


class Executor(StepExecutor):
    """LocalStack's executor with rollback. It can be cancelled, and abandoned for a deletion of the stack."""

    def __init__(self, change_set: Any) -> None:
        super().__init__(change_set=change_set)
        self._creating = self.stack.status == StackStatus.CREATE_IN_PROGRESS
        self._rolling_back = False
        self._abandoned = False
        self._cancel_reason: str | None = None
        self._thread: threading.Thread | None = None
        self._started = threading.Event()
        self._imports: set[str] = set()
        # Only a creation may end with a deletion: the resources of an update are in use.
        self._on_failure = running.wanted_on_failure() if self._creating else OnFailure.ROLLBACK
        running.register(self)

    @property
    def is_running(self) -> bool:
        """Whether the worker thread, which also records the result in the stack, has yet to end."""
        return self._thread is None or self._thread.is_alive()

    def abandon(self) -> None:
        """Ends the operation for a deletion of the stack, and leaves what exists to it.

        Returns when the worker thread has ended. A rollback that has begun goes on.
        """
        self._abandoned = True
        if not self._rolling_back:
            self.cancelled.set()
        self._started.wait()
        if self._thread:
            self._thread.join()

    def cancel(self, reason: str) -> None:
        """Ends the operation with a rollback, for this reason."""
        self._cancel_reason = reason
        self.cancelled.set()

    def execute(self) -> ChangeSetModelExecutorResult:
        self._thread = threading.current_thread()
        self._started.set()
        failure = self._process()
        if self._abandoned:
            self._leave({name for name, found in self.resources.items() if found["Properties"] or _complete(found)})
            self.exit_before_recording()
        failure = failure or self._conflict_of_exports()
        if failure and self._on_failure == OnFailure.DO_NOTHING and not self._cancel_reason:
            self._stop(failure)
        if self._cancel_reason or failure:
            self._roll_back(self._cancel_reason or self._rollback_reason(str(failure)))
        if self._deferred_actions:
            self.stack.set_stack_status(StackStatus.UPDATE_COMPLETE_CLEANUP_IN_PROGRESS)
        for deferred in reversed(self._deferred_actions):
            deferred.action()
        self._record()
        return ChangeSetModelExecutorResult(resources=self.resources, outputs=self.outputs)

    def visit_node_intrinsic_function_fn_import_value(self, node_intrinsic_function: NodeIntrinsicFunction) -> Any:
        """Fails for an export that does not exist. LocalStack would leave out the property."""
        delta = super().visit_node_intrinsic_function_fn_import_value(node_intrinsic_function)
        name = self.visit(node_intrinsic_function.arguments).after
        if is_nothing(delta.after) and not is_nothing(name):
            raise MissingExport(f"No export named {name} found.")
        if not is_nothing(name):
            self._imports.add(name)
        return delta

    def visit_node_output(self, node_output: NodeOutput) -> Any:
        """Fails for an export whose name another stack has taken."""
        delta = super().visit_node_output(node_output)
        name = self.outputs[-1].get("ExportName") if self.outputs else None
        export = exports_map(self.stack.account_id, self.stack.region_name).get(name) if name else None
        if export and export["ExportingStackId"] != self.stack.stack_id:
            raise DuplicateExport(f"Export with name {name} is already exported by stack {export['ExportingStackId']}.")
        return delta

    def _conflict_of_exports(self) -> str | None:
        return exports.conflict(self.stack, self._wanted_exports())

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

    def _stop(self, failure: str) -> NoReturn:
        """Leaves what a failed creation made, for a look at it."""
        self._leave({name for name, found in self.resources.items() if found["Properties"] or _complete(found)})
        self._change_set.set_execution_status(ExecutionStatus.EXECUTE_FAILED)
        reason = self._rollback_reason(failure).removesuffix(ROLLBACK_REQUESTED)
        self.stack.set_stack_status(StackStatus.CREATE_FAILED, reason)
        self.exit_before_recording()

    def _roll_back(self, reason: str) -> NoReturn:
        self._rolling_back = True
        self.cancelled.clear()  # the rollback itself may have to wait for resources
        deleting = self._on_failure == OnFailure.DELETE
        verb = "DELETE" if deleting else "ROLLBACK" if self._creating else "UPDATE_ROLLBACK"
        self.stack.set_stack_status(StackStatus(f"{verb}_IN_PROGRESS"), reason)
        remaining = [step.logical_id for step in reversed(self._steps) if not self.undo(step)]
        if self._creating:
            self._leave(set(remaining))
        if self._abandoned:
            self.exit_before_recording()
        final = "FAILED" if remaining else "COMPLETE"
        result = f"The following resource(s) failed to roll back: [{', '.join(remaining)}]." if remaining else None
        self._change_set.set_execution_status(ExecutionStatus.EXECUTE_FAILED)
        self.stack.set_stack_status(StackStatus(f"{verb}_{final}"), result)
        if deleting:
            self.stack.deletion_time = datetime.now(tz=UTC)
        self.exit_before_recording()

    def _rollback_reason(self, failure: str) -> str:
        failed = [step for step in self._steps if not step.succeeded]
        if not failed:
            return failure
        names = ", ".join(step.logical_id for step in failed)
        return f"The following resource(s) failed to {VERBS[failed[0].action]}: [{names}].{ROLLBACK_REQUESTED}"

    def _leave(self, names: set[str]) -> None:
        """Records in the stack which resources of a creation that did not succeed are left to a deletion."""
        self._record_policies()
        self.stack.resolved_resources = {name: found for name, found in self.resources.items() if name in names}

    def _record(self) -> None:
        """Records the result in the stack. LocalStack does it after the status, when a client may have read the old."""
        self._record_policies()
        stack, change_set = self.stack, self._change_set
        stack.template, stack.template_body = change_set.template, change_set.template_body
        stack.processed_template = change_set.processed_template
        stack.resolved_parameters = change_set.resolved_parameters
        stack.resolved_resources = self.resources
        stack.resolved_outputs = self.outputs
        stack.resolved_exports = self._wanted_exports()
        exports.record(stack, self._imports)

    def _wanted_exports(self) -> dict[str, str]:
        return {item["ExportName"]: item["OutputValue"] for item in self.outputs if item.get("ExportName")}

    def _record_policies(self) -> None:
        """Keeps the deletion policies beside the resources, for the deletion of the stack."""
        for name, resource in self.resources.items():
            policy = self._policies.get(name)
            resource["DeletionPolicy"] = policy if isinstance(policy, str) else None


def _complete(resource: dict[str, Any]) -> bool:
    return str(resource.get("ResourceStatus")).endswith("_COMPLETE")
