"""Operations on cluster policies."""

import json

from localstack.aws.api import RequestContext

from localstack_engines.services.kafka import models
from localstack_engines.services.kafka.api.operations import Operations, Request, Response
from localstack_engines.services.kafka.errors import bad_request, not_found, outdated_version


class PolicyOperations(Operations):
    """Stores policies. They are for clients of other accounts, which need multi-VPC connectivity."""

    def put_cluster_policy(self, context: RequestContext, request: Request) -> Response:
        cluster = self.cluster(context, request["ClusterArn"])
        current = cluster.policy[0] if cluster.policy else None
        if request.get("CurrentVersion") not in (None, current):
            raise outdated_version("policy")
        _check_policy(request["Policy"])
        cluster.policy = (models.new_version(), request["Policy"])
        return {"CurrentVersion": cluster.policy[0]}

    def get_cluster_policy(self, context: RequestContext, request: Request) -> Response:
        policy = self.cluster(context, request["ClusterArn"]).policy
        if policy is None:
            raise not_found("The cluster has no policy.", "clusterArn")
        return {"CurrentVersion": policy[0], "Policy": policy[1]}

    def delete_cluster_policy(self, context: RequestContext, request: Request) -> Response:
        self.get_cluster_policy(context, request)
        self.cluster(context, request["ClusterArn"]).policy = None
        return {}


def _check_policy(text: str) -> None:
    """Raises BadRequestException unless the text is a policy document: a JSON object with statements."""
    try:
        document = json.loads(text)
    except ValueError as error:
        raise bad_request("The policy is not valid JSON.", "policy") from error
    if not isinstance(document, dict) or not document.get("Statement"):
        raise bad_request("The policy has no statement.", "policy")
