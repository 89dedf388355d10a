"""`make bench`: measures the times and the memory that this system promises, each beside its aim."""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console

from ops import aws, processes, settings
from ops.lifecycle import checkout, localstack
from ops.load import memory
from ops.load.figures import Figures
from ops.problems import Problem
from ops.waiting import polls

CHANGED_FILE = "services/patient/main.py"
POLL_SECONDS = 0.05


def bench_system(console: Console) -> None:
    """Prints the figures. Takes the system down and up several times, and leaves it up. Raises Problem."""
    figures = Figures(console)
    _lifecycle(figures)
    _engines(figures)
    figures.show()
    memory.show(console)
    if processes.run_in_terminal(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-s",
            "-m",
            "bench",
            "-c",
            "pyproject.toml",
            "localstack-engines/tests/bench",
        ]
    ):
        raise Problem("a benchmark failed", "read the lines above")


def _lifecycle(figures: Figures) -> None:
    _make("up")  # builds everything before a time is taken
    with figures.timed("make down", 15):
        _make("down")
    with figures.timed("make up, images built, nothing running", 75):
        _make("up")
    with figures.timed("make up, nothing to do", 5):
        _make("up")
    with tempfile.TemporaryDirectory() as folder:
        changed = checkout.copy(Path(folder))
        with (changed / CHANGED_FILE).open("a") as file:
            file.write(f"\n# changed at {time.time()}\n")
        with figures.timed("redeploy after a change in one service", 30):
            _make("up", changed)
    _make("up")  # deploys this checkout's sources again


def _engines(figures: Figures) -> None:
    """Times the parts one by one, in a LocalStack in which nothing else runs and which is removed afterwards."""
    rds, kafka = aws.client("rds"), aws.client("kafka")
    localstack.compose("stop")
    with figures.timed("LocalStack ready", 5):
        localstack.compose("start")
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
    """Times one more service, made from a task definition whose image has been pulled."""
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


def _make(command: str, directory: Path = settings.ROOT) -> None:
    python = str(settings.VENV_BIN / "python")
    processes.check([python, "-m", "ops", command], f"make {command} failed", "read the details", cwd=directory)


def _until(condition: Callable[[], bool], seconds: float = 120) -> None:
    for _ in polls(seconds, POLL_SECONDS):
        if condition():
            return
    raise Problem(f"a benchmark waited {seconds:g} s in vain", "make status")
