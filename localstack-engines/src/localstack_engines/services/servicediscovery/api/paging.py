"""How Cloud Map spells the pages of its lists."""

from localstack_engines.services.servicediscovery.errors import CloudMapError, invalid_input
from localstack_engines.toolkit.paging import Pager


def _invalid_token(token: str) -> CloudMapError:
    return invalid_input("The specified NextToken is invalid")


PAGER = Pager("MaxResults", "NextToken", _invalid_token)
