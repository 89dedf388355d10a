"""The option groups of RDS for PostgreSQL. They exist on AWS, too, and hold no options: PostgreSQL has none."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from localstack.aws.api import RequestContext

from localstack_engines.services.rds.control import versions
from localstack_engines.services.rds.models import Key
from localstack_engines.toolkit.errors import ServiceError

_DEFAULT = f"default:{versions.ENGINE}-"


@dataclass
class OptionGroup:
    """A group without options."""

    name: str
    major: str
    """The major engine version that it is for."""
    description: str
    arn: str
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def is_default(self) -> bool:
        return self.name.startswith("default:")


class OptionGroups:
    """The option groups of all accounts and regions. The default group of each major version always exists."""

    def __init__(self) -> None:
        self._groups: dict[Key, OptionGroup] = {}

    def get(self, context: RequestContext, name: str | None) -> OptionGroup:
        """Returns the group of that name, or the installed version's default group without one.

        Raises OptionGroupNotFoundFault.
        """
        wanted = (name or default_name(versions.major())).lower()
        found = _default(context, wanted) or self._groups.get((context.account_id, context.region, wanted))
        if found is None:
            raise ServiceError("OptionGroupNotFoundFault", f"Specified OptionGroupName: {wanted} not found.", 404)
        return found

    def all(self, context: RequestContext) -> Iterator[OptionGroup]:
        """Returns all groups, the default group first."""
        yield self.get(context, None)
        for (account, region, _), group in self._groups.items():
            if (account, region) == (context.account_id, context.region):
                yield group

    def create(
        self, context: RequestContext, name: str, major: str, description: str, tags: dict[str, str]
    ) -> OptionGroup:
        """Creates a group. Raises OptionGroupAlreadyExistsFault."""
        wanted = (context.account_id, context.region, name.lower())
        if wanted in self._groups:
            raise ServiceError("OptionGroupAlreadyExistsFault", f"An option group named {name.lower()} already exists.")
        group = self._groups[wanted] = _group(context, name.lower(), major, description)
        group.tags.update(tags)
        return group

    def delete(self, context: RequestContext, group: OptionGroup) -> None:
        self._groups.pop((context.account_id, context.region, group.name))


def default_name(major: str) -> str:
    """Returns the name of the default group of a major version."""
    return f"{_DEFAULT}{major}"


def _default(context: RequestContext, name: str) -> OptionGroup | None:
    major = name.removeprefix(_DEFAULT)
    if major == name or major not in versions.majors(versions.ENGINE):
        return None
    return _group(context, name, major, f"Default option group for {versions.ENGINE} {major}")


def _group(context: RequestContext, name: str, major: str, description: str) -> OptionGroup:
    return OptionGroup(name, major, description, f"arn:aws:rds:{context.region}:{context.account_id}:og:{name}")
