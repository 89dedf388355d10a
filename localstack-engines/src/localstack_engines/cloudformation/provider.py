"""LocalStack's CloudFormation provider with a check of resource types and with rollback.

LocalStack reports a resource of a type that it does not implement as created, and leaves the resources of a failed
deployment in place. Here such a template is refused, and a failed deployment is rolled back as on AWS.
"""

import logging
from typing import Any

from localstack.aws.api.cloudformation import ChangeSetType
from localstack.services.cloudformation.engine.validations import ValidationError
from localstack.services.cloudformation.stores import get_cloudformation_store
from localstack.services.cloudformation.v2 import provider as core
from localstack.services.cloudformation.v2.entities import ChangeSet
from localstack.services.plugins import Service

from localstack_engines.cloudformation import resource_types
from localstack_engines.cloudformation.executor import Executor

LOG = logging.getLogger(__name__)


class CloudFormationProvider(core.CloudformationProviderV2):
    """Checks the types of a template; deployments run through this plugin's `Executor`."""

    @classmethod
    def _setup_change_set_model(
        cls, change_set: ChangeSet, before_template: dict | None, after_template: dict | None, **arguments: Any
    ) -> None:
        unknown = resource_types.unsupported_types(after_template or {})
        if unknown:
            _forget_if_new(change_set)
            # AWS's wording for a type it does not know.
            raise ValidationError(f"Template format error: Unrecognized resource types: [{', '.join(unknown)}]")
        super()._setup_change_set_model(
            change_set=change_set, before_template=before_template, after_template=after_template, **arguments
        )


def _forget_if_new(change_set: ChangeSet) -> None:
    """Removes the stack that LocalStack recorded for the refused template, unless the stack existed before."""
    stack = change_set.stack
    if change_set.change_set_type == ChangeSetType.CREATE and not stack.resolved_resources:
        get_cloudformation_store(stack.account_id, stack.region_name).stacks_v2.pop(stack.stack_id, None)


def service() -> Service:
    # The provider constructs its executors by this name. There is no other way to give it one.
    core.ChangeSetModelExecutor = Executor
    return Service.for_provider(CloudFormationProvider())
