"""Plain records of Cloud Map for the data plane."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Instance:
    """A registered endpoint. `healthy` is False only when its health status is UNHEALTHY."""

    id: str
    ipv4: str | None
    port: int | None
    healthy: bool
    attributes: dict[str, str] = field(default_factory=dict, hash=False)
