"""Docker's operations on the containers and volumes of tasks. Every call blocks."""

import logging
from typing import Any

from localstack_engines.services.ecs.engine import directories
from localstack_engines.services.ecs.engine.errors import TaskFailed
from localstack_engines.services.ecs.engine.task_spec import ContainerSpec, Network, TaskSpec, Volume
from localstack_engines.services.ecs.engine.trust import TrustVolume
from localstack_engines.toolkit import labels, settings

LOG = logging.getLogger(__name__)

_NAMESPACE = "task.network"
"""ECS does not allow this name for a container, so it cannot clash with a name of the task's own containers."""
_LOG_CONFIG = {"Type": "json-file", "Config": {"max-size": "10m", "max-file": "2"}}


class Containers:
    """Creates, starts, inspects, stops and removes the containers of tasks. Raises TaskFailed."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._own_image: str | None = None
        self._trust = TrustVolume(client)

    def create_namespace(self, owner: str, network: Network) -> str:
        """Starts the container that holds the network namespace of a task or host, and returns its id.

        The container only sleeps. Its image is LocalStack's own, which is always on the machine.
        """
        api = self._client.api
        endpoint = api.create_endpoint_config(ipv4_address=network.address)
        namespace = self._start_own(
            "network",
            entrypoint=["/bin/sleep", "infinity"],
            name=self._name(owner, _NAMESPACE),
            labels=labels.labels(task=owner, container=_NAMESPACE),
            networking_config=api.create_networking_config({network.name: endpoint}),
            host_config=api.create_host_config(
                network_mode=network.name,
                dns=[network.resolver],
                extra_hosts=network.hosts,
                log_config=_LOG_CONFIG,
                sysctls=network.sysctls,
                cap_drop=["ALL"],
                # network.namespaces loads packet filters here. The task's containers share the namespace, not this.
                cap_add=["NET_ADMIN"],
            ),
        )
        self._prepare(namespace, network)
        return namespace

    def _prepare(self, namespace: str, network: Network) -> None:
        """Calls the network's `prepare`. A namespace that cannot be prepared is removed."""
        if network.prepare is None:
            return
        try:
            network.prepare(namespace)
        except Exception as error:
            self.remove(namespace)
            raise TaskFailed("ResourceInitializationError", f"network of the task: {error}") from error

    def create_proxy(self, task_id: str, name: str, namespace: str, configuration: str) -> str:
        """Starts HAProxy in a network namespace, and returns the container's id."""
        start = 'printf "%s" "$CONFIGURATION" > /tmp/proxy.cfg && exec haproxy -db -f /tmp/proxy.cfg'
        return self._start_own(
            "ports",
            entrypoint=["/bin/sh", "-c", start],
            environment={"CONFIGURATION": configuration},
            name=self._name(task_id, name),
            labels=labels.labels(task=task_id, container=name),
            host_config=self._client.api.create_host_config(
                network_mode=f"container:{namespace}", log_config=_LOG_CONFIG
            ),
        )

    def _start_own(self, what: str, **options: Any) -> str:
        """Starts a container of LocalStack's image, and returns its id. One that does not start is removed.

        Otherwise the next attempt, for a host for instance, would find its name in use.
        """
        from docker.errors import APIError

        api = self._client.api
        created: str | None = None
        try:
            created = str(api.create_container(self._image(), healthcheck={"Test": ["NONE"]}, **options)["Id"])
            api.start(created)
        except APIError as error:
            if created is not None:
                self.remove(created)
            raise TaskFailed("ResourceInitializationError", f"{what} of the task: {error.explanation}") from error
        return created

    def _image(self) -> str:
        if self._own_image is None:
            self._own_image = str(self._client.api.inspect_container(settings.owner())["Image"])
        return self._own_image

    def create(self, task: TaskSpec, spec: ContainerSpec, namespace: str, sources: dict[str, str]) -> str:
        """Creates a container inside the task's network namespace, and returns its id.

        `sources` has the ids of the containers whose volumes it mounts, by their names.
        """
        from docker.errors import DockerException

        api = self._client.api
        options, host_options = dict(spec.options), dict(spec.host_options)
        own_labels, binds = options.pop("labels", {}), host_options.pop("binds", [])
        try:
            created = api.create_container(
                spec.image,
                command=spec.command,
                entrypoint=spec.entrypoint,
                environment=spec.environment,
                name=self._name(task.id, spec.name),
                labels={**own_labels, **labels.labels(task=task.id, container=spec.name)},
                # ECS ignores the HEALTHCHECK of an image, so Docker must ignore it too.
                healthcheck={"Test": ["NONE"]},
                host_config=api.create_host_config(
                    network_mode=f"container:{namespace}",
                    pid_mode=f"container:{namespace}" if task.shares_processes else None,
                    volumes_from=[f"{sources[name]}:{mode}" for name, mode in spec.volumes_from.items()] or None,
                    log_config=_LOG_CONFIG,
                    binds=[*binds, self._trust.bind(self._image())],
                    **host_options,
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
        """Sends SIGTERM, then SIGKILL after `timeout` seconds. Does nothing if the container is gone or has stopped."""
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

    def create_volume(self, task_id: str, volume: Volume) -> None:
        """Creates a volume. Does nothing if the volume of a host exists."""
        options = {}
        if volume.directory is not None:
            device = directories.prepare(self._client, self._image(), volume.directory)
            options = {"type": "none", "o": "bind", "device": device}
        known = labels.labels(task=volume.host or task_id)
        self._client.api.create_volume(volume.name, driver="local", driver_opts=options, labels=known)

    def remove_volume(self, name: str) -> None:
        from docker.errors import APIError

        try:
            self._client.api.remove_volume(name, force=True)
        except APIError as error:
            LOG.warning("cannot remove volume %s: %s", name, error)

    def remove_host_volumes(self, host: str) -> None:
        """Removes the volumes of a host that no longer has tasks."""
        wanted = [f"{key}={value}" for key, value in labels.labels(task=host).items()]
        for volume in self._client.api.volumes(filters={"label": wanted})["Volumes"] or []:
            self.remove_volume(volume["Name"])

    def probe(self, container_id: str, command: list[str], timeout: float) -> bool:
        """Runs a command in the container. Returns whether it exits with 0 within `timeout` seconds."""
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
            # If only the socket were closed, the response would warn when it is garbage-collected.
            getattr(stream, "_response", stream).close()
        return bool(api.exec_inspect(execution)["ExitCode"] == 0)

    @staticmethod
    def _name(task_id: str, container: str) -> str:
        return f"{settings.NAME}-{settings.owner()}-{task_id[:12]}-{container}"
