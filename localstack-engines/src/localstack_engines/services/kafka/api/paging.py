"""The pages of MSK's lists."""

from localstack_engines.services.kafka.errors import KafkaError, bad_request
from localstack_engines.toolkit.paging import Pager


def _invalid_token(token: str) -> KafkaError:
    return bad_request("The next token is not valid.", "nextToken")


PAGER = Pager("MaxResults", "NextToken", _invalid_token)
