"""How the API spells its pages."""

from localstack_engines.services.applicationautoscaling.errors import invalid_token
from localstack_engines.toolkit.paging import Pager

PAGER = Pager("MaxResults", "NextToken", invalid_token, default_size=50)
