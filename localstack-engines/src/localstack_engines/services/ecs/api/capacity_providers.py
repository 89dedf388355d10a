"""Operations on capacity providers. AWS's own providers always exist; moto has only those of Auto Scaling groups."""

from localstack.aws.api import RequestContext

from localstack_engines.services.ecs.api.launch_rules import FARGATE_PROVIDERS
from localstack_engines.services.ecs.api.operations import Operations, Request, Response
from localstack_engines.services.ecs.models import Scope
from localstack_engines.toolkit.dispatch import moto


class CapacityProviderOperations(Operations):
    """Describes capacity providers."""

    def describe_capacity_providers(self, context: RequestContext, request: Request) -> Response:
        names = request.get("capacityProviders")
        scope = Scope(context.account_id, context.region, "")
        fargate = [
            {"capacityProviderArn": scope.arn("capacity-provider", name), "name": name, "status": "ACTIVE", "tags": []}
            for name in FARGATE_PROVIDERS
            if not names or name in names
        ]
        others = [name for name in names or [] if name not in FARGATE_PROVIDERS]
        if names and not others:
            return {"capacityProviders": fargate, "failures": []}
        response = moto(context, "DescribeCapacityProviders", {**request, "capacityProviders": others})
        return {**response, "capacityProviders": [*fargate, *(response.get("capacityProviders") or [])]}
