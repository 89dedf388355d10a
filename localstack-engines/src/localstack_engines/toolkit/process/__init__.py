"""Supervised child processes: PostgreSQL, Kafka, the image registry and HAProxy run under this."""

from localstack_engines.toolkit.process.backoff import Backoff
from localstack_engines.toolkit.process.probes import Probe, http_probe, tcp_probe
from localstack_engines.toolkit.process.supervised import ProcessFailed, ProcessSpec, SupervisedProcess

__all__ = [
    "Backoff",
    "Probe",
    "ProcessFailed",
    "ProcessSpec",
    "SupervisedProcess",
    "http_probe",
    "tcp_probe",
]
