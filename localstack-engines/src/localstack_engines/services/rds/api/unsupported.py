"""Operations that are refused: moto would record their resources, but no server would run."""

from localstack.aws.api import RequestContext

from localstack_engines.services.rds.api.operations import Operations, Request, Response
from localstack_engines.services.rds.errors import not_supported


class UnsupportedOperations(Operations):
    """Refuses clusters, proxies and all other resources than single DB instances."""

    def create_blue_green_deployment(self, context: RequestContext, request: Request) -> Response:
        raise not_supported(context.operation.name)

    def create_db_cluster(self, context: RequestContext, request: Request) -> Response:
        raise not_supported(context.operation.name)

    def create_db_proxy(self, context: RequestContext, request: Request) -> Response:
        raise not_supported(context.operation.name)

    def create_db_shard_group(self, context: RequestContext, request: Request) -> Response:
        raise not_supported(context.operation.name)

    def create_global_cluster(self, context: RequestContext, request: Request) -> Response:
        raise not_supported(context.operation.name)

    def restore_db_cluster_from_snapshot(self, context: RequestContext, request: Request) -> Response:
        raise not_supported(context.operation.name)

    def restore_db_cluster_to_point_in_time(self, context: RequestContext, request: Request) -> Response:
        raise not_supported(context.operation.name)

    def start_export_task(self, context: RequestContext, request: Request) -> Response:
        raise not_supported(context.operation.name)
