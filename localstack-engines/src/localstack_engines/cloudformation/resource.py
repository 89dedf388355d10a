"""The base class of this plugin's CloudFormation resource types."""

import ast
import importlib.util
import json
import logging
import secrets
import string
from collections.abc import Collection, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from localstack import config
from localstack.aws.connect import connect_to
from localstack.services.cloudformation.resource_provider import (
    OperationStatus,
    ProgressEvent,
    ResourceProvider,
    ResourceRequest,
)

from localstack_engines.cloudformation.removals import NotChangeable, complete, updatable_properties

LOG = logging.getLogger(__name__)

UNSUPPORTED = "UnsupportedOperation"
INVALID = "InvalidProperties"
SNAPSHOT = "snapshot"
"""In the context of a deletion: the resource has the deletion policy Snapshot."""
CLIENT_CONFIG = Config(retries={"total_max_attempts": 1}, read_timeout=900)
"""Sends each request once and waits, in seconds, longer than any operation takes.

A client that repeats a slow CreateFunction is told that the function already exists.
"""
NOT_FOUND_MARKS = ("NotFound", "NoSuch", "DoesNotExist", "404")


class Failed(Exception):
    """Fails the resource's action with this message."""

    def __init__(self, message: str, code: str = "GeneralServiceException") -> None:
        super().__init__(message)
        self.code = code


class Resource(ResourceProvider):
    """One CloudFormation type.

    A subclass sets `TYPE` and implements `create`, `update` and `delete`. Each takes the request and returns a
    ProgressEvent (`done`, `wait`). Properties and read-only attributes are in one model: `request.desired_state`,
    completed with what the type's `Ref` and `GetAtt` need. Any exception fails the action; its message is the reason.
    """

    TYPE: str
    PHYSICAL_ID: str | None = None
    """JSON pointer of what Ref returns, where it is not the schema's primary identifier."""
    DEFAULTS: Mapping[str, Any] = {}
    """Values that `update` gets for properties that the template no longer has."""
    RESET: Collection[str] = ("Tags",)
    """Properties whose removal `update` notices itself."""
    FIXED: Collection[str] = ()
    """Updatable properties that the local service sets at creation only. A change of them is refused."""
    TIMEOUT_SECONDS = config.CFN_PER_RESOURCE_TIMEOUT
    """An action that takes longer fails."""

    @cached_property
    def SCHEMA(self) -> dict:
        return schema(self.TYPE)

    def default_name(self, request: ResourceRequest, length: int = 64) -> str:
        """Returns a name as AWS generates it: stack, logical id and a random part, `length` characters at most."""
        suffix = "".join(secrets.choice(string.ascii_uppercase + string.digits) for _ in range(12))
        stem = f"{request.stack_name}-{request.logical_resource_id}"[: length - len(suffix) - 1].rstrip("-")
        return f"{stem}-{suffix}"

    def client(self, request: ResourceRequest, service: str) -> Any:
        """Returns a boto3 client of `service` in the stack's account and region."""
        factory = connect_to(
            aws_access_key_id=request.account_id, region_name=request.region_name, config=CLIENT_CONFIG
        )
        return factory.get_client(service)

    def done(self, model: dict, note: str = "") -> ProgressEvent:
        """Reports the action as complete; `model` holds all properties and attributes.

        The stack's event shows `note` as the reason of the resource's status.
        """
        return ProgressEvent(status=OperationStatus.SUCCESS, resource_model=model, message=note)

    def wait(self, request: ResourceRequest, model: dict, **context: Any) -> ProgressEvent:
        """Asks to be called again (at once, then every second) with `context` in `request.custom_context`."""
        return ProgressEvent(
            status=OperationStatus.IN_PROGRESS,
            resource_model=model,
            custom_context={**request.custom_context, "created": True, **context},
        )

    def created(self, request: ResourceRequest) -> None:
        """Notes that the resource exists now, so that `delete` removes it when a later step fails.

        Only types whose identifier is a name from the template have to call this. `wait` implies it.
        """
        request.custom_context["created"] = True


def run(action: str, provider: ResourceProvider, request: ResourceRequest) -> ProgressEvent:
    """Runs `create`, `update` or `delete` of any type. Turns exceptions into failures.

    A resource that is gone already counts as deleted, as in AWS's resource handlers
    (https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract.html).
    """
    try:
        if action == "update" and isinstance(provider, Resource) and not request.custom_context:
            request.desired_state = _completed(provider, request)
        return getattr(provider, action)(request)
    except ClientError as error:
        code = error.response["Error"].get("Code", "")
        if action == "delete" and any(mark in code for mark in NOT_FOUND_MARKS):
            return ProgressEvent(status=OperationStatus.SUCCESS, resource_model={})
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", "")
        message = f"{error.response['Error'].get('Message', '')} (Status Code: {status}, Error Code: {code})"
    except NotImplementedError:
        code, message = UNSUPPORTED, f"The local {request.resource_type} cannot be changed by {action}"
    except Failed as error:
        code, message = error.code, str(error)
    except NotChangeable as error:
        code, message = INVALID, str(error)
    except BotoCoreError as error:
        code, message = "InvalidRequest", str(error)
    except Exception as error:
        LOG.exception("%s of %s (%s)", action, request.logical_resource_id, request.resource_type)
        code, message = "InternalFailure", f"{type(error).__name__}: {error}"
    return ProgressEvent(
        status=OperationStatus.FAILED,
        resource_model=request.desired_state if _may_exist(provider, request) else {},
        message=f'Resource handler returned message: "{message}"',
        error_code=code,
    )


def _completed(provider: Resource, request: ResourceRequest) -> dict[str, Any]:
    """Returns the desired properties with AWS's defaults of those that were removed."""
    return complete(
        provider.TYPE,
        updatable_properties(provider.SCHEMA),
        request.previous_state or {},
        request.desired_state,
        defaults=provider.DEFAULTS,
        reset=provider.RESET,
        fixed=provider.FIXED,
    )


def _may_exist(provider: ResourceProvider, request: ResourceRequest) -> bool:
    """Returns whether a failed creation may have left something that a rollback has to remove.

    A name from the template proves nothing: creation also fails when another resource has that name, and that resource
    must not be deleted.
    """
    if request.custom_context:
        return True
    identifier = provider.SCHEMA["primaryIdentifier"]
    generated = set(identifier) <= set(provider.SCHEMA.get("readOnlyProperties", []))
    return generated and all(request.desired_state.get(path.rpartition("/")[2]) for path in identifier)


_NEWER: Mapping[str, dict[str, Any]] = {
    "AWS::ApplicationAutoScaling::ScalableTarget": {
        "Tags": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["Key", "Value"],
                "properties": {"Key": {"type": "string"}, "Value": {"type": "string"}},
            },
        }
    }
}
"""Properties that AWS added after the release of cfn-lint that LocalStack's image has. The CDK writes them."""


@cache
def schema(resource_type: str) -> dict:
    """Returns the type's CloudFormation schema, from the copy that cfn-lint ships.

    The files are read directly, because importing cfn-lint takes seconds and 100 MB of memory.
    """
    files = _schema_files()
    schema_file = files / "resources" / f"{_schema_index()[resource_type]}.json"
    found: dict = json.loads(schema_file.read_text())
    found["properties"] |= _NEWER.get(resource_type, {})
    return found


def find_schema(resource_type: str) -> dict | None:
    """Returns the type's schema, or None for a type that AWS does not have."""
    return schema(resource_type) if resource_type in _schema_index() else None


@cache
def _schema_index() -> dict[str, str]:
    """Returns the names of schema files by resource type: the one assignment in cfn-lint's module for a region."""
    module = ast.parse((_schema_files() / "providers" / "us_east_1.py").read_text())
    table = next(node.value for node in module.body if isinstance(node, ast.AnnAssign) and node.value)
    return ast.literal_eval(table)


def _schema_files() -> Path:
    package = importlib.util.find_spec("cfnlint")
    if package is None or not package.submodule_search_locations:
        raise ModuleNotFoundError("cfn-lint, which has the schemas of resource types, is not installed")
    return Path(package.submodule_search_locations[0], "data", "schemas")
