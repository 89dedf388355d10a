"""Security groups of tasks: what no rule allows times out, a new rule counts at once, and denials are shown."""

import json
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lab.ecs import Json, Lab, address
from lab.localstack import ENDPOINT
from lab.waiting import until

_SERVE = "exec python3 -m http.server 8080 --directory /tmp"
_TRY = (
    "import socket, time\n"
    "while True:\n"
    "    try:\n"
    "        socket.create_connection(('{host}', {port}), timeout=0.3).close()\n"
    "        print('connected', flush=True)\n"
    "    except OSError as error:\n"
    "        print(type(error).__name__, flush=True)\n"
    "    time.sleep(0.1)\n"
)


class Groups:
    """Security groups of a lab's VPC, and tasks in them."""

    def __init__(self, lab: Lab) -> None:
        self.lab, self.made = lab, 0

    def create(self) -> str:
        """Returns a new group, which has no rules."""
        self.made += 1
        name = f"{self.lab.name}-{self.made}"
        group = str(self.lab.ec2.create_security_group(GroupName=name, Description="x", VpcId=self.lab.vpc)["GroupId"])
        self.lab.ec2.revoke_security_group_egress(GroupId=group, IpPermissions=[allow("-1", cidr="0.0.0.0/0")])
        return group

    def run(self, group: str, command: list[str]) -> str:
        """Starts a task in a group, and returns its ARN."""
        network = {"awsvpcConfiguration": {"subnets": [self.lab.subnet], "securityGroups": [group]}}
        started = self.lab.ecs.run_task(
            cluster=self.lab.name,
            taskDefinition=self.lab.register({**self.lab.container(""), "command": command}),
            launchType="FARGATE",
            networkConfiguration=network,
        )
        return str(started["tasks"][0]["taskArn"])

    def serve(self, group: str) -> str:
        """Starts a server on port 8080 in a group, and returns its address."""
        return address(self.lab.running(self.run(group, ["sh", "-c", _SERVE])))

    def connect(self, group: str, host: str, port: int = 8080) -> str:
        """Starts a task that connects again and again."""
        return self.run(group, ["python3", "-c", _TRY.format(host=host, port=port)])

    def expect(self, task: str, word: str) -> None:
        """Waits until the task's last attempts all had this result."""
        seen: list[str] = []

        def is_so() -> bool:
            seen[:] = self.lab.output(task)[-3:]
            return len(seen) == 3 and set(seen) == {word}

        self.lab.running(task)
        until(f"{word}", is_so, seconds=20)


def allow(protocol: str, port: int | None = None, *, cidr: str | None = None, group: str | None = None) -> Json:
    ports = {} if port is None else {"FromPort": port, "ToPort": port}
    peer: Json = {"IpRanges": [{"CidrIp": cidr}]} if cidr else {"UserIdGroupPairs": [{"GroupId": group}]}
    return {"IpProtocol": protocol, **ports, **peer}


def denials(**members: Any) -> list[Json]:
    with urllib.request.urlopen(f"{ENDPOINT}/_localstack/engines/network/denied", timeout=30) as response:
        found = json.load(response)["denied"]
    return [one for one in found if all(one[name] == value for name, value in members.items())]


@pytest.fixture(scope="module")
def lab(aws: Callable[..., Any]) -> Iterator[Lab]:
    with Lab(aws) as lab:
        yield lab


@pytest.fixture(scope="module")
def groups(lab: Lab) -> Groups:
    return Groups(lab)


def test_both_sides_have_to_allow_a_connection(lab: Lab, groups: Groups) -> None:
    """A rule counts without a restart of the tasks, and a group as a source means its members."""
    server, client = groups.create(), groups.create()
    host = groups.serve(server)
    task = groups.connect(client, host)
    own = address(lab.running(task))
    groups.expect(task, "TimeoutError")
    [denied] = until("the denial", lambda: denials(address=own, direction="egress"))
    assert (denied["peer"], denied["protocol"], denied["port"]) == (host, "tcp", 8080)
    assert denied["name"] == task
    assert denied["explanation"].startswith(f"no egress rule of {client} allows tcp 8080 to {host}")

    egress = [allow("tcp", 8080, group=server)]
    lab.ec2.authorize_security_group_egress(GroupId=client, IpPermissions=egress)
    [denied] = until("the denial", lambda: denials(address=host, direction="ingress", peer=own))
    assert denied["explanation"].startswith(f"no ingress rule of {server} allows tcp 8080 from {own}")

    lab.ec2.authorize_security_group_ingress(GroupId=server, IpPermissions=[allow("tcp", 8080, group=client)])
    groups.expect(task, "connected")
    lab.ec2.revoke_security_group_egress(GroupId=client, IpPermissions=egress)
    groups.expect(task, "TimeoutError")


def test_new_members_of_a_group_can_connect(lab: Lab, groups: Groups) -> None:
    """The filter of a running task takes in the addresses of tasks that start later."""
    server, client = groups.create(), groups.create()
    lab.ec2.authorize_security_group_ingress(GroupId=server, IpPermissions=[allow("tcp", 8080, group=client)])
    lab.ec2.authorize_security_group_egress(GroupId=client, IpPermissions=[allow("tcp", 8080, cidr="0.0.0.0/0")])
    host = groups.serve(server)
    member = groups.connect(client, host)
    groups.expect(member, "connected")

    eni = lab.ec2.describe_network_interfaces(
        Filters=[{"Name": "private-ip-address", "Values": [address(lab.task(member))]}]
    )["NetworkInterfaces"][0]["NetworkInterfaceId"]
    other = groups.create()
    lab.ec2.authorize_security_group_egress(GroupId=other, IpPermissions=[allow("-1", cidr="0.0.0.0/0")])
    lab.ec2.modify_network_interface_attribute(NetworkInterfaceId=eni, Groups=[other])
    groups.expect(member, "TimeoutError")


def test_databases_and_their_tasks(lab: Lab, groups: Groups, rds: Any, name: str, cleanup: Callable[..., None]) -> None:
    """A rule for AWS's port holds for the published port of the server here."""
    database, client = groups.create(), groups.create()
    rds.create_db_instance(
        DBInstanceIdentifier=name,
        Engine="postgres",
        DBInstanceClass="db.t4g.micro",
        AllocatedStorage=20,
        MasterUsername="shop",
        MasterUserPassword="not-secret-1",
        VpcSecurityGroupIds=[database],
    )
    cleanup(rds.delete_db_instance, DBInstanceIdentifier=name, SkipFinalSnapshot=True)

    def endpoint() -> Json | None:
        [found] = rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"]
        return dict(found["Endpoint"]) if found["DBInstanceStatus"] == "available" else None

    found = until("the instance", endpoint)
    task = groups.connect(client, found["Address"], found["Port"])
    own = address(lab.running(task))
    groups.expect(task, "TimeoutError")
    lab.ec2.authorize_security_group_egress(GroupId=client, IpPermissions=[allow("tcp", 5432, group=database)])
    ports = "/".join(map(str, sorted((5432, found["Port"]))))
    expected = f"no ingress rule of the DB instance {name} ({database}) allows tcp {ports} from {client}"
    until("the denial", lambda: [one["explanation"] for one in denials(address=own)] == [expected])

    lab.ec2.authorize_security_group_ingress(GroupId=database, IpPermissions=[allow("tcp", 5432, group=client)])
    groups.expect(task, "connected")
    rds.modify_db_instance(DBInstanceIdentifier=name, VpcSecurityGroupIds=[groups.create()])
    groups.expect(task, "TimeoutError")
