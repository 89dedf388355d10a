"""The container's process: LocalStack behind HAProxy, with its environment set up.

LocalStack reads its configuration when it is imported, so the environment comes first.
"""

import os
from collections.abc import MutableMapping
from pathlib import Path

from localstack_engines.toolkit import settings


def prepare_environment(environment: MutableMapping[str, str]) -> None:
    """Sets the variables that LocalStack reads, unless the operator has set them."""
    edge = settings.edge_port()
    # HAProxy has the edge port to itself; LocalStack's gateway is behind it.
    environment.setdefault("GATEWAY_LISTEN", settings.GATEWAY_ADDRESS)
    environment.setdefault("LOCALSTACK_HOST", f"{settings.ENDPOINT_HOST}:{edge}")
    for service in ("CLOUDFORMATION", "CLOUDWATCH", "DYNAMODB", "DYNAMODBSTREAMS", "KINESIS"):
        environment.setdefault(f"PROVIDER_OVERRIDE_{service}", settings.NAME)
    # A service that rolls out slowly may take longer than LocalStack's five minutes.
    environment.setdefault("CFN_PER_RESOURCE_TIMEOUT", "900")
    # Without this LocalStack looks for a name server that resolves public names. The search takes
    # seconds, and where it finds none, LocalStack starts without its own DNS server.
    environment.setdefault("DNS_SERVER", _name_server())


def _name_server(resolv_conf: Path = Path("/etc/resolv.conf")) -> str:
    """Returns the first name server of the container, or Docker's own when there is none."""
    try:
        fields = [line.split() for line in resolv_conf.read_text().splitlines()]
    except OSError:
        fields = []
    servers = [field[1] for field in fields if field[:1] == ["nameserver"] and field[1:] != ["127.0.0.1"]]
    return servers[0] if servers else "127.0.0.11"


if __name__ == "__main__":
    prepare_environment(os.environ)
    from localstack.runtime.main import main

    main()
