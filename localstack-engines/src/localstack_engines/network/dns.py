"""Answers DNS queries of tasks: the sources that are added here come before LocalStack's own resolver.

LocalStack's DNS server has neither SRV records nor TTLs, answers AAAA for its own name with ::1 (where nothing
listens) and does not start without an upstream resolver. A task needs an address of LocalStack that it can reach,
which is the VPC's base+2.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from localstack_engines.network.networks import networks
from localstack_engines.toolkit import settings

LOG = logging.getLogger(__name__)

_ENDPOINT_TTL = 60
_DOCKER_RESOLVER = "127.0.0.11"


@dataclass(frozen=True)
class Query:
    """A DNS query. `name` is lower case without the final dot; `vpc_id` is None when the client is in no VPC."""

    name: str
    type: str
    vpc_id: str | None


@dataclass(frozen=True)
class Record:
    """A DNS record. `data` is in zone file form, e.g. "1 1 8080 host" for SRV; `ttl` is in seconds."""

    type: str
    data: str
    ttl: int


@dataclass(frozen=True)
class Answer:
    """An authoritative answer. Without records it means NODATA when the name exists, and NXDOMAIN when not."""

    records: list[Record] = field(default_factory=list)
    exists: bool = True
    zone: str = settings.ENDPOINT_HOST
    negative_ttl: int = _ENDPOINT_TTL


Source = Callable[[Query], Answer | None]
"""Answers a query, or returns None for a name that is not in its zones."""
_sources: list[Source] = []


def add_source(source: Source) -> None:
    """Adds a source of answers. The first source with an answer wins."""
    if source not in _sources:
        _sources.append(source)


def endpoint_names(query: Query) -> Answer | None:
    """Answers for `localhost.localstack.cloud` and all names below it, with the address that a VPC's tasks reach.

    AWS's SDKs also put prefixes in front of an endpoint's name (`data-` for DiscoverInstances).
    """
    prefix, found, rest = query.name.rpartition(settings.ENDPOINT_HOST)
    if not found or rest or prefix[-1:] not in ("", ".", "-"):
        return None
    if query.type == "AAAA":
        return Answer()
    network = networks.find(query.vpc_id) if query.vpc_id else None
    if network is None or query.type != "A":
        return None
    return Answer(records=[Record("A", network.resolver, _ENDPOINT_TTL)])


def install() -> None:
    """Puts the sources in front of LocalStack's resolver. Starts LocalStack's DNS server when it does not run."""
    from localstack import config
    from localstack.dns import server

    if not config.use_custom_dns():
        LOG.warning("LocalStack's DNS server is switched off: private names do not resolve")
        return
    if not server.is_server_running():
        # LocalStack does not start it without an upstream resolver. The names of the sources need none.
        server.start_server(upstream_dns=_DOCKER_RESOLVER, host="0.0.0.0", port=config.DNS_PORT)  # noqa: S104
    running = server.get_dns_server()
    if running is None:
        LOG.error("LocalStack's DNS server does not start: private names do not resolve")
        return
    original = running.resolver.resolve
    running.resolver.resolve = lambda request, handler: _resolve(request, handler, original)


def _resolve(request: Any, handler: Any, original: Callable[[Any, Any], Any]) -> Any:
    from dnslib import QTYPE

    network = networks.containing(handler.client_address[0])
    query = Query(
        name=str(request.q.qname).rstrip(".").lower(),
        type=QTYPE.get(request.q.qtype),
        vpc_id=network.vpc_id if network else None,
    )
    # A service may have names below LocalStack's own, so these come last.
    for source in (*_sources, endpoint_names):
        try:
            answer = source(query)
        except Exception:
            LOG.exception("DNS source %s failed for %s", source, query)
            continue
        if answer is not None:
            return to_reply(request, answer)
    return original(request, handler)


def to_reply(request: Any, answer: Answer) -> Any:
    """Returns the DNS message for an answer.

    A negative one has the zone's SOA record, whose last number is the TTL of the answer (RFC 2308).
    """
    from dnslib import RCODE, RR

    reply = request.reply()
    for record in answer.records:
        reply.add_answer(*RR.fromZone(f"{request.q.qname} {record.ttl} IN {record.type} {record.data}"))
    if not answer.records:
        ttl = answer.negative_ttl
        soa = f"{answer.zone}. {ttl} IN SOA ns.{answer.zone}. hostmaster.{answer.zone}. 1 7200 900 1209600 {ttl}"
        reply.add_auth(*RR.fromZone(soa))
        if not answer.exists:
            reply.header.rcode = RCODE.NXDOMAIN
    return reply
