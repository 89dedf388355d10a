"""The option groups of RDS for PostgreSQL. They exist on AWS, too, and hold no options: PostgreSQL has none."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from localstack.aws.api import RequestContext

from localstack_engines.services.rds.control import versions
from localstack_engines.services.rds.models import Key
from localstack_engines.toolkit.errors import ServiceError


@dataclass
class OptionGroup:
    """A group without options."""

    name: str
    description: str
    arn: str
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def is_default(self) -> bool:
        return self.name.startswith("default:")


class OptionGroups:
    """The option groups of all accounts and regions. The default group of the engine always exists."""

    def __init__(self) -> None:
        self._groups: dict[Key, OptionGroup] = {}

    def get(self, context: RequestContext, name: str | None) -> OptionGroup:
        """Returns the group of that name, or the default group without one. Raises OptionGroupNotFoundFault."""
        default = _group(context, _default_name(), f"Default option group for postgres {versions.major()}")
        wanted = (name or default.name).lower()
        found = default if wanted == default.name else self._groups.get((context.account_id, context.region, wanted))
        if found is None:
            raise ServiceError("OptionGroupNotFoundFault", f"Specified OptionGroupName: {wanted} not found.", 404)
        return found

    def all(self, context: RequestContext) -> Iterator[OptionGroup]:
        """Returns all groups, the default group first."""
        yield self.get(context, None)
        for (account, region, _), group in self._groups.items():
            if (account, region) == (context.account_id, context.region):
                yield group

    def create(self, context: RequestContext, name: str, description: str, tags: dict[str, str]) -> OptionGroup:
        """Creates a group. Raises OptionGroupAlreadyExistsFault."""
        wanted = (context.account_id, context.region, name.lower())
        if wanted in self._groups:
            raise ServiceError("OptionGroupAlreadyExistsFault", f"An option group named {name.lower()} already exists.")
        group = self._groups[wanted] = _group(context, name.lower(), description)
        group.tags.update(tags)
        return group

    def delete(self, context: RequestContext, group: OptionGroup) -> None:
        self._groups.pop((context.account_id, context.region, group.name))


def _default_name() -> str:
    return f"default:postgres-{versions.major()}"


def _group(context: RequestContext, name: str, description: str) -> OptionGroup:
    return OptionGroup(name, description, f"arn:aws:rds:{context.region}:{context.account_id}:og:{name}")
