"""What the environment says about this LocalStack: names, ports, directories."""

import os
import shutil
from pathlib import Path

NAME = "engines"
"""What this plugin calls itself wherever it has to: variables, headers, labels, containers, paths."""

HEADER_PREFIX = f"x-{NAME}-"
"""Headers between HAProxy and the plugin. HAProxy removes a client's own."""

LABEL_PREFIX = f"localstack-{NAME}"
"""Before the name of each Docker label that the plugin sets."""

ENDPOINT_HOST = "localhost.localstack.cloud"
"""LocalStack's own name for itself, which holds on the host, in tasks and in Lambdas."""

GATEWAY_ADDRESS = "127.0.0.1:4000"
"""Where LocalStack's own gateway listens while HAProxy has the edge port."""


def variable(name: str, default: str = "") -> str:
    """The value of the environment variable ``ENGINES_<name>``; ``default`` when it is unset or empty."""
    return os.environ.get(f"{NAME.upper()}_{name}") or default


def edge_port() -> int:
    """The port that clients use, the same inside and outside of the container."""
    return int(variable("EDGE_PORT", "4566"))


def endpoint_host() -> str:
    """The host name of every engine and endpoint that this plugin hands out."""
    return ENDPOINT_HOST


def endpoint_url() -> str:
    """The URL of all AWS APIs, valid on the host, in tasks and in Lambdas."""
    return f"http://{ENDPOINT_HOST}:{edge_port()}"


def owner() -> str:
    """The name of LocalStack's container: whatever the plugin makes belongs to it."""
    return os.environ.get("MAIN_CONTAINER_NAME") or "localstack-main"


def external_ports() -> range:
    """The published ports for engines, as LocalStack names them (the end is excluded)."""
    start = int(os.environ.get("EXTERNAL_SERVICE_PORTS_START") or 4510)
    end = int(os.environ.get("EXTERNAL_SERVICE_PORTS_END") or 4560)
    return range(start, end)


def state_directory(*parts: str) -> Path:
    """A directory for an engine's files, made when it is not there."""
    directory = _state_root().joinpath(*parts)
    directory.mkdir(parents=True, exist_ok=True)
    return directory


def forget_state() -> None:
    """Removes all engines' files: the control plane forgets everything at a restart, and so must they."""
    shutil.rmtree(_state_root(), ignore_errors=True)


def _state_root() -> Path:
    return Path(variable("STATE_DIRECTORY", f"/var/lib/localstack/{NAME}"))
