"""The pages of ECS's lists."""

from localstack_engines.services.ecs.errors import invalid_parameter
from localstack_engines.toolkit.errors import ServiceError
from localstack_engines.toolkit.paging import Pager


def _invalid_token(token: str) -> ServiceError:
    return invalid_parameter("Invalid token")


PAGER = Pager("maxResults", "nextToken", _invalid_token)
