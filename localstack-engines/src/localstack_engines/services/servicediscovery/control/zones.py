"""Private DNS namespaces as DNS answers.

Rules: https://docs.aws.amazon.com/cloud-map/latest/dg/services-values.html - up to eight healthy instances for
MULTIVALUE, one for WEIGHTED, all when none is healthy; an SRV record points at `<instance>.<service>.<namespace>`.
"""

import random
from typing import Any

from localstack_engines.network.dns import Answer, Query, Record
from localstack_engines.services.servicediscovery.control import discovery as registry

_MULTIVALUE_LIMIT = 8
_DEFAULT_NEGATIVE_TTL = 15


def answer(query: Query) -> Answer | None:
    """Records for a name in a private namespace of the client's VPC; None when the name belongs to nobody here.

    `query.vpc_id` is None for LocalStack's own processes (Lambdas): they see every namespace.
    """
    for namespace, store in _private_namespaces(query.vpc_id):
        if query.name == namespace.name or query.name.endswith("." + namespace.name):
            return _answer_in(namespace, store, query)
    return None


def _private_namespaces(vpc_id: str | None) -> list[tuple[Any, Any]]:
    """(namespace, its store), the most specific name first."""
    from moto.servicediscovery.models import servicediscovery_backends

    found = [
        (namespace, store)
        for regions in list(servicediscovery_backends.values())
        for store in list(regions.values())
        for namespace in list(store.namespaces.values())
        if namespace.type.startswith("DNS_") and (vpc_id is None or namespace.vpc in (None, vpc_id))
    ]
    return sorted(found, key=lambda pair: -len(pair[0].name))


def _answer_in(namespace: Any, store: Any, query: Query) -> Answer:
    negative_ttl = (namespace.dns_properties or {}).get("SOA", {}).get("TTL", _DEFAULT_NEGATIVE_TTL)
    name = query.name.removesuffix(namespace.name).rstrip(".")
    for service in list(store.services.values()):
        if service.namespace_id != namespace.id or not service.dns_config:
            continue
        if name == service.name or name.endswith("." + service.name):
            records, exists = _service_records(
                namespace, service, name.removesuffix(service.name).rstrip("."), query.type
            )
            return Answer(records=records, exists=exists, zone=namespace.name, negative_ttl=negative_ttl)
    return Answer(records=[], exists=not name, zone=namespace.name, negative_ttl=negative_ttl)


def _service_records(namespace: Any, service: Any, instance_id: str, qtype: str) -> tuple[list[Record], bool]:
    """(records of the asked type, whether the name exists at all)."""
    instances = registry.healthy_instances(service.arn)
    if instance_id:
        instances = [i for i in registry.instances(service.arn) if i.id == instance_id]
    ttls = {record["Type"]: int(record.get("TTL", 60)) for record in service.dns_config.get("DnsRecords") or []}
    chosen = _choose(instances, service.dns_config.get("RoutingPolicy"))
    host = f"{service.name}.{namespace.name}"
    records = []
    for instance in chosen:
        if qtype == "A" and instance.ipv4 and ("A" in ttls or (instance_id and "SRV" in ttls)):
            records.append(Record("A", instance.ipv4, ttls.get("A", ttls.get("SRV", 60))))
        elif qtype == "SRV" and "SRV" in ttls and not instance_id and instance.port:
            records.append(Record("SRV", f"1 1 {instance.port} {instance.id}.{host}", ttls["SRV"]))
    return records, bool(instances)


def _choose(instances: list[registry.Instance], policy: str | None) -> list[registry.Instance]:
    shuffled = random.sample(instances, len(instances))
    return shuffled[:1] if policy == "WEIGHTED" else shuffled[:_MULTIVALUE_LIMIT]
