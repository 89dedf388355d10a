"""`make bench`: the figures that this system promises, measured on this machine, each beside its aim."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from ops import aws, processes, settings
from ops.lifecycle import docker_engine, localstack
from ops.problems import Problem

CHANGED_FILE = "services/patient/main.py"
POLL_SECONDS = 0.05


def measure(console: Console) -> None:
    """Takes the system down and up again; leaves it up."""
    figures = Figures(console)
    _lifecycle(figures)
    _engines(figures)
    figures.show()
    _memory(console)
    benchmarks = settings.ROOT / "tests" / "bench"
    if benchmarks.is_dir():
        command = [sys.executable, "-m", "pytest", "-q", "-s", "-m", "bench", str(benchmarks)]
        done = subprocess.run(command, cwd=settings.ROOT, env=settings.child_environment(), check=False)
        if done.returncode:
            raise Problem("a benchmark failed", "see above")


class Figures:
    """A table of what was measured, in seconds."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._rows: list[tuple[str, float, float]] = []

    @contextmanager
    def timed(self, name: str, aim: float) -> Iterator[None]:
        """Time the block; it ends when what it waits for is true."""
        began = time.monotonic()
        yield
        self.add(name, aim, time.monotonic() - began)

    def add(self, name: str, aim: float, seconds: float) -> None:
        self._rows.append((name, aim, seconds))
        self._console.print(f"{name}: {seconds:.1f} s", highlight=False)

    def show(self) -> None:
        table = Table("figure", "aim, s", "measured, s", title="Times")
        for name, aim, seconds in self._rows:
            table.add_row(name, f"{aim:g}", f"[{'green' if seconds <= aim else 'red'}]{seconds:.1f}[/]")
        self._console.print(table)


def _lifecycle(figures: Figures) -> None:
    _make("up")  # everything is built before anything is timed
    with figures.timed("make down", 15):
        _make("down")
    with figures.timed("make up, images built, nothing running", 75):
        _make("up")
    with figures.timed("make up, nothing to do", 5):
        _make("up")
    with tempfile.TemporaryDirectory() as folder:
        checkout = _copy_with_a_changed_line(Path(folder))
        with figures.timed("redeploy after a change in one service", 30):
            _make("up", checkout)
    _make("up")  # back to what this checkout holds


def _engines(figures: Figures) -> None:
    """On a LocalStack in which nothing else runs: what is started here is removed with it."""
    rds, kafka = aws.client("rds"), aws.client("kafka")
    _compose("stop")
    with figures.timed("LocalStack ready", 5):
        _compose("start")
        _until(lambda: localstack.health() is not None)
    name = "bench-instance"
    with figures.timed("DB instance available", 2):
        rds.create_db_instance(
            DBInstanceIdentifier=name,
            DBInstanceClass="db.t4g.micro",
            Engine="postgres",
            MasterUsername="bench",
            MasterUserPassword="bench-password",
            AllocatedStorage=20,
        )
        _until(
            lambda: (
                rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]["DBInstanceStatus"]
                == "available"
            )
        )
    subnets = _two_subnets()
    with figures.timed("Kafka cluster ACTIVE", 5):
        arn = kafka.create_cluster(
            ClusterName="bench",
            KafkaVersion="4.1.x.kraft",
            NumberOfBrokerNodes=2,
            BrokerNodeGroupInfo={"InstanceType": "kafka.t3.small", "ClientSubnets": subnets},
            EncryptionInfo={"EncryptionInTransit": {"ClientBroker": "PLAINTEXT"}},
        )["ClusterArn"]
        _until(lambda: kafka.describe_cluster(ClusterArn=arn)["ClusterInfo"]["State"] == "ACTIVE")
    _make("down")
    _make("up")
    _service_steady(figures)


def _two_subnets() -> list[str]:
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.99.0.0/16")["Vpc"]["VpcId"]
    places = (("10.99.0.0/20", "us-east-1a"), ("10.99.16.0/20", "us-east-1b"))
    return [
        str(ec2.create_subnet(VpcId=vpc, CidrBlock=cidr, AvailabilityZone=zone)["Subnet"]["SubnetId"])
        for cidr, zone in places
    ]


def _service_steady(figures: Figures) -> None:
    """A further service from a task definition whose image is there already."""
    ecs = aws.client("ecs")
    model = ecs.describe_services(cluster=settings.CLUSTER, services=["auth"])["services"][0]
    wanted: dict[str, Any] = {
        "cluster": settings.CLUSTER,
        "serviceName": "bench",
        "taskDefinition": model["taskDefinition"],
        "desiredCount": 1,
        "launchType": "FARGATE",
        "networkConfiguration": model["networkConfiguration"],
    }
    with figures.timed("Fargate service steady", 8):
        ecs.create_service(**wanted)
        _until(lambda: _is_steady(ecs, "bench"))
    ecs.delete_service(cluster=settings.CLUSTER, service="bench", force=True)


def _is_steady(ecs: Any, name: str) -> bool:
    service = ecs.describe_services(cluster=settings.CLUSTER, services=[name])["services"][0]
    return bool(service["deployments"][0].get("rolloutState") == "COMPLETED" and service["runningCount"] == 1)


def _memory(console: Console) -> None:
    table = Table("container", "MiB", title="Memory, resident, by container")
    total = 0.0
    for name, used in sorted(_container_memory(), key=lambda row: -row[1]):
        table.add_row(name, f"{used:.0f}")
        total += used
    table.add_row("[bold]all (aim: 2560)", f"[bold]{total:.0f}")
    console.print(table)


def _container_memory() -> Iterator[tuple[str, float]]:
    ours = (processes.output(["docker", "ps", "--quiet", "--filter", f"label={settings.OWNER_LABEL}"]) or "").split()
    stats = processes.output(
        ["docker", "stats", "--no-stream", "--format", "{{.Name}}\t{{.MemUsage}}", settings.CONTAINER, *ours]
    )
    for line in (stats or "").splitlines():
        name, used = line.split("\t")
        yield name, mebibytes(used.split("/")[0].strip())


def mebibytes(text: str) -> float:
    units = {"GiB": 1024.0, "MiB": 1.0, "KiB": 1 / 1024, "kB": 1 / 1049, "MB": 0.954, "GB": 954.0}
    for unit, factor in units.items():
        if text.endswith(unit):
            return float(text.removesuffix(unit)) * factor
    return 0.0


def _compose(verb: str) -> None:
    command = docker_engine.compose_command() or ["docker-compose"]
    processes.check([*command, "--project-name", localstack.PROJECT, "--file", str(localstack.FILE), verb])


def _copy_with_a_changed_line(target: Path) -> Path:
    listed = processes.output(["git", "ls-files", "--cached", "--others", "--exclude-standard"]) or ""
    for name in filter(None, listed.splitlines()):
        source, copy = settings.ROOT / name, target / name
        if source.is_file():
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(source.read_bytes())
            copy.chmod(source.stat().st_mode)
    for name in (".venv", "node_modules"):
        (target / name).symlink_to(settings.ROOT / name)
    with (target / CHANGED_FILE).open("a") as changed:
        changed.write(f"\n# changed at {time.time()}\n")
    return target


def _make(command: str, checkout: Path = settings.ROOT) -> None:
    processes.check([str(settings.VENV_BIN / "python"), "-m", "ops", command], cwd=checkout)


def _until(is_true: Callable[[], bool], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not is_true():
        if time.monotonic() > deadline:
            raise Problem(f"not within {seconds} s", "make status")
        time.sleep(POLL_SECONDS)
