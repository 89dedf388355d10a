"""Kafka topics: names, partitions and their dead-letter companions. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Topic:
    """A topic as a service creates it (MSK does not create topics by itself).

    `partitions` bounds how many instances of one consumer work in parallel; changing it later would move keys to other
    partitions and so break the order per aggregate, which is why it is fixed with the name's version.
    """

    name: str
    partitions: int = 3

    @property
    def dlq(self) -> str:
        """Where messages go that cannot be processed."""
        return f"{self.name}.dlq"


USER = Topic("pms.user.v1")
PATIENT = Topic("pms.patient.v1")
APPOINTMENT = Topic("pms.appointment.v1")
BILLING = Topic("pms.billing.v1")

TOPICS: tuple[Topic, ...] = (USER, PATIENT, APPOINTMENT, BILLING)

DLQ_PARTITIONS = 1
"""Dead letters are read by an operator, one after the other."""
