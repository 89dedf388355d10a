"""Operations that discover the instances of a service, by names, attributes and health."""

from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.services.servicediscovery.api import descriptions
from localstack_engines.services.servicediscovery.api.operations import Operations, Request, Response

_DEFAULT_MAX_RESULTS = 100


class DiscoveryOperations(Operations):
    """Discovers instances."""

    def discover_instances(self, context: RequestContext, request: Request) -> Response:
        service = self.store.service_by_names(context, request["NamespaceName"], request["ServiceName"])
        found = _discovered(service.instances, request)[: request.get("MaxResults") or _DEFAULT_MAX_RESULTS]
        summaries = [
            {
                "InstanceId": instance.instance_id,
                "NamespaceName": request["NamespaceName"],
                "ServiceName": request["ServiceName"],
                "HealthStatus": descriptions.health(service, instance),
                "Attributes": instance.attributes,
            }
            for instance in found
        ]
        return {"Instances": summaries, "InstancesRevision": self.discovery.revision(service.arn)}

    def discover_instances_revision(self, context: RequestContext, request: Request) -> Response:
        service = self.store.service_by_names(context, request["NamespaceName"], request["ServiceName"])
        return {"InstancesRevision": self.discovery.revision(service.arn)}


def _discovered(instances: list[Any], request: Request) -> list[Any]:
    """Returns the instances with all query parameters and the requested health.

    Optional parameters narrow the result only when an instance has them all.
    """
    status = request.get("HealthStatus") or "HEALTHY_OR_ELSE_ALL"
    found = _matching(instances, request.get("QueryParameters"))
    found = _matching(found, request.get("OptionalParameters")) or found
    if status == "ALL":
        return found
    if status == "UNHEALTHY":
        return [instance for instance in found if instance.health_status == "UNHEALTHY"]
    healthy = [instance for instance in found if instance.health_status != "UNHEALTHY"]
    return healthy if status == "HEALTHY" else healthy or found


def _matching(instances: list[Any], wanted: dict[str, str] | None) -> list[Any]:
    parameters = (wanted or {}).items()
    return [one for one in instances if all(one.attributes.get(name) == value for name, value in parameters)]
