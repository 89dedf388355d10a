"""Operations on MSK's cluster operations, which are the records of changes to a cluster."""

from localstack.aws.api import RequestContext

from localstack_engines.services.kafka.api import descriptions
from localstack_engines.services.kafka.api.operations import Operations, Request, Response
from localstack_engines.services.kafka.api.paging import PAGER
from localstack_engines.services.kafka.errors import not_found
from localstack_engines.services.kafka.models import Operation


class ClusterOperationOperations(Operations):
    """Describes and lists cluster operations."""

    def describe_cluster_operation(self, context: RequestContext, request: Request) -> Response:
        return {"ClusterOperationInfo": descriptions.operation_v1(self._operation(context, request))}

    def describe_cluster_operation_v2(self, context: RequestContext, request: Request) -> Response:
        return {"ClusterOperationInfo": descriptions.operation_v2(self._operation(context, request))}

    def list_cluster_operations(self, context: RequestContext, request: Request) -> Response:
        found, next_token = PAGER.page(self._operations_of_cluster(context, request), request)
        return {"ClusterOperationInfoList": [descriptions.operation_v1(one) for one in found], **next_token}

    def list_cluster_operations_v2(self, context: RequestContext, request: Request) -> Response:
        found, next_token = PAGER.page(self._operations_of_cluster(context, request), request)
        return {"ClusterOperationInfoList": [descriptions.operation_v2(one) for one in found], **next_token}

    def _operation(self, context: RequestContext, request: Request) -> Operation:
        found = self.store.region(context).operations.get(request["ClusterOperationArn"])
        if found is None:
            raise not_found("The requested cluster operation was not found.", "clusterOperationArn")
        return found

    def _operations_of_cluster(self, context: RequestContext, request: Request) -> list[Operation]:
        cluster = self.cluster(context, request["ClusterArn"])
        return [one for one in self.store.region(context).operations.values() if one.cluster_arn == cluster.arn]
