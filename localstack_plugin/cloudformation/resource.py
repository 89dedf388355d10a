"""The base class of this plugin's CloudFormation resource types."""

import logging
from functools import cached_property
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from localstack.aws.connect import connect_to
from localstack.services.cloudformation.resource_provider import (
    OperationStatus,
    ProgressEvent,
    ResourceProvider,
    ResourceRequest,
)

LOG = logging.getLogger(__name__)

NOT_FOUND_MARKS = ("NotFound", "NoSuch", "DoesNotExist")


class Failed(Exception):
    """Fails the resource's action with this message."""

    def __init__(self, message: str, code: str = "GeneralServiceException") -> None:
        super().__init__(message)
        self.code = code


class Resource(ResourceProvider):
    """One CloudFormation type.

    A subclass sets ``TYPE`` and implements ``create``, ``read``, ``update`` and
    ``delete``, each taking the request and returning a ProgressEvent (``done``,
    ``wait``). Properties and read-only attributes live in one model:
    ``request.desired_state``, completed with what the type's ``Ref`` and ``GetAtt``
    need. Any exception fails the action with its message, as AWS's API words it.
    """

    TYPE: str
    PHYSICAL_ID: str | None = None
    """JSON pointer of what Ref returns, where it is not the schema's primary identifier."""

    @cached_property
    def SCHEMA(self) -> dict:
        return schema(self.TYPE)

    def client(self, request: ResourceRequest, service: str) -> Any:
        """A plain boto3 client for ``service`` in the stack's account and region."""
        return connect_to(aws_access_key_id=request.account_id, region_name=request.region_name).get_client(
            service_name=service
        )

    def done(self, model: dict) -> ProgressEvent:
        """The action is complete; ``model`` holds all properties and attributes."""
        return ProgressEvent(status=OperationStatus.SUCCESS, resource_model=model)

    def wait(self, request: ResourceRequest, model: dict, **context: Any) -> ProgressEvent:
        """Asks to be called again (at once, then every second) with ``context`` in ``request.custom_context``."""
        return ProgressEvent(
            status=OperationStatus.IN_PROGRESS,
            resource_model=model,
            custom_context={**request.custom_context, **context},
        )

    def failed(self, message: str, code: str = "GeneralServiceException") -> ProgressEvent:
        """The action failed, and why."""
        return ProgressEvent(status=OperationStatus.FAILED, resource_model={}, message=message, error_code=code)


def run(action: str, provider: ResourceProvider, request: ResourceRequest) -> ProgressEvent:
    """Runs ``create``, ``update`` or ``delete`` of a Resource, turning exceptions into failures.

    A resource that is gone already counts as deleted, as in AWS's resource handlers
    (https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract.html).
    """
    try:
        return getattr(provider, action)(request)
    except ClientError as error:
        code = error.response["Error"].get("Code", "")
        if action == "delete" and any(mark in code for mark in NOT_FOUND_MARKS):
            return ProgressEvent(status=OperationStatus.SUCCESS, resource_model={})
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", "")
        message = f"{error.response['Error'].get('Message', '')} (Status Code: {status}, Error Code: {code})"
        return _failure(request, message, code)
    except Failed as error:
        return _failure(request, str(error), error.code)
    except BotoCoreError as error:
        return _failure(request, str(error), "InvalidRequest")
    except Exception as error:
        LOG.exception("%s of %s (%s)", action, request.logical_resource_id, request.resource_type)
        return _failure(request, f"{type(error).__name__}: {error}", "InternalFailure")


def _failure(request: ResourceRequest, message: str, code: str) -> ProgressEvent:
    # The model tells a rollback what there is to remove.
    return ProgressEvent(
        status=OperationStatus.FAILED,
        resource_model=request.desired_state,
        message=f'Resource handler returned message: "{message}"',
        error_code=code,
    )


def schema(resource_type: str) -> dict:
    """The type's CloudFormation schema, from the copy that cfn-lint ships."""
    from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

    return PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", resource_type).schema
