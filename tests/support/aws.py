"""boto3 clients for the tests."""

import os
from typing import Any

from ops import aws, settings


def client(service: str) -> Any:
    """Returns a client of the LocalStack under test: the one at `AWS_ENDPOINT_URL`, if that is set."""
    return aws.client(service, os.environ.get("AWS_ENDPOINT_URL", settings.EDGE_URL))
