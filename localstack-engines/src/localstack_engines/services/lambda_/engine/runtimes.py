"""Which runtimes there are, and how each runs a function."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from localstack_engines.services.lambda_.engine import custom_runtime, node_runtime, python_runtime

PROGRAMS = ("/var/lang/bin", "/usr/local/bin", "/usr/bin", "/bin")
"""The directories of programs that AWS's environment has."""


@dataclass(frozen=True)
class Launch:
    """The command that runs a function, and the variables that its runtime sets."""

    command: list[str]
    variables: dict[str, str]


def is_supported(runtime: str) -> bool:
    return runtime.startswith((python_runtime.PREFIX, node_runtime.PREFIX)) or runtime in custom_runtime.RUNTIMES


def substitution(runtime: str) -> str | None:
    """Returns a sentence that says which version runs functions instead of the one asked for, else None."""
    if runtime.startswith(python_runtime.PREFIX):
        name, prefix, version = "Python", python_runtime.PREFIX, python_runtime.version()
        same = runtime.removeprefix(prefix) == version.split(".")[1]
    elif runtime.startswith(node_runtime.PREFIX):
        name, prefix, version = "Node.js", node_runtime.PREFIX, node_runtime.version()
        same = runtime.removeprefix(prefix) == f"{version.split('.')[0]}.x"
    else:
        return None
    return None if same else f"The function asks for {runtime}; the local Lambda service runs it on {name} {version}"


def launch(runtime: str, handler: str, memory: int, code: Path, layers: Path, environment: Mapping[str, str]) -> Launch:
    """Returns how to run a handler, with `code` for /var/task and `layers` for /opt. Raises NotRunnable."""
    paths: dict[str, list[Path]] = {
        "LD_LIBRARY_PATH": [code, code / "lib", layers / "lib"],
        "PATH": [*map(Path, PROGRAMS), layers / "bin"],
    }
    if runtime in custom_runtime.RUNTIMES:
        command = [str(custom_runtime.bootstrap(code, layers))]
    elif runtime.startswith(node_runtime.PREFIX):
        command = node_runtime.command(handler, layers, environment.get("NODE_OPTIONS", ""), memory)
        paths["NODE_PATH"] = node_runtime.search_path(runtime, layers)
    else:
        command = python_runtime.command(handler)
        paths["PYTHONPATH"] = python_runtime.search_path(runtime, code, layers)
    variables = {
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{runtime}",
        "LAMBDA_TASK_ROOT": str(code),
        "LAMBDA_RUNTIME_DIR": python_runtime.RUNTIME_DIRECTORY,
    }
    for name, places in paths.items():
        own = _here(environment.get(name, ""), code, layers)
        variables[name] = os.pathsep.join([*own, *map(str, places)])
    return Launch(command, variables)


def _here(search_path: str, code: Path, layers: Path) -> list[str]:
    """Returns the directories of a function's own path variable, with those of AWS's environment as they are here."""
    found = []
    for place in filter(None, search_path.split(os.pathsep)):
        for there, here in ((Path("/var/task"), code), (Path("/opt"), layers)):
            if Path(place).is_relative_to(there):
                place = str(here / Path(place).relative_to(there))
        found.append(place)
    return found
