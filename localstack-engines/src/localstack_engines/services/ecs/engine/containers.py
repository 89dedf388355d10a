"""Docker operations of a task. Every call blocks; errors become TaskFailed with ECS's names."""

import logging
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from localstack_engines.services.ecs.engine.task_spec import ContainerSpec, TaskFailed, TaskSpec
from localstack_engines.toolkit import labels, settings

LOG = logging.getLogger(__name__)

_NAMESPACE = "task.network"
"""Not a name that ECS allows for a container, so none of the task's own can clash with it."""
_LOG_CONFIG = {"Type": "json-file", "Config": {"max-size": "10m", "max-file": "2"}}


class Containers:
    """Makes, stops and looks into containers of tasks."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._own_image: str | None = None

    def create_namespace(self, task: TaskSpec) -> str:
        """Starts the container that holds the task's network namespace; it sleeps from LocalStack's own image,
        which is there for certain."""
        from docker.errors import APIError

        api = self._client.api
        if self._own_image is None:
            self._own_image = api.inspect_container(settings.owner())["Image"]
        network = task.network
        endpoint = api.create_endpoint_config(ipv4_address=network.address)
        try:
            created = api.create_container(
                self._own_image,
                entrypoint=["/bin/sleep", "infinity"],
                name=self._name(task.id, _NAMESPACE),
                labels=labels.labels(task=task.id, container=_NAMESPACE),
                healthcheck={"Test": ["NONE"]},
                networking_config=api.create_networking_config({network.name: endpoint}),
                host_config=api.create_host_config(
                    network_mode=network.name, dns=[network.resolver], extra_hosts=network.hosts, log_config=_LOG_CONFIG
                ),
            )
            api.start(created["Id"])
        except APIError as error:
            raise TaskFailed("ResourceInitializationError", f"network of the task: {error.explanation}") from error
        return str(created["Id"])

    def create(self, task: TaskSpec, spec: ContainerSpec, namespace: str) -> str:
        """Creates a container inside the task's network namespace."""
        from docker.errors import DockerException

        api = self._client.api
        options = dict(spec.options)
        own_labels = options.pop("labels", {})
        try:
            created = api.create_container(
                spec.image,
                command=spec.command,
                entrypoint=spec.entrypoint,
                environment=spec.environment,
                name=self._name(task.id, spec.name),
                labels={**own_labels, **labels.labels(task=task.id, container=spec.name)},
                # ECS ignores the image's own HEALTHCHECK and so must the daemon
                healthcheck={"Test": ["NONE"]},
                host_config=api.create_host_config(
                    network_mode=f"container:{namespace}", log_config=_LOG_CONFIG, **spec.host_options
                ),
                **options,
            )
        except DockerException as error:
            detail = getattr(error, "explanation", None) or error
            raise TaskFailed("CannotCreateContainerError", f"{detail}", spec.name) from error
        return str(created["Id"])

    def start(self, container_id: str, name: str) -> None:
        from docker.errors import APIError

        try:
            self._client.api.start(container_id)
        except APIError as error:
            raise TaskFailed("CannotStartContainerError", f"{error.explanation}", name) from error

    def inspect(self, container_id: str) -> dict:
        return dict(self._client.api.inspect_container(container_id))

    def stop(self, container_id: str, timeout: int) -> None:
        """SIGTERM, then SIGKILL after `timeout` seconds. A container that is gone or stopped is no error."""
        from docker.errors import APIError, NotFound

        try:
            self._client.api.stop(container_id, timeout=timeout)
        except NotFound:
            return
        except APIError as error:
            LOG.warning("cannot stop container %s: %s", container_id, error)

    def remove(self, container_id: str) -> None:
        from docker.errors import APIError, NotFound

        try:
            self._client.api.remove_container(container_id, force=True, v=True)
        except NotFound:
            return
        except APIError as error:
            LOG.warning("cannot remove container %s: %s", container_id, error)

    def create_volume(self, task_id: str, name: str) -> None:
        self._client.api.create_volume(volume_name(task_id, name), labels=labels.labels(task=task_id))

    def remove_volume(self, task_id: str, name: str) -> None:
        from docker.errors import APIError

        try:
            self._client.api.remove_volume(volume_name(task_id, name), force=True)
        except APIError as error:
            LOG.warning("cannot remove volume %s: %s", name, error)

    def probe(self, container_id: str, command: list[str], timeout: float) -> bool:
        """Runs a command in the container; True when it exits with 0 in time."""
        from docker.errors import APIError

        api = self._client.api
        try:
            execution = api.exec_create(container_id, command)["Id"]
            stream = api.exec_start(execution, socket=True)
        except APIError:
            return False
        connection = getattr(stream, "_sock", stream)
        try:
            connection.settimeout(timeout)
            while connection.recv(4096):
                pass
        except (TimeoutError, OSError):
            return False
        finally:
            # closing only the socket would leave a response behind that complains when it is collected
            getattr(stream, "_response", stream).close()
        return bool(api.exec_inspect(execution)["ExitCode"] == 0)

    def log_lines(self, container_id: str, tail: int | str = "all", follow: bool = True) -> Iterator[tuple[str, str]]:
        """(RFC 3339 time, text) of each line, as it is written; long lines that Docker split are joined."""
        chunks = self._client.api.logs(
            container_id, stream=True, follow=follow, timestamps=True, stdout=True, stderr=True, tail=tail
        )
        stamp, text = "", ""
        for chunk in chunks:
            when, _, part = chunk.decode("utf-8", "replace").partition(" ")
            stamp = stamp or when
            text += part
            if part.endswith("\n"):
                yield stamp, text.rstrip("\r\n")
                stamp, text = "", ""
        if text:
            yield stamp, text

    @staticmethod
    def _name(task_id: str, container: str) -> str:
        return f"{settings.NAME}-{settings.owner()}-{task_id[:12]}-{container}"


class ExitWatcher:
    """Tells who is interested that a container has ended, from the daemon's event stream."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._callbacks: dict[str, Callable[[int], None]] = {}
        self._stopped = threading.Event()
        self._stream: Any = None
        self._thread = threading.Thread(target=self._watch, name="ecs-exits", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        if self._stream is not None:
            self._stream.close()

    def on_exit(self, container_id: str, callback: Callable[[int], None]) -> None:
        """`callback(exit_code)` runs once, in the watcher's thread. Register before the container starts."""
        self._callbacks[container_id] = callback

    def forget(self, container_id: str) -> None:
        self._callbacks.pop(container_id, None)

    def _watch(self) -> None:
        filters = {**labels.owned_filter(), "type": "container", "event": "die"}
        while not self._stopped.is_set():
            try:
                self._stream = self._client.api.events(filters=filters, decode=True)
                self._catch_up()
                for event in self._stream:
                    self._report(event["id"], int(event["Actor"]["Attributes"].get("exitCode", 0)))
            except Exception as error:
                if not self._stopped.is_set():
                    LOG.warning("Docker's event stream broke, reconnecting: %s", error)
            self._stopped.wait(0.5)

    def _catch_up(self) -> None:
        """Containers that ended while nobody listened."""
        from docker.errors import NotFound

        for container_id in list(self._callbacks):
            try:
                state = self._client.api.inspect_container(container_id)["State"]
            except NotFound:
                self._report(container_id, 137)
                continue
            if state["Status"] in ("exited", "dead"):
                self._report(container_id, state["ExitCode"])

    def _report(self, container_id: str, exit_code: int) -> None:
        callback = self._callbacks.pop(container_id, None)
        if callback is not None:
            callback(exit_code)


def volume_name(task_id: str, name: str) -> str:
    """The Docker volume behind a task's volume."""
    return f"{settings.NAME}-{settings.owner()}-{task_id}-{name}"


def docker_time(text: str) -> datetime:
    """Docker's RFC 3339 time with nanoseconds."""
    head, _, fraction = text.rstrip("Z").partition(".")
    return datetime.fromisoformat(f"{head}.{fraction[:6]:0<6}+00:00")
