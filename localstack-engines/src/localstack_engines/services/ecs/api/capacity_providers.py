"""Operations on capacity providers. AWS's own providers of Fargate always exist; there are no others."""

from localstack.aws.api import RequestContext

from localstack_engines.services.ecs.api import identifiers
from localstack_engines.services.ecs.api.cluster_rules import FARGATE_PROVIDERS
from localstack_engines.services.ecs.api.operations import Operations, Request, Response, account_scope
from localstack_engines.services.ecs.api.paging import PAGER
from localstack_engines.services.ecs.errors import invalid_parameter
from localstack_engines.services.ecs.models import Scope
from localstack_engines.toolkit.errors import ServiceError

_NO_GROUPS = "The local ECS has no Auto Scaling groups: use the capacity providers FARGATE and FARGATE_SPOT."


class CapacityProviderOperations(Operations):
    """Describes capacity providers, and refuses to change others."""

    def describe_capacity_providers(self, context: RequestContext, request: Request) -> Response:
        scope = account_scope(context)
        names = [identifiers.name_of(scope, "capacity-provider", n) for n in request.get("capacityProviders") or []]
        shown, more = PAGER.page([n for n in FARGATE_PROVIDERS if not names or n in names], request)
        failures = [
            {"arn": scope.arn("capacity-provider", name), "reason": "MISSING"}
            for name in names
            if name not in FARGATE_PROVIDERS
        ]
        return {"capacityProviders": [_described(scope, name) for name in shown], "failures": failures, **more}

    def update_capacity_provider(self, context: RequestContext, request: Request) -> Response:
        raise self._not_changeable(context, request["name"])

    def delete_capacity_provider(self, context: RequestContext, request: Request) -> Response:
        raise self._not_changeable(context, request["capacityProvider"])

    @staticmethod
    def _not_changeable(context: RequestContext, reference: str) -> ServiceError:
        name = identifiers.name_of(account_scope(context), "capacity-provider", reference)
        if name in FARGATE_PROVIDERS:
            return invalid_parameter(f"The capacity provider {name} is reserved and cannot be changed or deleted.")
        return invalid_parameter(f"The specified capacity provider '{name}' was not found. {_NO_GROUPS}")


def _described(scope: Scope, name: str) -> Response:
    return {"capacityProviderArn": scope.arn("capacity-provider", name), "name": name, "status": "ACTIVE", "tags": []}
