"""A VPC, a cluster and a log group of a test module's own, to run tasks in."""

import os
import subprocess
import uuid
from collections.abc import Callable
from types import TracebackType
from typing import Any

from botocore.config import Config

from lab.waiting import until

IMAGE = os.environ.get("ENGINES_TEST_IMAGE") or "pms/base:latest"
"""An image with Python and a shell, and without an entry point."""
CIDR = os.environ.get("ENGINES_TEST_VPC_CIDR", "10.63.0.0/16")
ROLE = "arn:aws:iam::000000000000:role/test"

Json = dict[str, Any]


class Lab:
    """Creates the resources, and removes them and all tasks at the end."""

    def __init__(self, aws: Callable[..., Any]) -> None:
        self.ecs, self.ec2, self.logs = aws("ecs"), aws("ec2"), aws("logs")
        # With a host prefix, DiscoverInstances would go to the host data-localhost, which does not exist.
        self.sd = aws("servicediscovery", config=Config(inject_host_prefix=False))
        self.name = f"lab-{uuid.uuid4().hex[:8]}"

    def __enter__(self) -> "Lab":
        self.vpc = self.ec2.create_vpc(CidrBlock=CIDR)["Vpc"]["VpcId"]
        base = CIDR.rsplit(".", 2)[0]
        self.subnet = self.ec2.create_subnet(VpcId=self.vpc, CidrBlock=f"{base}.16.0/20")["Subnet"]["SubnetId"]
        self.subnet_prefix = f"{base}."
        self.group = self.ec2.create_security_group(GroupName=self.name, Description="lab", VpcId=self.vpc)["GroupId"]
        everything = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
        self.ec2.authorize_security_group_ingress(GroupId=self.group, IpPermissions=everything)
        self.logs.create_log_group(logGroupName=f"/{self.name}")
        self.ecs.create_cluster(clusterName=self.name)
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        services = self.ecs.list_services(cluster=self.name, maxResults=100)["serviceArns"]
        for service in services:
            self.ecs.delete_service(cluster=self.name, service=service, force=True)
        for task in self.ecs.list_tasks(cluster=self.name)["taskArns"]:
            self.ecs.stop_task(cluster=self.name, task=task)
        until("all tasks to stop", self._all_stopped)
        self.ecs.delete_cluster(cluster=self.name)
        self.ec2.delete_security_group(GroupId=self.group)
        self.ec2.delete_subnet(SubnetId=self.subnet)
        self.ec2.delete_vpc(VpcId=self.vpc)

    def _all_stopped(self) -> bool:
        arns = self.ecs.list_tasks(cluster=self.name, desiredStatus="STOPPED")["taskArns"]
        arns += self.ecs.list_tasks(cluster=self.name)["taskArns"]
        return all(task["lastStatus"] == "STOPPED" for task in self.tasks(arns))

    @property
    def network(self) -> Json:
        return {"awsvpcConfiguration": {"subnets": [self.subnet], "securityGroups": [self.group]}}

    def container(self, command: str, name: str = "app", **more: Any) -> Json:
        """Returns a container definition that runs a shell command and logs to CloudWatch."""
        options = {"awslogs-group": f"/{self.name}", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "t"}
        return {
            "name": name,
            "image": IMAGE,
            "command": ["sh", "-c", command],
            "logConfiguration": {"logDriver": "awslogs", "options": options},
            "stopTimeout": 2,
            **more,
        }

    def register(self, *containers: Json, family: str | None = None, **more: Any) -> str:
        """Registers a task definition and returns its ARN."""
        response = self.ecs.register_task_definition(
            family=family or f"f-{uuid.uuid4().hex[:8]}",
            requiresCompatibilities=["FARGATE"],
            networkMode="awsvpc",
            cpu="256",
            memory="512",
            executionRoleArn=ROLE,
            containerDefinitions=list(containers),
            **more,
        )
        return str(response["taskDefinition"]["taskDefinitionArn"])

    def run(self, definition: str, **more: Any) -> str:
        """Runs one task and returns its ARN."""
        response = self.ecs.run_task(
            cluster=self.name,
            taskDefinition=definition,
            launchType="FARGATE",
            networkConfiguration=self.network,
            **more,
        )
        assert response["failures"] == []
        return str(response["tasks"][0]["taskArn"])

    def serve(self, name: str, definition: str, count: int = 1, **more: Any) -> Json:
        response = self.ecs.create_service(
            cluster=self.name,
            serviceName=name,
            taskDefinition=definition,
            desiredCount=count,
            launchType="FARGATE",
            networkConfiguration=self.network,
            **more,
        )
        return dict(response["service"])

    def tasks(self, arns: list[str]) -> list[Json]:
        return list(self.ecs.describe_tasks(cluster=self.name, tasks=arns)["tasks"]) if arns else []

    def task(self, arn: str) -> Json:
        return self.tasks([arn])[0]

    def stopped(self, arn: str) -> Json:
        """Waits until the task has stopped, and returns it."""
        until(f"{arn} to stop", lambda: self.task(arn)["lastStatus"] == "STOPPED")
        return self.task(arn)

    def running(self, arn: str) -> Json:
        """Waits until the task runs, and returns it. Fails if the task stops."""
        until(f"{arn} to run", lambda: self.task(arn)["lastStatus"] in ("RUNNING", "STOPPED"))
        task = self.task(arn)
        assert task["lastStatus"] == "RUNNING", task.get("stoppedReason")
        return task

    def service(self, name: str) -> Json:
        return dict(self.ecs.describe_services(cluster=self.name, services=[name])["services"][0])

    def stable(self, name: str) -> Json:
        """Waits until the service is stable, as AWS's waiter defines it, and its deployment is complete. Returns it."""

        def is_stable() -> bool:
            service = self.service(name)
            deployments = service["deployments"]
            return (
                len(deployments) == 1
                and service["runningCount"] == service["desiredCount"]
                and deployments[0]["rolloutState"] == "COMPLETED"
            )

        until(f"{name} to be stable", is_stable)
        return self.service(name)

    def service_tasks(self, name: str, status: str = "RUNNING") -> list[Json]:
        arns = self.ecs.list_tasks(cluster=self.name, serviceName=name, desiredStatus=status)["taskArns"]
        return self.tasks(arns)

    def output(self, arn: str, container: str = "app") -> list[str]:
        """Returns the lines that the container has logged to CloudWatch."""
        stream = f"t/{container}/{arn.rsplit('/', 1)[-1]}"
        events = self.logs.get_log_events(logGroupName=f"/{self.name}", logStreamName=stream, startFromHead=True)
        return [event["message"] for event in events["events"]]


def containers(task: Json) -> dict[str, Json]:
    return {container["name"]: container for container in task["containers"]}


def in_task(task: str, name: str, *argv: str) -> str:
    """Runs a command in a container of a task, by the task's ARN and the container's name. Returns its output."""
    labels = (f"localstack-engines.task={task.rpartition('/')[2]}", f"localstack-engines.container={name}")
    filters = [part for label in labels for part in ("--filter", f"label={label}")]
    found = output_of("docker", "ps", "--quiet", *filters).split()
    return output_of("docker", "exec", found[0], *argv)


def output_of(*argv: str) -> str:
    """Returns what a command of this machine prints."""
    return subprocess.run(argv, check=True, capture_output=True, text=True).stdout


def address(task: Json) -> str:
    return str(task["containers"][0]["networkInterfaces"][0]["privateIpv4Address"])
