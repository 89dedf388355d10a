"""Operations on the secrets that hold the users of SASL/SCRAM.

Source: https://docs.aws.amazon.com/msk/1.0/apireference/clusters-clusterarn-scram-secrets.html
"""

from localstack.aws.api import RequestContext

from localstack_engines.services.kafka.api import security
from localstack_engines.services.kafka.api.operations import Operations, Request, Response
from localstack_engines.services.kafka.api.paging import PAGER
from localstack_engines.services.kafka.control import scram_secrets
from localstack_engines.services.kafka.errors import bad_request
from localstack_engines.services.kafka.models import Cluster

_MOST_AT_ONCE = 10


class ScramSecretOperations(Operations):
    """Associates secrets with clusters. The brokers read a secret at each log-in, so a new password counts at once."""

    def batch_associate_scram_secret(self, context: RequestContext, request: Request) -> Response:
        cluster, arns = self._cluster_and_secrets(context, request)
        if not security.has_scram(cluster.provisioned):
            raise bad_request("SASL/SCRAM authentication is not enabled for the cluster.", "clusterArn")
        failures = []
        for arn in arns:
            try:
                scram_secrets.check(cluster, arn)
            except scram_secrets.Unusable as error:
                failures.append(_failure(arn, str(error)))
                continue
            if arn not in cluster.scram_secrets:
                cluster.scram_secrets.append(arn)
        return {"ClusterArn": cluster.arn, "UnprocessedScramSecrets": failures}

    def batch_disassociate_scram_secret(self, context: RequestContext, request: Request) -> Response:
        cluster, arns = self._cluster_and_secrets(context, request)
        failures = []
        for arn in arns:
            if arn in cluster.scram_secrets:
                cluster.scram_secrets.remove(arn)
            else:
                failures.append(_failure(arn, "The provided secret is not associated with the cluster."))
        return {"ClusterArn": cluster.arn, "UnprocessedScramSecrets": failures}

    def list_scram_secrets(self, context: RequestContext, request: Request) -> Response:
        found, next_token = PAGER.page(self.cluster(context, request["ClusterArn"]).scram_secrets, request)
        return {"SecretArnList": found, **next_token}

    def _cluster_and_secrets(self, context: RequestContext, request: Request) -> tuple[Cluster, list[str]]:
        """Returns the cluster and the secrets of a request."""
        cluster, arns = self.cluster(context, request["ClusterArn"]), list(request["SecretArnList"])
        if not 1 <= len(arns) <= _MOST_AT_ONCE:
            raise bad_request(f"Specify 1 to {_MOST_AT_ONCE} secrets.", "secretArnList")
        return cluster, arns


def _failure(arn: str, message: str) -> dict[str, str]:
    return {"ErrorCode": "InvalidSecretArn", "ErrorMessage": message, "SecretArn": arn}
