"""Logins with tokens of IAM: which token lets which role log in to which server.

A token is the presigned URL of a request to the database, without its scheme, as GenerateDBAuthToken of the SDKs
makes it. It is valid for 15 minutes, and for the endpoint and the user that it names.

Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

from localstack_engines.iam import evaluation, presigned
from localstack_engines.services.rds.engine import client_access
from localstack_engines.services.rds.engine.bind_responder import BindResponder
from localstack_engines.services.rds.models import Instance
from localstack_engines.toolkit import settings

LOG = logging.getLogger(__name__)

_SERVICE, _CONNECT = "rds-db", "connect"
_MAX_SECONDS = 900
_MAX_LINE = 1_000
"""Characters of a line in the log: a token may have more, and whoever connects chooses it."""


class Refused(Exception):
    """A token that lets nobody log in; the message is the reason, for the server's log."""


class TokenLogins:
    """Answers the servers' questions about tokens. `servers` returns the instance whose server has a port."""

    def __init__(self, servers: Callable[[int], Instance | None]) -> None:
        self._servers = servers
        self._responder = BindResponder(self._accepts)

    def port(self) -> int:
        """Returns the port at which servers ask. The first call starts to listen."""
        return self._responder.start()

    def stop(self) -> None:
        self._responder.stop()

    def _accepts(self, name: str, token: str) -> bool:
        port, role = client_access.login(name)
        instance = self._servers(port)
        if instance is None:
            return False
        try:
            if not instance.token_logins:
                raise Refused("the instance has no IAM database authentication")
            check(instance, role, token)
        except Refused as error:
            _log(instance, f"{role!r} cannot log in: {error}"[:_MAX_LINE])
            return False
        return True


def check(instance: Instance, role: str, token: str) -> None:
    """Checks that a token lets a role log in to an instance now. Raises Refused."""
    address = f"https://{token}"
    try:
        principal = presigned.verify(address, service=_SERVICE, action=_CONNECT)
        url = urlsplit(address)
        endpoint = url.hostname, url.port
    except (presigned.InvalidSignature, ValueError) as error:
        raise Refused(str(error)) from error
    # Whoever signed the URL chose its parameters. No name occurs twice in one that was verified.
    parameters = {name.lower(): value for name, value in parse_qsl(url.query, keep_blank_values=True)}
    account, region, _ = instance.key
    if endpoint not in endpoints(instance):
        raise Refused(f"the token is for the endpoint {url.netloc!r}")
    if parameters.get("dbuser") != role:
        raise Refused(f"the token is for the user {parameters.get('dbuser')!r}")
    if parameters["x-amz-credential"].split("/")[2] != region:
        raise Refused("the token is for another region")
    if int(parameters["x-amz-expires"]) > _MAX_SECONDS:
        raise Refused(f"the token is valid for more than {_MAX_SECONDS} seconds")
    resource = f"arn:aws:rds-db:{region}:{account}:dbuser:{resource_id(instance)}/{role}"
    if principal.account != account:
        raise Refused(f"{principal.arn} is of another account")
    context = {"aws:SecureTransport": "true"}
    decision = evaluation.evaluate(principal, action=f"{_SERVICE}:{_CONNECT}", resource=resource, context=context)
    if not decision.allowed:
        raise Refused(f"{principal.arn} may not connect as {resource!r}: {decision.reason}")


def _log(instance: Instance, reason: str) -> None:
    LOG.warning("DB instance %s: %s", instance.identifier, reason)
    with instance.server.login_log_file.open("a") as stream:
        stream.write(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC {reason}\n")


def endpoints(instance: Instance) -> set[tuple[str | None, int | None]]:
    """Returns the names and ports under which clients reach the server of an instance."""
    host = settings.endpoint_host()
    found: set[tuple[str | None, int | None]] = {(host, instance.port)}
    if cluster := instance.cluster:
        custom = [endpoint.address for endpoint in list(cluster.endpoints.values())]
        found |= {(name, cluster.relay.port) for name in (host, cluster.reader_address, *custom)}
    return found


def resource_id(instance: Instance) -> str:
    """Returns the id that policies name: of the instance, or of the cluster that it is a member of."""
    return instance.cluster.resource_id if instance.cluster else instance.resource_id
