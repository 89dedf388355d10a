"""`make down` and `make clean`."""

import os
import shutil
import signal
import time
from pathlib import Path

from ops import processes, settings
from ops.lifecycle import docker_engine, fingerprint, hosts, localstack
from ops.lifecycle.localstack import Say

OUR_IMAGES = (
    "label=pms.image",
    "reference=pms/*",
    "reference=cdkasset-*",
    f"reference=localhost:{settings.ENGINE_PORTS.start}/*",
)
DEBIAN = "debian:trixie-slim"
CACHES = (
    "cdk.out",
    "node_modules",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".import_linter_cache",
    ".hypothesis",
    ".schemathesis",
)


def down(say: Say) -> None:
    """Remove containers, networks and volumes. The engine and the images stay, so that the next up is quick."""
    if not docker_engine.answers():
        say("No Docker engine is running, so nothing of ours is either")
    else:
        localstack.remove(say)
    fingerprint.forget("deploy")
    settings.OUTPUTS.unlink(missing_ok=True)


def clean(say: Say) -> None:
    """Also remove images, caches, the line in /etc/hosts, and the engine's process if it is ours and idle."""
    down(say)
    if docker_engine.answers():
        _remove_images(say)
    hosts.remove()
    for name in CACHES:
        shutil.rmtree(settings.ROOT / name, ignore_errors=True)
    for layer in (settings.ROOT / "lambda_layers").glob("*/build"):
        shutil.rmtree(layer, ignore_errors=True)
    shutil.rmtree(settings.STATE, ignore_errors=True)
    _stop_our_engine(say)


def _remove_images(say: Say) -> None:
    ids: list[str] = []
    for which in OUR_IMAGES:
        ids += (processes.output(["docker", "image", "ls", "--quiet", "--filter", which]) or "").split()
    digests = processes.output(["docker", "image", "inspect", "--format", "{{.RepoDigests}}", DEBIAN])
    if digests is not None and digests.strip() == "[]":
        ids.append(DEBIAN)  # made here with debootstrap; one that was pulled may be somebody else's
    if ids:
        say(f"Removing {len(set(ids))} images")
        processes.stream(["docker", "image", "rm", "--force", *dict.fromkeys(ids)])


def _stop_our_engine(say: Say) -> None:
    """The engine that `make up` started by itself has left a mark; one of systemd or Docker Desktop has none."""
    pid = docker_engine.started_by_us()
    if pid is None or processes.output(["docker", "ps", "--all", "--quiet"]):
        return
    say("Stopping the Docker engine that make up started")
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + 15
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
