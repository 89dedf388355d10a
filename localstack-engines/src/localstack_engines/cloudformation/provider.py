"""LocalStack's CloudFormation provider with a check of resource types, with rollback and with deletions that can fail.

LocalStack reports a resource of a type that it does not implement as created, and leaves the resources of a failed
deployment in place. Here such a template is refused, and a failed deployment is rolled back as on AWS.
"""

import logging
from collections.abc import Callable
from typing import Any

from localstack.aws.api import CommonServiceException, RequestContext, handler
from localstack.aws.api.cloudformation import (
    CancelUpdateStackInput,
    ChangeSetNotFoundException,
    ChangeSetStatus,
    ChangeSetType,
    CreateChangeSetInput,
    CreateChangeSetOutput,
    CreateStackInput,
    CreateStackOutput,
    DeleteStackInput,
    DescribeStackResourcesOutput,
    DescribeStacksOutput,
    ExecuteChangeSetInput,
    ExecuteChangeSetOutput,
    ExecutionStatus,
    ListImportsOutput,
    StackStatus,
    UpdateStackInput,
    UpdateStackOutput,
)
from localstack.services.cloudformation.engine.validations import ValidationError
from localstack.services.cloudformation.stores import CloudFormationStore, get_cloudformation_store
from localstack.services.cloudformation.v2 import provider as core
from localstack.services.cloudformation.v2.entities import ChangeSet, Stack
from localstack.services.plugins import Service
from localstack.utils.threads import start_worker_thread

from localstack_engines.cloudformation import (
    custom_resources,
    deletion,
    exports,
    failure_options,
    intrinsic_functions,
    parameters,
    rules,
    running,
    templates,
    transforms,
)
from localstack_engines.cloudformation.executor import Executor

LOG = logging.getLogger(__name__)

_ALWAYS_UPDATABLE = (StackStatus.REVIEW_IN_PROGRESS, StackStatus.UPDATE_FAILED, StackStatus.UPDATE_ROLLBACK_FAILED)


_MALFORMED = "Template format error: unsupported structure."
"""AWS's wording for a template of the wrong shape."""


class CloudFormationProvider(core.CloudformationProviderV2):
    """Checks requests as AWS does; deployments run through this plugin's `Executor`."""

    @classmethod
    def _setup_change_set_model(cls, change_set: ChangeSet, **arguments: Any) -> None:
        status = change_set.stack.status
        try:
            if not templates.is_well_formed(arguments["after_template"]):
                raise ValidationError(_MALFORMED)
            templates.refuse_repository(arguments["after_template"])
            definitions = arguments["after_template"].get("Parameters") or {}
            parameters.check(definitions, arguments["after_parameters"] or {})
            super()._setup_change_set_model(change_set=change_set, **arguments)
            if change_set.status == ChangeSetStatus.FAILED and arguments["before_template"] is not None:
                _keep(change_set, status)
            _check_rules(arguments["after_template"], change_set)
            _check_types(change_set)
        except Exception as error:
            _forget_if_new(change_set.stack)
            raise _template_error(error) from error

    @handler("CreateStack", expand=False)
    def create_stack(self, context: RequestContext, request: CreateStackInput) -> CreateStackOutput:
        token, present = request.get("ClientRequestToken"), _find(context, request)
        if token and present and present.request_payload.get("ClientRequestToken") == token:
            return CreateStackOutput(StackId=present.stack_id)  # the client repeats its request
        with running.on_failure(failure_options.wanted(request)):
            created = super().create_stack(context, request)
        stack = _store(context).stacks_v2[created["StackId"]]
        stack.enable_termination_protection = bool(request.get("EnableTerminationProtection"))
        return created

    @handler("UpdateStack", expand=False)
    def update_stack(self, context: RequestContext, request: UpdateStackInput) -> UpdateStackOutput:
        stack = _find(context, request)
        _refuse_update(stack)
        failure_options.refuse_without_rollback(request.get("DisableRollback"))
        return super().update_stack(context, _with_template(stack, request))

    @handler("CreateChangeSet", expand=False)
    def create_change_set(self, context: RequestContext, request: CreateChangeSetInput) -> CreateChangeSetOutput:
        stack = None
        if request.get("ChangeSetType", ChangeSetType.UPDATE) == ChangeSetType.UPDATE:
            failure_options.refuse_deletion(request)
            stack = _find(context, request)
            _refuse_update(stack)
            request = _with_template(stack, request)
        status = stack.status if stack else None
        created = super().create_change_set(context, request)
        change_set = _store(context).change_sets[created["Id"]]
        change_set.on_stack_failure = request.get("OnStackFailure")
        if status:
            # A change set that nobody has executed does not change its stack.
            change_set.stack.status = status
        return created

    @handler("ExecuteChangeSet", expand=False)
    def execute_change_set(self, context: RequestContext, request: ExecuteChangeSetInput) -> ExecuteChangeSetOutput:
        store, name = _store(context), request.get("StackName")
        change_set = core.find_change_set_v2(store, request["ChangeSetName"], name)
        if change_set is None:
            raise ChangeSetNotFoundException(f"ChangeSet [{request['ChangeSetName']}] does not exist")
        if change_set.execution_status == ExecutionStatus.AVAILABLE:
            _refuse_update(change_set.stack)  # another change set may be executed now
        wanted = "DO_NOTHING" if request.get("DisableRollback") else change_set.on_stack_failure or "ROLLBACK"
        if change_set.change_set_type == ChangeSetType.UPDATE:
            failure_options.refuse_without_rollback(wanted == "DO_NOTHING")
        with running.on_failure(wanted):
            return super().execute_change_set(context, request["ChangeSetName"], name)

    @handler("ListImports")
    def list_imports(
        self, context: RequestContext, export_name: str, next_token: str | None = None, **kwargs: Any
    ) -> ListImportsOutput:
        store = _store(context)
        if export_name not in store.exports_v2:
            raise ValidationError(f"Export '{export_name}' does not exist.")
        names = exports.importers(store, export_name)
        if not names:
            raise ValidationError(f"Export '{export_name}' is not imported by any stack.")
        return ListImportsOutput(Imports=names)

    @handler("CancelUpdateStack", expand=False)
    def cancel_update_stack(self, context: RequestContext, request: CancelUpdateStackInput) -> None:
        stack = _find(context, request)
        if stack is None:
            raise core.StackNotFoundError(request["StackName"])
        executor = running.executor_of(stack.stack_id)
        if stack.status != StackStatus.UPDATE_IN_PROGRESS or executor is None:
            raise ValidationError("CancelUpdateStack cannot be called from current stack status")
        executor.cancel("User Initiated")

    @handler("DeleteStack", expand=False)
    def delete_stack(self, context: RequestContext, request: DeleteStackInput) -> None:
        stack = _find(context, request)
        if stack is None or stack.status in (StackStatus.DELETE_IN_PROGRESS, StackStatus.DELETE_COMPLETE):
            return
        retained = request.get("RetainResources") or []
        if reason := deletion.obstacle(stack, retained):
            raise ValidationError(reason)
        stack.set_stack_status(StackStatus.DELETE_IN_PROGRESS)
        start_worker_thread(lambda _: deletion.delete(stack, retained))

    @handler("DescribeStacks")
    def describe_stacks(
        self, context: RequestContext, stack_name: str | None = None, next_token: str | None = None, **kwargs: Any
    ) -> DescribeStacksOutput:
        if stack_name:
            return super().describe_stacks(context, stack_name, next_token)
        # A copy: other requests create stacks meanwhile. A deleted stack is described by its id only.
        stacks = list(_store(context).stacks_v2.values())
        return DescribeStacksOutput(Stacks=[self._describe_stack(stack) for stack in stacks if stack.is_active()])

    @handler("DescribeStackResources")
    def describe_stack_resources(
        self,
        context: RequestContext,
        stack_name: str | None = None,
        logical_resource_id: str | None = None,
        physical_resource_id: str | None = None,
        **kwargs: Any,
    ) -> DescribeStackResourcesOutput:
        if physical_resource_id and not stack_name:
            stack_name, physical_resource_id = _owner(_store(context), physical_resource_id), None
        if not stack_name:
            raise ValidationError("At least one of StackName or PhysicalResourceId must be specified.")
        return super().describe_stack_resources(context, stack_name, logical_resource_id, physical_resource_id)


def service() -> Service:
    # The provider constructs its executors and looks for stacks by these names. There is no other way to replace them.
    core.ChangeSetModelExecutor = Executor
    core.find_stack_v2 = _tolerant(core.find_stack_v2)
    intrinsic_functions.install()
    custom_resources.install()
    transforms.install()
    return Service.for_provider(CloudFormationProvider())


def _tolerant(find_stack: Callable[[CloudFormationStore, str | None], Stack | None]) -> Any:
    """Returns a look-up of stacks that returns None for the ARN of no stack, and bears that others create stacks."""

    def find(state: CloudFormationStore, stack_name: str | None) -> Stack | None:
        if not stack_name:
            return find_stack(state, stack_name)  # raises the error for it
        if core.is_stack_arn(stack_name):
            return state.stacks_v2.get(stack_name)
        stacks = list(state.stacks_v2.values())
        return next((stack for stack in stacks if stack.stack_name == stack_name and stack.is_active()), None)

    return find


def _store(context: RequestContext) -> CloudFormationStore:
    return get_cloudformation_store(context.account_id, context.region)


def _find(context: RequestContext, request: Any) -> Stack | None:
    name = request.get("StackName")
    return core.find_stack_v2(_store(context), name) if name else None


def _owner(store: CloudFormationStore, physical_id: str) -> str:
    """Returns the id of the stack that has the resource."""
    for stack in list(store.stacks_v2.values()):
        ids = {resource.get("PhysicalResourceId") for resource in list(stack.resource_states.values())}
        if stack.is_active() and physical_id in ids:
            return str(stack.stack_id)
    raise ValidationError(f"Stack for {physical_id} does not exist")


def _with_template(stack: Stack | None, request: Any) -> Any:
    """Returns the request with the stack's template, where it wants that one."""
    if not request.get("UsePreviousTemplate") or stack is None:
        return request
    return {**request, "TemplateBody": stack.template_body}


def _refuse_update(stack: Stack | None) -> None:
    """Raises ValidationError when the status of the stack allows no update."""
    if stack is None or stack.status in _ALWAYS_UPDATABLE:
        return
    ended = stack.status in (StackStatus.ROLLBACK_COMPLETE, StackStatus.DELETE_COMPLETE)
    if ended or stack.status.endswith(("_IN_PROGRESS", "_FAILED")):
        raise ValidationError(f"Stack:{stack.stack_id} is in {stack.status} state and can not be updated.")


def _keep(change_set: ChangeSet, status: StackStatus) -> None:
    """Gives a stack its status back after a transform failed, and refuses an update that has no change set to fail."""
    change_set.stack.status = status
    if change_set.change_set_type != ChangeSetType.UPDATE:
        raise ValidationError(str(change_set.status_reason))


def _check_rules(template: dict[str, Any], change_set: ChangeSet) -> None:
    values = {}
    for name, parameter in (change_set.resolved_parameters or {}).items():
        value = parameter.get("resolved_value") or core.engine_parameter_value(parameter)
        listed = parameters.is_list(parameter["type_"])
        values[name] = [item.strip() for item in str(value).split(",")] if listed else value
    rules.check(template.get("Rules") or {}, values)


def _check_types(change_set: ChangeSet) -> None:
    if change_set.status == ChangeSetStatus.FAILED:
        return  # a transform failed, which the stack's status says
    if unknown := templates.unsupported_types(change_set):
        # AWS's wording for a type it does not know.
        raise ValidationError(f"Template format error: Unrecognized resource types: [{', '.join(unknown)}]")


def _template_error(error: Exception) -> CommonServiceException:
    """Returns the error of the API for an exception that LocalStack's evaluation of a template raised."""
    if isinstance(error, CommonServiceException):
        return error
    if isinstance(error, parameters.InvalidParameter | rules.RuleFailed):
        return ValidationError(str(error))
    LOG.debug("cannot evaluate a template", exc_info=error)
    if isinstance(error, RuntimeError | ValueError | intrinsic_functions.ReferenceFailed):
        return ValidationError(f"Template error: {error}")
    return ValidationError(_MALFORMED)  # the exception names a detail of the program


def _forget_if_new(stack: Stack) -> None:
    """Removes the stack that LocalStack recorded for the refused template, unless the stack existed before."""
    reviewed_first = stack.status == StackStatus.REVIEW_IN_PROGRESS and not stack.change_set_ids
    if stack.status == StackStatus.CREATE_IN_PROGRESS or reviewed_first:
        get_cloudformation_store(stack.account_id, stack.region_name).stacks_v2.pop(stack.stack_id, None)
