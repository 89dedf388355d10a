"""Kafka topics: names, partitions and dead-letter topics. Uses the standard library only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Topic:
    """A topic, which the services create because MSK does not.

    `partitions` is the number of instances of one consumer that can work in parallel. It must not change later: keys
    would move to other partitions, which breaks the order per aggregate. Another number needs a new topic version.
    """

    name: str
    partitions: int = 3

    @property
    def dlq(self) -> str:
        """The topic for messages that cannot be processed."""
        return f"{self.name}.dlq"


USER = Topic("pms.user.v1")
PATIENT = Topic("pms.patient.v1")
APPOINTMENT = Topic("pms.appointment.v1")
BILLING = Topic("pms.billing.v1")

TOPICS: tuple[Topic, ...] = (USER, PATIENT, APPOINTMENT, BILLING)

DLQ_PARTITIONS = 1
"""One is enough: an operator reads dead letters one after the other."""
