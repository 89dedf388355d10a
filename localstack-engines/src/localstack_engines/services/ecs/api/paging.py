"""Pages of ECS's list operations."""

from localstack_engines.services.ecs import errors
from localstack_engines.toolkit.paging import Pager

PAGER = Pager("maxResults", "nextToken", lambda token: errors.invalid_parameter("Invalid token"))
