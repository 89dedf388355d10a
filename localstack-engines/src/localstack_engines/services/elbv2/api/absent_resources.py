"""Operations on resources that cannot exist here: no operation makes them, so the truth is that there are none."""

from localstack.aws.api import RequestContext

from localstack_engines.services.elbv2.api.operations import Operations, Request, Response
from localstack_engines.toolkit.errors import ServiceError


class AbsentResourceOperations(Operations):
    """Describes trust stores and reservations of capacity."""

    def describe_trust_stores(self, context: RequestContext, request: Request) -> Response:
        if request.get("TrustStoreArns") or request.get("Names"):
            raise ServiceError("TrustStoreNotFound", "One or more trust stores not found")
        return {"TrustStores": []}

    def describe_capacity_reservation(self, context: RequestContext, request: Request) -> Response:
        self.load_balancer(context, request["LoadBalancerArn"])
        return {"CapacityReservationState": []}
