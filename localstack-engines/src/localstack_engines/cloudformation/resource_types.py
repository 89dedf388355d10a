"""The classes that implement CloudFormation types.

If two classes implement a type, LocalStack takes the one that was installed first. It reports an update that no class
implements as done. So the executor asks this module first, and every action of every type runs through `resource.run`.
"""

import importlib
import logging
from collections.abc import Iterable
from functools import lru_cache

from localstack.services.cloudformation import resource_provider
from localstack.services.cloudformation.engine.quirks import PHYSICAL_RESOURCE_ID_SPECIAL_CASES
from localstack.services.cloudformation.resource_provider import (
    ConvertingInternalClientFactory,
    OperationStatus,
    ProgressEvent,
    ResourceProvider,
    ResourceProviderExecutor,
    ResourceRequest,
    convert_payload,
    plugin_manager,
)

from localstack_engines.cloudformation import resource
from localstack_engines.cloudformation.custom_resources import implemented_type
from localstack_engines.cloudformation.property_check import InvalidProperties, conform
from localstack_engines.cloudformation.resource import Resource

LOG = logging.getLogger(__name__)

ACTIONS = {"Add": "create", "Modify": "update", "Dynamic": "update", "Remove": "delete"}
POLL_SECONDS = 0.2

_modules: tuple[str, ...] = ()
_failures: dict[str, str] = {}


@lru_cache(maxsize=1)
def resource_providers() -> dict[str, type[Resource]]:
    """Returns the types of all modules, by CloudFormation type name."""
    found: dict[str, type[Resource]] = {}
    for name in _modules:
        try:
            found.update(importlib.import_module(name).RESOURCE_PROVIDERS)
        except Exception as error:
            # A broken module must not disable the types of other modules. The introspection endpoint
            # shows the failure, and so does every deployment of the module's types.
            LOG.exception("cannot load the CloudFormation types of %s", name)
            _failures[name] = f"{type(error).__name__}: {error}"
    for name, provider in found.items():
        if provider.PHYSICAL_ID:
            PHYSICAL_RESOURCE_ID_SPECIAL_CASES[name] = provider.PHYSICAL_ID
    return found


def failures() -> dict[str, str]:
    """Returns the modules of resource types that could not be loaded, each with its error."""
    return dict(_failures)


def is_supported(name: str) -> bool:
    """Returns whether the plugin or LocalStack implements the type."""
    name = implemented_type(name)
    return name in resource_providers() or plugin_manager.exists(name)


def _check(request: ResourceRequest) -> ProgressEvent | None:
    """Gives the properties the types of the schema. Returns the failure of a resource that does not fit it."""
    if not (schema := resource.find_schema(request.resource_type)):
        return None
    try:
        request.desired_state = conform(schema, request.desired_state, request.previous_state or {})
    except InvalidProperties as error:
        message = f"Properties validation failed for resource {request.logical_resource_id} with message:\n{error}"
        return ProgressEvent(OperationStatus.FAILED, {}, message=message, error_code=resource.INVALID)
    return None


def install(modules: Iterable[str]) -> None:
    """Makes LocalStack's CloudFormation prefer the types of these modules to its own."""
    global _modules
    _modules = tuple(modules)
    load_of_core = ResourceProviderExecutor.try_load_resource_provider
    loop_of_core = ResourceProviderExecutor.deploy_loop

    def try_load_resource_provider(resource_type: str) -> ResourceProvider | None:
        if not isinstance(resource_type, str):
            return None  # an output refers to a resource that a transform makes later
        own = resource_providers().get(implemented_type(resource_type))
        return own() if own else load_of_core(resource_type)

    def execute_action(executor: ResourceProviderExecutor, provider: ResourceProvider, payload: dict) -> ProgressEvent:
        request = convert_payload(stack_name=executor.stack_name, stack_id=executor.stack_id, payload=payload)
        action = ACTIONS[payload["action"]]
        cancelled = getattr(executor, "cancelled", None)
        if action != "delete" and request.custom_context and cancelled and cancelled.is_set():
            verb = {"create": "creation", "update": "update"}[action]
            return ProgressEvent(OperationStatus.FAILED, request.desired_state, message=f"Resource {verb} cancelled")
        if action != "delete" and not request.custom_context and (refusal := _check(request)):
            return refusal
        return resource.run(action, provider, request)

    def deploy_loop(
        executor: ResourceProviderExecutor, provider: ResourceProvider, resource: dict, payload: dict
    ) -> ProgressEvent:
        if not isinstance(provider, Resource):
            return loop_of_core(executor, provider, resource, payload)
        # LocalStack asks every second; a database is ready in less.
        return loop_of_core(
            executor,
            provider,
            resource,
            payload,
            max_timeout=provider.TIMEOUT_SECONDS,
            sleep_time=POLL_SECONDS,
        )

    # A handler's client must not repeat a request that is slow or failed: the second one would find the resource.
    resource_provider._cfn_resource_client_factory = ConvertingInternalClientFactory(config=resource.CLIENT_CONFIG)
    ResourceProviderExecutor.deploy_loop = deploy_loop
    ResourceProviderExecutor.try_load_resource_provider = staticmethod(try_load_resource_provider)
    ResourceProviderExecutor.execute_action = execute_action
