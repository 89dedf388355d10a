"""VPC endpoints: what a task in an isolated subnet reaches of AWS's APIs, in a VPC with the tag that enforces."""

import json
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lab.ecs import Json, Lab, address
from lab.functions import Function
from lab.localstack import ENDPOINT
from lab.waiting import until

TAG = "localstack-engines:vpc-endpoints"
_ONLY_ALIASES = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "kms:ListAliases", "Resource": "*"}]}
_CALL = """
import datetime, http.client, json, os, time, urllib.request
host, port = "localhost.localstack.cloud", {port}
day = datetime.date.today().strftime("%Y%m%d")
def call(service, target):
    scope = f"Credential=test/{{day}}/us-east-1/{{service}}/aws4_request"
    headers = {{"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.1",
        "Authorization": f"AWS4-HMAC-SHA256 {{scope}}, SignedHeaders=host, Signature=0"}}
    connection = http.client.HTTPConnection(host, port, timeout=10)
    try:
        connection.request("POST", "/", "{{}}", headers)
        return str(connection.getresponse().status)
    except http.client.RemoteDisconnected:
        return "closed"
    finally:
        connection.close()
while True:
    print("kms", call("kms", "TrentService.ListKeys"), flush=True)
    print("secretsmanager", call("secretsmanager", "secretsmanager.ListSecrets"), flush=True)
    time.sleep(0.3)
"""


def denials(**members: Any) -> list[Json]:
    with urllib.request.urlopen(f"{ENDPOINT}/_localstack/engines/network/denied", timeout=30) as response:
        found = json.load(response)["denied"]
    return [one for one in found if all(one[name] == value for name, value in members.items())]


class Isolated:
    """A task that calls KMS and Secrets Manager again and again, and what it last got from each of them."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        code = _CALL.format(port=ENDPOINT.rpartition(":")[2])
        self.task = lab.run(lab.register({**lab.container(""), "command": ["python3", "-c", code]}))
        self.address = address(lab.running(self.task))

    def expect(self, service: str, word: str) -> None:
        """Waits until new calls to a service get this."""
        before = len(self._results(service))
        until(f"{service} {word}", lambda: word in self._results(service)[before + 1 :], seconds=20)

    def _results(self, service: str) -> list[str]:
        # The stream of logs is the task's own; AWS's API gets it from outside of the VPC.
        return [line.split()[1] for line in self.lab.output(self.task) if line.startswith(f"{service} ")]


@pytest.fixture(scope="module")
def lab(aws: Callable[..., Any]) -> Iterator[Lab]:
    with Lab(aws) as lab:
        _enforce(lab, "enforce")
        yield lab


@pytest.fixture(scope="module")
def isolated(lab: Lab) -> Isolated:
    _endpoint(lab, lab.group, "logs")
    return Isolated(lab)


def _enforce(lab: Lab, mode: str) -> None:
    lab.ec2.create_tags(Resources=[lab.vpc], Tags=[{"Key": TAG, "Value": mode}])


def _endpoint(lab: Lab, group: str, service: str, **more: Any) -> str:
    return str(
        lab.ec2.create_vpc_endpoint(
            VpcId=lab.vpc,
            ServiceName=f"com.amazonaws.us-east-1.{service}",
            VpcEndpointType="Interface",
            SubnetIds=[lab.subnet],
            SecurityGroupIds=[group],
            PrivateDnsEnabled=True,
            **more,
        )["VpcEndpoint"]["VpcEndpointId"]
    )


def test_fargate_cannot_start_a_task_without_the_endpoint_for_its_logs(lab: Lab) -> None:
    task = lab.stopped(lab.run(lab.register(lab.container("true"))))
    assert task["stopCode"] == "TaskFailedToStart"
    assert task["stoppedReason"] == (
        "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: "
        f"i/o timeout (no endpoint com.amazonaws.us-east-1.logs in {lab.vpc}, "
        f"and no route to the internet from {lab.subnet})"
    )


def test_an_api_without_an_endpoint_is_not_reachable(lab: Lab, isolated: Isolated) -> None:
    isolated.expect("kms", "closed")
    found = denials(address=isolated.address, peer="com.amazonaws.us-east-1.kms")
    assert [one["explanation"] for one in found] == [
        f"no endpoint com.amazonaws.us-east-1.kms in {lab.vpc}, and no route to the internet from {lab.subnet}"
    ]
    assert found[0]["name"] == isolated.task
    assert (found[0]["direction"], found[0]["protocol"], found[0]["port"]) == ("egress", "tcp", 443)
    assert found[0]["packets"] >= 1


def test_the_endpoint_of_an_api_and_its_groups_let_a_task_in(lab: Lab, isolated: Isolated) -> None:
    group = lab.ec2.create_security_group(GroupName=f"{lab.name}-e", Description="x", VpcId=lab.vpc)["GroupId"]
    endpoint = _endpoint(lab, group, "kms")
    until(
        "the denial",
        lambda: (
            [one["explanation"] for one in denials(address=isolated.address, peer="com.amazonaws.us-east-1.kms")]
            == [
                f"no ingress rule of the endpoint {endpoint} for com.amazonaws.us-east-1.kms ({group}) allows tcp 443 "
                f"from {isolated.address} ({lab.group})"
            ]
        ),
    )
    from_task = [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "UserIdGroupPairs": [{"GroupId": lab.group}]}]
    lab.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=from_task)
    isolated.expect("kms", "200")
    isolated.expect("secretsmanager", "closed")

    lab.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])
    isolated.expect("kms", "closed")
    lab.ec2.delete_security_group(GroupId=group)


def test_a_default_route_to_a_nat_gateway_leads_to_all_apis(lab: Lab, isolated: Isolated) -> None:
    nat = lab.ec2.create_nat_gateway(SubnetId=lab.subnet, ConnectivityType="public")["NatGateway"]["NatGatewayId"]
    [table] = lab.ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [lab.vpc]}])["RouteTables"]
    route = {"RouteTableId": table["RouteTableId"], "DestinationCidrBlock": "0.0.0.0/0"}
    lab.ec2.create_route(**route, NatGatewayId=nat)
    isolated.expect("kms", "200")
    isolated.expect("secretsmanager", "200")
    lab.ec2.delete_route(**route)
    lab.ec2.delete_nat_gateway(NatGatewayId=nat)


def test_other_vpcs_and_clients_outside_reach_everything(lab: Lab, isolated: Isolated, aws: Callable[..., Any]) -> None:
    """The tests' own client is on the machine. Without the tag the switch decides, which is off."""
    assert aws("kms").list_keys()["ResponseMetadata"]["HTTPStatusCode"] == 200
    isolated.expect("kms", "closed")
    _enforce(lab, "off")
    isolated.expect("kms", "200")
    _enforce(lab, "enforce")


def test_a_function_in_a_vpc_needs_the_endpoint_too(lab: Lab, function: Callable[..., Function], plugin: Json) -> None:
    """Its requests come from LocalStack's own container; its credentials say that they are its own.

    Where IAM is enforced, the policy of the endpoint is one more that has to allow a request.
    """
    source = """
import boto3, botocore.config, botocore.exceptions
def handler(event, context):
    config = botocore.config.Config(retries={"total_max_attempts": 1})
    try:
        return boto3.client("kms", config=config).list_keys()["ResponseMetadata"]["HTTPStatusCode"]
    except botocore.exceptions.HTTPClientError as error:
        return type(error).__name__
    except botocore.exceptions.ClientError as error:
        return str(error)
"""
    inside = function(source, Timeout=30, VpcConfig={"SubnetIds": [lab.subnet], "SecurityGroupIds": [lab.group]})
    assert inside()[0] == "ConnectionClosedError"
    [denied] = denials(name=f"the function {inside.name}")
    assert denied["explanation"].startswith(f"no endpoint com.amazonaws.us-east-1.kms in {lab.vpc}")
    endpoint = _endpoint(lab, lab.group, "kms")
    assert inside()[0] == 200
    lab.ec2.modify_vpc_endpoint(VpcEndpointId=endpoint, PolicyDocument=json.dumps(_ONLY_ALIASES))
    if plugin["iam"] == "enforce":
        assert "because no VPC endpoint policy allows the kms:ListKeys action" in inside()[0]
    else:
        assert inside()[0] == 200
    lab.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])
    inside.client.update_function_configuration(
        FunctionName=inside.name, VpcConfig={"SubnetIds": [], "SecurityGroupIds": []}
    )
    inside.client.get_waiter("function_updated_v2").wait(FunctionName=inside.name, WaiterConfig={"Delay": 1})
    assert inside()[0] == 200
