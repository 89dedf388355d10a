"""The networks of tasks: VPCs with the same range side by side, and the names that tasks resolve."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lab.ecs import Lab, address
from lab.waiting import until

_SERVE = "echo {name} > /tmp/index.html; exec python3 -m http.server 8080 --directory /tmp"
_FETCH = (
    "import os, urllib.request as u\n"
    "print(u.urlopen('http://{host}:8080/index.html', timeout=5).read().decode().strip())\n"
    "print(u.urlopen(os.environ['AWS_ENDPOINT_URL'] + '/_localstack/health', timeout=5).status)\n"
)


@pytest.fixture(scope="module")
def labs(aws: Callable[..., Any]) -> Iterator[tuple[Lab, Lab]]:
    with Lab(aws) as first, Lab(aws) as second:
        yield first, second


def test_vpcs_with_the_same_range_live_side_by_side(labs: tuple[Lab, Lab]) -> None:
    """The described address of each task is the one that answers in its VPC."""
    servers = [lab.run(lab.register(lab.container(_SERVE.format(name=lab.name)))) for lab in labs]
    addresses = [address(lab.running(arn)) for lab, arn in zip(labs, servers, strict=True)]
    assert len(set(addresses)) == 2
    for lab, host in zip(labs, addresses, strict=True):
        client = {**lab.container(""), "command": ["python3", "-c", _FETCH.format(host=host)]}
        arn = lab.run(lab.register(client))
        lab.stopped(arn)
        until("the answers", lambda lab=lab, arn=arn: lab.output(arn) == [lab.name, "200"])
        found = lab.ec2.describe_network_interfaces(Filters=[{"Name": "private-ip-address", "Values": [host]}])
        assert [eni["SubnetId"] for eni in found["NetworkInterfaces"]] == [lab.subnet]


def test_tasks_resolve_the_name_of_the_machine(labs: tuple[Lab, Lab]) -> None:
    lab = labs[0]
    script = "import socket; print(socket.gethostbyname('host.docker.internal').count('.'))"
    arn = lab.run(lab.register({**lab.container(""), "command": ["python3", "-c", script]}))
    lab.stopped(arn)
    until("the output", lambda: lab.output(arn) == ["3"])
