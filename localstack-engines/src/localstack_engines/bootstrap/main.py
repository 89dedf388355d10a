"""The container's process: LocalStack behind HAProxy, with its environment set up.

LocalStack reads its configuration when it is imported, so the environment comes first.
"""

import importlib.util
import os
from collections.abc import MutableMapping
from pathlib import Path

from localstack_engines.toolkit import settings

FRONT_DOOR = "localstack_engines.gateway.edge_proxy"


def prepare_environment(environment: MutableMapping[str, str]) -> None:
    """Sets what follows from the edge port and from being in a container."""
    edge = settings.edge_port()
    # HAProxy has the edge port to itself; LocalStack's gateway is behind it.
    environment.setdefault("GATEWAY_LISTEN", settings.GATEWAY_ADDRESS if _has_front_door() else f"0.0.0.0:{edge}")
    environment.setdefault("LOCALSTACK_HOST", f"{settings.ENDPOINT_HOST}:{edge}")
    environment.setdefault("PROVIDER_OVERRIDE_CLOUDFORMATION", "engines")
    # A service that rolls out slowly may take longer than LocalStack's five minutes.
    environment.setdefault("CFN_PER_RESOURCE_TIMEOUT", "900")
    # Else LocalStack probes for a name server that knows the internet, for seconds,
    # and does without its DNS server where there is none.
    environment.setdefault("DNS_SERVER", _name_server())


def _has_front_door() -> bool:
    try:
        return importlib.util.find_spec(FRONT_DOOR) is not None
    except ModuleNotFoundError:
        return False


def _name_server(resolv_conf: Path = Path("/etc/resolv.conf")) -> str:
    """The container's first name server, or Docker's own where there is none."""
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
