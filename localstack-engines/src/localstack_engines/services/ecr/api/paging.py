"""The pages of ECR's lists."""

from localstack_engines.services.ecr.errors import invalid_parameter
from localstack_engines.toolkit.errors import ServiceError
from localstack_engines.toolkit.paging import Pager


def _invalid_token(token: str) -> ServiceError:
    return invalid_parameter("Invalid parameter at 'nextToken' failed to satisfy constraint")


PAGER = Pager("maxResults", "nextToken", _invalid_token)
