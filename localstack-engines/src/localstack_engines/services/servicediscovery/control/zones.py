"""Answers DNS queries for names in Cloud Map's namespaces.

A MULTIVALUE policy gives up to eight healthy instances and WEIGHTED gives one. When no instance is healthy, all count
as healthy. An SRV record points to `<instance>.<service>.<namespace>`.
Source: https://docs.aws.amazon.com/cloud-map/latest/dg/services-values.html
"""

import random
from typing import Any

from localstack_engines.network.dns import Answer, Query, Record
from localstack_engines.services.servicediscovery.control.discovery import Discovery
from localstack_engines.services.servicediscovery.models import Instance
from localstack_engines.services.servicediscovery.store import DEFAULT_NEGATIVE_TTL, Store

_MULTIVALUE_LIMIT = 8
_DEFAULT_TTL = 60


class Zones:
    """The DNS zones of all namespaces."""

    def __init__(self, store: Store, discovery: Discovery) -> None:
        self._store = store
        self._discovery = discovery

    def answer(self, query: Query) -> Answer | None:
        """Answers for a name in a namespace of the client's VPC; returns None for every other name.

        `query.vpc_id` is None for LocalStack's own processes, such as Lambdas: they see every namespace.
        """
        namespaces = self._store.dns_namespaces(query.vpc_id)
        # The most specific name comes first.
        for namespace, services in sorted(namespaces, key=lambda pair: -len(pair[0].name)):
            if query.name == namespace.name or query.name.endswith("." + namespace.name):
                return self._answer_in(namespace, services, query)
        return None

    def _answer_in(self, namespace: Any, services: list[Any], query: Query) -> Answer:
        negative_ttl = (namespace.dns_properties or {}).get("SOA", {}).get("TTL", DEFAULT_NEGATIVE_TTL)
        name = query.name.removesuffix(namespace.name).rstrip(".")
        for service in services:
            if service.dns_config and (name == service.name or name.endswith("." + service.name)):
                instance_id = name.removesuffix(service.name).rstrip(".")
                instances = self._instances(service, instance_id)
                records = _records(namespace, service, instances, instance_id, query.type)
                return Answer(records, exists=bool(instances), zone=namespace.name, negative_ttl=negative_ttl)
        return Answer([], exists=not name, zone=namespace.name, negative_ttl=negative_ttl)

    def _instances(self, service: Any, instance_id: str) -> list[Instance]:
        """Returns the instance with this id or, without an id, those that clients should use."""
        if instance_id:
            return [instance for instance in self._discovery.instances(service.arn) if instance.id == instance_id]
        return self._discovery.healthy_instances(service.arn)


def _records(
    namespace: Any, service: Any, instances: list[Instance], instance_id: str, query_type: str
) -> list[Record]:
    configured = service.dns_config.get("DnsRecords") or []
    ttls = {record["Type"]: int(record.get("TTL", _DEFAULT_TTL)) for record in configured}
    host = f"{service.name}.{namespace.name}"
    records = []
    for instance in _choose(instances, service.dns_config.get("RoutingPolicy")):
        if query_type == "A" and instance.ipv4 and ("A" in ttls or (instance_id and "SRV" in ttls)):
            records.append(Record("A", instance.ipv4, ttls.get("A", ttls.get("SRV", _DEFAULT_TTL))))
        elif query_type == "SRV" and "SRV" in ttls and not instance_id and instance.port:
            records.append(Record("SRV", f"1 1 {instance.port} {instance.id}.{host}", ttls["SRV"]))
    return records


def _choose(instances: list[Instance], policy: str | None) -> list[Instance]:
    shuffled = random.sample(instances, len(instances))
    return shuffled[:1] if policy == "WEIGHTED" else shuffled[:_MULTIVALUE_LIMIT]
