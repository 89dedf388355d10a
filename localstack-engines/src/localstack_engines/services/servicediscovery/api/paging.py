"""The pages of Cloud Map's lists."""

from localstack_engines.services.servicediscovery.errors import invalid_input
from localstack_engines.toolkit.errors import ServiceError
from localstack_engines.toolkit.paging import Pager


def _invalid_token(token: str) -> ServiceError:
    return invalid_input("The specified NextToken is invalid")


PAGER = Pager("MaxResults", "NextToken", _invalid_token)
