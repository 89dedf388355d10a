"""Operations on the brokers of a cluster: their descriptions and their addresses."""

from localstack.aws.api import RequestContext

from localstack_engines.services.kafka import models
from localstack_engines.services.kafka.api import descriptions
from localstack_engines.services.kafka.api.operations import Operations, Request, Response
from localstack_engines.services.kafka.api.paging import PAGER
from localstack_engines.services.kafka.engine import listeners
from localstack_engines.services.kafka.errors import bad_request

_BOOTSTRAP_MEMBERS = {
    listeners.PLAINTEXT: "BootstrapBrokerString",
    listeners.TLS: "BootstrapBrokerStringTls",
    listeners.SCRAM: "BootstrapBrokerStringSaslScram",
    listeners.IAM: "BootstrapBrokerStringSaslIam",
}


class NodeOperations(Operations):
    """Lists brokers and returns their addresses."""

    def list_nodes(self, context: RequestContext, request: Request) -> Response:
        nodes, next_token = PAGER.page(descriptions.nodes(self.cluster(context, request["ClusterArn"])), request)
        return {"NodeInfoList": nodes, **next_token}

    def get_bootstrap_brokers(self, context: RequestContext, request: Request) -> Response:
        cluster = self.cluster(context, request["ClusterArn"])
        if cluster.state in (models.CREATING, models.DELETING, models.FAILED):
            raise bad_request(
                f"Bootstrap brokers cannot be retrieved while the cluster is in the {cluster.state} state.",
                "clusterArn",
            )
        found = {name: cluster.kafka.bootstrap(listener) for listener, name in _BOOTSTRAP_MEMBERS.items()}
        return {name: addresses for name, addresses in found.items() if addresses}
