"""Operations on the versions of Apache Kafka that a cluster can have."""

from localstack.aws.api import RequestContext

from localstack_engines.services.kafka.api.operations import Operations, Request, Response
from localstack_engines.services.kafka.api.paging import PAGER
from localstack_engines.services.kafka.control import versions


class KafkaVersionOperations(Operations):
    """Lists versions."""

    def list_kafka_versions(self, context: RequestContext, request: Request) -> Response:
        found, next_token = PAGER.page(versions.available(), request)
        return {"KafkaVersions": [{"Version": version, "Status": "ACTIVE"} for version in found], **next_token}

    def get_compatible_kafka_versions(self, context: RequestContext, request: Request) -> Response:
        sources = versions.available()
        if request.get("ClusterArn"):
            sources = [self.cluster(context, request["ClusterArn"]).kafka_version]
        found = [{"SourceVersion": version, "TargetVersions": versions.targets(version)} for version in sources]
        return {"CompatibleKafkaVersions": found}
