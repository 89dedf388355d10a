"""Answers what brokers ask about their clients: may they log in, and what may they do."""

import logging
from datetime import datetime
from typing import Any

from localstack_engines.iam import principals
from localstack_engines.iam.evaluation import evaluate
from localstack_engines.iam.presigned import InvalidSignature, verify
from localstack_engines.iam.principals import Principal
from localstack_engines.services.kafka.control import iam_clients, iam_requests, scram, scram_secrets
from localstack_engines.services.kafka.control.iam_permissions import CONNECT, permission
from localstack_engines.services.kafka.models import Cluster
from localstack_engines.services.kafka.store import Store

LOG = logging.getLogger(__name__)


class Access:
    """Decides for the clients of one cluster. The questions are those of `image/kafka/access`.

    A client is known by its ARN and its access key. Each decision looks the key up again: a change of a
    policy, the end of a session and the deletion of a key have effect on open connections too.
    """

    def __init__(self, store: Store, arn: str) -> None:
        self._store = store
        self._arn = arn
        self._questions = {
            "token": self._token,
            "signed-request": self._signed_request,
            "scram": self._scram,
            "authorize": self._authorize,
        }

    def answer(self, name: str, question: dict[str, Any]) -> dict[str, Any]:
        """Answers a question. Raises LookupError for an unknown one, and when the cluster does not exist any more."""
        cluster = next((one for one in self._store.clusters() if one.arn == self._arn), None)
        if cluster is None:
            raise LookupError(self._arn)
        return self._questions[name](cluster, question)

    def _token(self, cluster: Cluster, question: dict[str, Any]) -> dict[str, Any]:
        try:
            return _log_in(cluster, iam_requests.url_of_token(str(question["token"]), cluster.region))
        except iam_requests.Malformed as error:
            return {"refused": str(error)}

    def _signed_request(self, cluster: Cluster, question: dict[str, Any]) -> dict[str, Any]:
        try:
            return _log_in(cluster, iam_requests.url_of_payload(question, cluster.kafka.spec.host))
        except iam_requests.Malformed as error:
            return {"refused": str(error)}

    @staticmethod
    def _scram(cluster: Cluster, question: dict[str, Any]) -> dict[str, Any]:
        password = scram_secrets.password(cluster, str(question["user"]))
        return {"refused": "There is no such user"} if password is None else scram.credential(password)

    @staticmethod
    def _authorize(cluster: Cluster, question: dict[str, Any]) -> dict[str, Any]:
        principal = iam_clients.find(str(question["principal"]))
        context = _context(str(question["address"]))
        return {"allowed": [_allowed(cluster, principal, action, context) for action in question["actions"]]}


def _log_in(cluster: Cluster, url: str) -> dict[str, Any]:
    try:
        principal = verify(url, service="kafka-cluster", action=CONNECT)
    except InvalidSignature as error:
        return {"refused": str(error)}
    if principal.account != cluster.account:
        # Other accounts need a cluster policy, which is for connections that are refused here.
        return {"refused": f"{principal.arn} is not in the cluster's account"}
    access_key, region, end = iam_requests.scope(url)
    if region != cluster.region:
        return {"refused": f"The request is signed for {region}"}
    decision = evaluate(principal, action=CONNECT, resource=cluster.arn, context=_context())
    if not decision.allowed:
        return {"refused": f"{principal.arn} is not authorized to perform {CONNECT} on {cluster.arn}"}
    return {"principal": iam_clients.name(principal, access_key), "expires": _milliseconds(_earliest(access_key, end))}


def _allowed(cluster: Cluster, principal: Principal | None, action: dict[str, str], context: dict[str, Any]) -> bool:
    needed = permission(cluster.arn, action["type"], action["operation"], action["name"])
    if principal is None or needed is None:
        return False
    decision = evaluate(principal, action=needed[0], resource=needed[1], context=context)
    if not decision.allowed:
        LOG.info("%s is not authorized to perform %s on %s", principal.arn, *needed)
    return bool(decision.allowed)


def _context(address: str | None = None) -> dict[str, Any]:
    """Returns the condition keys of a request. The listener of IAM has TLS."""
    return {"aws:SecureTransport": "true", **({"aws:SourceIp": address} if address else {})}


def _earliest(access_key: str, end: datetime) -> datetime:
    key = principals.find_key(access_key)
    return min(end, key.expires_at) if key and key.expires_at else end


def _milliseconds(time: datetime) -> int:
    return int(time.timestamp() * 1000)
