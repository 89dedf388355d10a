"""What a DB instance is made from."""

from dataclasses import dataclass

from localstack_engines.services.rds.control import events
from localstack_engines.services.rds.models import Instance, Key


@dataclass(frozen=True)
class Origin:
    """What an instance has its data from: a copy of a data directory, or a primary, whose read replica it becomes.

    `done` is the event that says so when it is done.
    """

    copy: Key | None
    done: events.Kind
    about: str
    temporary: bool = False
    """Whether the copy is removed afterwards."""
    primary: Instance | None = None


@dataclass(frozen=True, kw_only=True)
class NewInstance:
    """What a DB instance is made from. A copy has its own roles and databases, so `database` is unused then.

    `port` is the port that it must have; None lets it have any.
    """

    key: Key
    master_username: str
    master_password: str | None
    database: str | None
    parameters: dict[str, str]
    origin: Origin | None = None
    port: int | None = None
    iam_authentication: bool = False
