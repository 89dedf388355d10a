"""Makes the engine's specifications of a task definition's containers (pure)."""

from typing import Any

from localstack_engines.services.ecs.engine.task_spec import ContainerSpec, HealthCheck, RestartPolicy, Volume
from localstack_engines.toolkit.log_shipping.log_events import LogSink

_DEFAULT_STOP_TIMEOUT = 30
_DEFAULT_RESTART_PERIOD = 300
_ARCHITECTURES = {"X86_64": "amd64", "ARM64": "arm64"}
NETWORK_SYSCTLS = "net."
"""The beginning of the names of kernel parameters that belong to a task's network, and not to a container."""


def container_spec(
    definition: dict[str, Any],
    task: dict[str, Any],
    *,
    volumes: dict[str, Volume],
    image: str,
    environment: dict[str, str],
    override: dict[str, Any],
    log_sink: LogSink | None,
    registry_credentials: dict[str, str],
) -> ContainerSpec:
    """Returns the specification of a container. The environment of `override` takes precedence over `environment`."""
    overridden = {e["name"]: e.get("value", "") for e in override.get("environment") or []}
    return ContainerSpec(
        name=definition["name"],
        image=image,
        essential=definition.get("essential", True),
        environment={**environment, **overridden},
        command=override.get("command") or definition.get("command") or None,
        entrypoint=definition.get("entryPoint") or None,
        depends_on={d["containerName"]: d["condition"] for d in definition.get("dependsOn") or []},
        health_check=health_check(definition.get("healthCheck")),
        stop_timeout=definition.get("stopTimeout", _DEFAULT_STOP_TIMEOUT),
        start_timeout=definition.get("startTimeout"),
        host_options=host_options(definition, task, override, volumes),
        options=container_options(definition),
        log_sink=log_sink,
        restart_policy=restart_policy(definition.get("restartPolicy")),
        volumes_from={v["sourceContainer"]: _mode(v) for v in definition.get("volumesFrom") or []},
        architecture=architecture(task),
        registry_credentials=registry_credentials,
    )


def restart_policy(definition: dict[str, Any] | None) -> RestartPolicy | None:
    """Returns the restart policy, or None if there is none or it is off. Source: API_ContainerRestartPolicy."""
    if not definition or not definition.get("enabled"):
        return None
    period = definition.get("restartAttemptPeriod") or _DEFAULT_RESTART_PERIOD
    return RestartPolicy(period, frozenset(definition.get("ignoredExitCodes") or ()))


def architecture(task: dict[str, Any]) -> str | None:
    """Returns Docker's name of the architecture that the task definition asks for, or None if it asks for none.

    AWS's default is X86_64. Here an image without a wish may be what this machine builds.
    """
    asked = (task.get("runtimePlatform") or {}).get("cpuArchitecture")
    return _ARCHITECTURES[asked] if asked else None


def health_check(definition: dict[str, Any] | None) -> HealthCheck | None:
    """Returns the health check, or None if there is none or its command is `["NONE"]`. Source: API_HealthCheck."""
    if not definition or definition["command"] == ["NONE"]:
        return None
    marker, *rest = definition["command"]
    command = {"CMD": rest, "CMD-SHELL": ["/bin/sh", "-c", " ".join(rest)]}.get(marker, [marker, *rest])
    return HealthCheck(
        command=command,
        interval=definition.get("interval") or 30,
        timeout=definition.get("timeout") or 5,
        retries=definition.get("retries") or 3,
        start_period=definition.get("startPeriod") or 0,
    )


def host_options(
    definition: dict[str, Any], task: dict[str, Any], override: dict[str, Any], volumes: dict[str, Volume]
) -> dict[str, Any]:
    """Returns Docker's host configuration. CPU units become relative shares: a hard quota would slow down the start."""
    linux = definition.get("linuxParameters") or {}
    capabilities = linux.get("capabilities") or {}
    memory = override.get("memory") or definition.get("memory") or task.get("memory")
    reservation = override.get("memoryReservation") or definition.get("memoryReservation")
    cpu = override.get("cpu") or definition.get("cpu") or task.get("cpu")
    sysctls = {s["namespace"]: s["value"] for s in definition.get("systemControls") or []}
    options = {
        "mem_limit": f"{int(memory)}m" if memory else None,
        "mem_reservation": f"{int(reservation)}m" if reservation else None,
        "cpu_shares": max(2, int(cpu)) if cpu else None,
        "ulimits": ulimits(definition.get("ulimits") or []),
        "binds": binds(definition, volumes),
        "tmpfs": {
            t["containerPath"]: ",".join([f"size={t['size']}m", *t.get("mountOptions", [])])
            for t in linux.get("tmpfs") or []
        },
        "cap_add": capabilities.get("add"),
        "cap_drop": capabilities.get("drop"),
        "privileged": definition.get("privileged"),
        "init": linux.get("initProcessEnabled"),
        "shm_size": f"{linux['sharedMemorySize']}m" if linux.get("sharedMemorySize") else None,
        "read_only": definition.get("readonlyRootFilesystem"),
        "sysctls": {k: v for k, v in sysctls.items() if not k.startswith(NETWORK_SYSCTLS)},
    }
    return {key: value for key, value in options.items() if value}


def ulimits(definitions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Returns the limits that are asked for. Some daemons may not grant Fargate's default of 65535 open files."""
    return [{"name": u["name"], "soft": u["softLimit"], "hard": u["hardLimit"]} for u in definitions]


def binds(definition: dict[str, Any], volumes: dict[str, Volume]) -> list[str]:
    """Returns the mount points as binds of Docker volumes. A volume may be mounted more than once."""
    return [
        f"{volumes[mount['sourceVolume']].name}:{mount['containerPath']}:{_mode(mount)}"
        for mount in definition.get("mountPoints") or []
    ]


def _mode(mount: dict[str, Any]) -> str:
    return "ro" if mount.get("readOnly") else "rw"


def container_options(definition: dict[str, Any]) -> dict[str, Any]:
    """Returns Docker's container configuration."""
    options = {
        "user": definition.get("user"),
        "working_dir": definition.get("workingDirectory"),
        "labels": definition.get("dockerLabels"),
        "tty": definition.get("pseudoTerminal"),
        "stdin_open": definition.get("interactive"),
    }
    return {key: value for key, value in options.items() if value}
