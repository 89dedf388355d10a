"""Child processes that stay up: PostgreSQL, Kafka, the registry and HAProxy all run under this."""

from localstack_plugin.process.backoff import Backoff
from localstack_plugin.process.probes import Probe, http_probe, tcp_probe
from localstack_plugin.process.supervised import ProcessFailed, ProcessSpec, SupervisedProcess

__all__ = [
    "Backoff",
    "Probe",
    "ProcessFailed",
    "ProcessSpec",
    "SupervisedProcess",
    "http_probe",
    "tcp_probe",
]
