"""How ECR spells the pages of its lists."""

from localstack_engines.services.ecr.errors import EcrError, invalid_parameter
from localstack_engines.toolkit.paging import Pager


def _invalid_token(token: str) -> EcrError:
    return invalid_parameter("Invalid parameter at 'nextToken' failed to satisfy constraint")


PAGER = Pager("maxResults", "nextToken", _invalid_token)
