"""Operations on capacity providers: AWS's own of Fargate, and those of Auto Scaling groups."""

import re

from localstack.aws.api import RequestContext

from localstack_engines.services.ecs.api import identifiers
from localstack_engines.services.ecs.api.operations import Operations, Request, Response, account_scope, includes
from localstack_engines.services.ecs.api.paging import PAGER
from localstack_engines.services.ecs.control.capacity_strategy import FARGATE_PROVIDERS
from localstack_engines.services.ecs.control.managed_scaling import find_group
from localstack_engines.services.ecs.control.task_clients import account_client
from localstack_engines.services.ecs.errors import client_exception, invalid_parameter
from localstack_engines.services.ecs.instance_models import CapacityProvider
from localstack_engines.services.ecs.models import Scope
from localstack_engines.toolkit.errors import ServiceError

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,255}")
_RESERVED_PREFIXES = ("aws", "ecs", "fargate")
_MANAGED_DEFAULTS = {
    "status": "DISABLED",
    "targetCapacity": 100,
    "minimumScalingStepSize": 1,
    "maximumScalingStepSize": 10000,
    "instanceWarmupPeriod": 300,
}


class CapacityProviderOperations(Operations):
    """Creates, updates, deletes and describes capacity providers."""

    def create_capacity_provider(self, context: RequestContext, request: Request) -> Response:
        scope, name, group = account_scope(context), request["name"], request.get("autoScalingGroupProvider")
        if not _NAME.fullmatch(name) or name.lower().startswith(_RESERVED_PREFIXES):
            raise invalid_parameter(
                "The specified capacity provider name is invalid. Up to 255 characters are allowed, including letters "
                '(upper and lowercase), numbers, underscores, and hyphens. The name cannot be prefixed with "aws", '
                '"ecs", or "fargate". Specify a valid name and try again.'
            )
        if not group:
            raise invalid_parameter("The local ECS has capacity providers of Auto Scaling groups only.")
        if self.store.provider(scope, name) is not None:
            raise ServiceError(
                "InvalidParameterException",
                "A capacity provider with the same name already exists. Specify a different name and try again.",
            )
        provider = CapacityProvider(
            scope.account, scope.region, name, _settings({}, group), tags=list(request.get("tags") or [])
        )
        _check_group(provider)
        self._check_unused(scope, provider)
        self.store.capacity_providers[scope.account, scope.region, name] = provider
        return {"capacityProvider": _described(provider)}

    def update_capacity_provider(self, context: RequestContext, request: Request) -> Response:
        provider = self._changeable(context, request["name"])
        changed = CapacityProvider(
            provider.account,
            provider.region,
            provider.name,
            _settings(provider.group, request.get("autoScalingGroupProvider") or {}),
        )
        _check_group(changed)
        provider.group, provider.update_status = changed.group, "UPDATE_COMPLETE"
        return {"capacityProvider": _described(provider)}

    def delete_capacity_provider(self, context: RequestContext, request: Request) -> Response:
        provider = self._changeable(context, request["capacityProvider"])
        if used := self.store.clusters_with(provider):
            raise client_exception(
                f"The capacity provider cannot be deleted because it is associated with cluster: {used[0]}. Remove the "
                "capacity provider from the cluster and try again."
            )
        del self.store.capacity_providers[provider.account, provider.region, provider.name]
        return {"capacityProvider": {**_described(provider), "status": "INACTIVE", "updateStatus": "DELETE_COMPLETE"}}

    def describe_capacity_providers(self, context: RequestContext, request: Request) -> Response:
        scope = account_scope(context)
        names = [identifiers.name_of(scope, "capacity-provider", n) for n in request.get("capacityProviders") or []]
        providers = list(self.store.capacity_providers.items())
        own = [one for key, one in providers if key[:2] == (scope.account, scope.region)]
        known = {name: _fargate(scope, name) for name in FARGATE_PROVIDERS}
        known |= {one.name: _described(one, includes(request, "TAGS")) for one in own}
        shown, more = PAGER.page([name for name in known if not names or name in names], request)
        failures = [
            {"arn": scope.arn("capacity-provider", name), "reason": "MISSING"} for name in names if name not in known
        ]
        return {"capacityProviders": [known[name] for name in shown], "failures": failures, **more}

    def _changeable(self, context: RequestContext, reference: str) -> CapacityProvider:
        scope = account_scope(context)
        name = identifiers.name_of(scope, "capacity-provider", reference)
        if name in FARGATE_PROVIDERS:
            raise invalid_parameter(f"The capacity provider {name} is reserved and cannot be changed or deleted.")
        found = self.store.provider(scope, name)
        if found is None:
            raise invalid_parameter(f"The specified capacity provider '{name}' was not found.")
        return found

    def _check_unused(self, scope: Scope, provider: CapacityProvider) -> None:
        for (account, region, name), other in list(self.store.capacity_providers.items()):
            if (account, region, other.group_name) == (scope.account, scope.region, provider.group_name):
                raise invalid_parameter(
                    "The specified Auto Scaling group ARN is already being used by another capacity provider "
                    f"({name}). Specify a unique Auto Scaling group ARN and try again."
                )


def _settings(current: Request, given: Request) -> Request:
    """Returns the group's settings, changed by those that are given, and complete."""
    managed = {**_MANAGED_DEFAULTS, **(current.get("managedScaling") or {}), **(given.get("managedScaling") or {})}
    defaults = {"managedTerminationProtection": "DISABLED", "managedDraining": "ENABLED"}
    return {**defaults, **current, **{k: v for k, v in given.items() if v is not None}, "managedScaling": managed}


def _check_group(provider: CapacityProvider) -> None:
    client = account_client(provider.account, provider.region, "autoscaling")
    group = find_group(client, provider.group_name)
    if group is None or provider.group["autoScalingGroupArn"] not in (
        group["AutoScalingGroupARN"],
        provider.group_name,
    ):
        raise client_exception(
            "The specified Auto Scaling group ARN is not valid. Specify a valid Auto Scaling group ARN and try again."
        )
    provider.group["autoScalingGroupArn"] = group["AutoScalingGroupARN"]
    if provider.group["managedTerminationProtection"] != "ENABLED":
        return
    if not group.get("NewInstancesProtectedFromScaleIn"):
        raise client_exception(
            "The managed termination protection setting for the capacity provider is invalid. To enable managed "
            "termination protection for a capacity provider, the Auto Scaling group must have instance protection from "
            "scale in enabled."
        )
    if not provider.is_managed:
        raise client_exception("Managed termination protection needs managed scaling.")


def _fargate(scope: Scope, name: str) -> Response:
    arn = scope.arn("capacity-provider", name)
    return {"capacityProviderArn": arn, "name": name, "status": "ACTIVE", "tags": [], "type": name}


def _described(provider: CapacityProvider, with_tags: bool = True) -> Response:
    return {
        "capacityProviderArn": provider.arn,
        "name": provider.name,
        "status": "ACTIVE",
        "autoScalingGroupProvider": provider.group,
        "updateStatus": provider.update_status,
        "tags": provider.tags if with_tags else [],
        "type": "EC2_AUTOSCALING",
    }
