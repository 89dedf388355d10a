"""The engine: one Docker client and what its tasks share."""

import time
from typing import Any

from localstack_engines.services.ecs.engine.containers import Containers, ExitWatcher
from localstack_engines.services.ecs.engine.images import Images
from localstack_engines.services.ecs.engine.log_shipper import LogPump
from localstack_engines.services.ecs.engine.task_run import Cause, Listener, TaskRun, Tools
from localstack_engines.services.ecs.engine.task_spec import ContainerState, TaskSpec

_CLIENT_TIMEOUT = 120
_CONNECTIONS = 64


class Engine:
    """Runs tasks. `start()` before the first, `stop()` ends all of them."""

    def __init__(self) -> None:
        self._tools: Tools | None = None
        self._runs: dict[str, TaskRun] = {}

    def start(self) -> None:
        client = _client()
        self._tools = Tools(Containers(client), Images(client), ExitWatcher(client), LogPump())
        self._tools.exits.start()
        self._tools.logs.start()

    def run(self, spec: TaskSpec, listener: Listener, states: dict[str, ContainerState]) -> TaskRun:
        if self._tools is None:
            raise RuntimeError("the engine is not started")
        run = TaskRun(spec, self._tools, listener, states)
        self._runs[spec.id] = run
        run.start()
        return run

    def forget(self, task_id: str) -> None:
        self._runs.pop(task_id, None)

    def stop(self, timeout: float = 4) -> None:
        """Asks all tasks to stop and gives them `timeout` seconds; what is left goes with the plugin's own reaping."""
        deadline = time.monotonic() + timeout
        runs = list(self._runs.values())
        for run in runs:
            run.stop(Cause("requested", "LocalStack is stopping"))
        for run in runs:
            run.join(max(0.0, deadline - time.monotonic()))
        if self._tools is not None:
            self._tools.exits.stop()
            self._tools.logs.stop()


def _client() -> Any:
    import docker

    # every log stream and running health check holds a connection
    return docker.from_env(timeout=_CLIENT_TIMEOUT, max_pool_size=_CONNECTIONS)
