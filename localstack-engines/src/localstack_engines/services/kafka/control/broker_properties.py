"""The broker properties that a configuration may set, and MSK's defaults for the others.

Source: https://docs.aws.amazon.com/msk/latest/developerguide/msk-configuration-properties.html
"""

from collections.abc import Mapping

SETTABLE = frozenset(
    """
    allow.everyone.if.no.acl.found auto.create.topics.enable auto.leader.rebalance.enable compression.type
    connections.max.idle.ms default.replication.factor delete.topic.enable fetch.max.bytes
    group.consumer.heartbeat.interval.ms group.consumer.max.heartbeat.interval.ms
    group.consumer.max.session.timeout.ms group.consumer.max.size group.consumer.migration.policy
    group.consumer.min.heartbeat.interval.ms group.consumer.min.session.timeout.ms group.consumer.session.timeout.ms
    group.initial.rebalance.delay.ms group.max.session.timeout.ms group.min.session.timeout.ms
    leader.imbalance.check.interval.seconds leader.imbalance.per.broker.percentage log.cleaner.delete.retention.ms
    log.cleaner.min.cleanable.ratio log.cleanup.policy log.flush.interval.messages log.flush.interval.ms
    log.local.retention.bytes log.local.retention.ms log.message.format.version
    log.message.timestamp.after.max.ms log.message.timestamp.before.max.ms
    log.message.timestamp.difference.max.ms log.message.timestamp.type log.retention.bytes log.retention.hours
    log.retention.minutes log.retention.ms log.roll.ms log.segment.bytes max.incremental.fetch.session.cache.slots
    message.max.bytes min.insync.replicas num.io.threads num.network.threads num.partitions
    num.recovery.threads.per.data.dir num.replica.fetchers offsets.retention.minutes
    offsets.topic.replication.factor replica.fetch.max.bytes replica.fetch.response.max.bytes replica.lag.time.max.ms
    replica.selector.class replica.socket.receive.buffer.bytes socket.receive.buffer.bytes socket.request.max.bytes
    socket.send.buffer.bytes transaction.max.timeout.ms transaction.state.log.min.isr
    transaction.state.log.replication.factor transactional.id.expiration.ms unclean.leader.election.enable
    zookeeper.session.timeout.ms
    """.split()
)

# MSK accepts these for older releases. The installed release does not have them.
_OBSOLETE = {
    "log.message.format.version",
    "log.message.timestamp.difference.max.ms",
    "replica.selector.class",
    "zookeeper.session.timeout.ms",
}

_LIMITED_BY_BROKERS = (
    "default.replication.factor",
    "min.insync.replicas",
    "offsets.topic.replication.factor",
    "transaction.state.log.replication.factor",
    "transaction.state.log.min.isr",
)


class InvalidProperties(ValueError):
    """The text is not a list of properties that MSK accepts."""


def parse(text: str) -> dict[str, str]:
    """Returns the properties in the text of a `server.properties` file. Raises InvalidProperties."""
    found: dict[str, str] = {}
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith(("#", "!")):
            continue
        name, separator, value = line.partition("=")
        if not separator:
            raise InvalidProperties(f"Line {number} is not of the form name=value: {line}")
        if name.strip() not in SETTABLE:
            raise InvalidProperties(f"Unsupported property: {name.strip()}")
        found[name.strip()] = value.strip()
    return found


def effective(configured: Mapping[str, str], zones: int, brokers: int) -> dict[str, str]:
    """Returns MSK's defaults for a cluster in `zones` zones with `configured` on top.

    Numbers of replicas are lowered to the number of brokers.

    Source: https://docs.aws.amazon.com/msk/latest/developerguide/msk-default-configuration.html
    """
    replicas, in_sync = ("3", "2") if zones >= 3 else ("2", "1")
    merged = {
        "allow.everyone.if.no.acl.found": "true",
        "auto.create.topics.enable": "false",
        "default.replication.factor": replicas,
        "min.insync.replicas": in_sync,
        "num.partitions": "1",
        "offsets.topic.replication.factor": replicas,
        "transaction.state.log.replication.factor": replicas,
        "transaction.state.log.min.isr": in_sync,
        "unclean.leader.election.enable": "true",
        **configured,
    }
    for name in _LIMITED_BY_BROKERS:
        # Kafka refuses to create a topic with more replicas than there are brokers.
        if merged[name].isdigit():
            merged[name] = str(min(int(merged[name]), brokers))
    merged["share.coordinator.state.topic.replication.factor"] = str(min(3, brokers))
    merged["share.coordinator.state.topic.min.isr"] = "1"
    return {name: value for name, value in merged.items() if name not in _OBSOLETE}
