"""`make down` and `make clean`."""

import os
import shutil
import signal
from pathlib import Path

from ops import processes, settings
from ops.lifecycle import docker_engine, fingerprint, hosts, images, localstack
from ops.lifecycle.steps import Say
from ops.waiting import polls

OUR_IMAGES = (
    "label=pms.image",
    "reference=pms/*",
    "reference=cdkasset-*",
    f"reference=localhost:{settings.ENGINE_PORTS.start}/*",
)
STOP_SECONDS = 15
CACHES = (
    "cdk.out",
    "cdk.out.prod",
    "node_modules",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".import_linter_cache",
    ".hypothesis",
    ".schemathesis",
)


def down(say: Say) -> None:
    """Removes containers, networks and volumes. The Docker engine and the images stay for the next `up`."""
    if not docker_engine.answers():
        say("No Docker engine is running, so there is nothing to remove")
    else:
        localstack.remove(say)
    fingerprint.forget("deploy")
    for outputs in settings.STATE.glob("outputs*.json"):
        outputs.unlink()


def clean(say: Say) -> None:
    """Also removes images, caches and the line in `/etc/hosts`, and stops an idle engine that `up` started."""
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
    for image_filter in OUR_IMAGES:
        ids += (processes.output(["docker", "image", "ls", "--quiet", "--filter", image_filter]) or "").split()
    digests = processes.output(["docker", "image", "inspect", "--format", "{{.RepoDigests}}", images.DEBIAN])
    if digests is not None and digests.strip() == "[]":
        ids.append(images.DEBIAN)  # made with debootstrap; a pulled one has a digest, and others may use it
    if ids:
        say(f"Removing {len(set(ids))} images")
        processes.stream(["docker", "image", "rm", "--force", *dict.fromkeys(ids)])


def _stop_our_engine(say: Say) -> None:
    """Stops the engine if `make up` started it, and not one that systemd or Docker Desktop runs."""
    pid = docker_engine.started_by_us()
    if pid is None or processes.output(["docker", "ps", "--all", "--quiet"]):
        return
    say("Stopping the Docker engine that make up started")
    os.kill(pid, signal.SIGTERM)
    for _ in polls(STOP_SECONDS, 0.1):
        if not Path(f"/proc/{pid}").exists():
            return
