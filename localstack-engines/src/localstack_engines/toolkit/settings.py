"""Names, ports and directories of this LocalStack, from its environment."""

import os
import shutil
from pathlib import Path
from typing import TypeVar

Choice = TypeVar("Choice", bound=str)

NAME = "engines"
"""The plugin's short name, in environment variables, headers, labels, containers and paths."""

HEADER_PREFIX = f"x-{NAME}-"
"""Headers between HAProxy and the plugin. HAProxy removes a client's own."""

LABEL_PREFIX = f"localstack-{NAME}"
"""Before the name of each Docker label that the plugin sets."""

ENDPOINT_HOST = "localhost.localstack.cloud"
"""LocalStack's host name, which resolves on the host, in tasks and in Lambdas."""

GATEWAY_ADDRESS = "127.0.0.1:4000"
"""The address of LocalStack's own gateway; HAProxy has the edge port."""


def variable(name: str, default: str = "") -> str:
    """Returns the environment variable `ENGINES_<name>`, or `default` when it is unset or empty."""
    return os.environ.get(f"{NAME.upper()}_{name}") or default


def choice(name: str, values: tuple[Choice, ...]) -> Choice:
    """Returns the value of `ENGINES_<name>`, or the first of `values` without it. Raises ValueError for any other."""
    value = variable(name, values[0])
    for one in values:
        if value == one:
            return one
    raise ValueError(f"{NAME.upper()}_{name} is {value!r} and must be one of {', '.join(values)}")


def edge_port() -> int:
    """Returns the port that clients use, inside and outside of the container."""
    return int(variable("EDGE_PORT", "4566"))


def endpoint_host() -> str:
    """Returns the host name in every endpoint that the plugin returns."""
    return ENDPOINT_HOST


def endpoint_url() -> str:
    """Returns the URL of all AWS APIs, valid on the host, in tasks and in Lambdas."""
    return f"http://{ENDPOINT_HOST}:{edge_port()}"


def owner() -> str:
    """Returns the name of LocalStack's container, which owns what the plugin creates."""
    return os.environ.get("MAIN_CONTAINER_NAME") or "localstack-main"


def external_ports() -> range:
    """Returns the ports that are published for engines."""
    start = int(os.environ.get("EXTERNAL_SERVICE_PORTS_START") or 4510)
    end = int(os.environ.get("EXTERNAL_SERVICE_PORTS_END") or 4560)
    return range(start, end)


def state_directory(*parts: str) -> Path:
    """Returns a directory for an engine's files and creates it when it does not exist."""
    directory = _state_root().joinpath(*parts)
    directory.mkdir(parents=True, exist_ok=True)
    return directory


def forget_state() -> None:
    """Removes the files of all engines: the control plane is empty after a restart, so the engines must be, too."""
    shutil.rmtree(_state_root(), ignore_errors=True)


def _state_root() -> Path:
    return Path(variable("STATE_DIRECTORY", f"/var/lib/localstack/{NAME}"))
