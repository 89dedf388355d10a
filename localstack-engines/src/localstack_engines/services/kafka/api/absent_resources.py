"""Operations on resources that cannot exist here: no operation makes them, so the truth is that there are none."""

from typing import NoReturn

from localstack.aws.api import RequestContext

from localstack_engines.services.kafka.api.operations import Operations, Request, Response
from localstack_engines.services.kafka.errors import not_found


class AbsentResourceOperations(Operations):
    """Lists replicators and VPC connections. There are none, and one that a request names is unknown."""

    def list_replicators(self, context: RequestContext, request: Request) -> Response:
        return {"Replicators": []}

    def describe_replicator(self, context: RequestContext, request: Request) -> Response:
        _unknown("replicatorArn")

    def list_vpc_connections(self, context: RequestContext, request: Request) -> Response:
        return {"VpcConnections": []}

    def describe_vpc_connection(self, context: RequestContext, request: Request) -> Response:
        _unknown("arn")

    def list_client_vpc_connections(self, context: RequestContext, request: Request) -> Response:
        self.cluster(context, request["ClusterArn"])
        return {"ClientVpcConnections": []}


def _unknown(parameter: str) -> NoReturn:
    raise not_found("The requested resource was not found.", parameter)
