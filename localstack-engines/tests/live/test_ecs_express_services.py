"""ECS Express services: their URL answers, updates fail no request, and a deletion leaves nothing of theirs."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from lab.ecs import IMAGE, ROLE, Json, in_task
from lab.elb import BalancerLab
from lab.errors import refused
from lab.gateway import traffic
from lab.stacks import Stack
from lab.waiting import until

_SERVE = "mkdir -p /tmp/{path}; echo {text} | tee /tmp/index.html > /tmp/{path}/index.html; {run}"
_RUN = "python3 -m http.server {port} --directory /tmp & trap 'exit 0' TERM; wait"


def primary(text: str, port: int = 8080, path: str = "health") -> Json:
    command = _SERVE.format(path=path, text=text, run=_RUN.format(port=port))
    return {"image": IMAGE, "containerPort": port, "command": ["sh", "-c", command]}


@pytest.fixture
def lab(aws: Callable[..., Any]) -> Iterator[BalancerLab]:
    with BalancerLab(aws) as lab:
        yield lab


@contextmanager
def public(lab: BalancerLab) -> Iterator[None]:
    """Gives the lab's VPC an internet gateway and a route to it meanwhile."""
    ec2 = lab.ec2
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=lab.vpc)
    [main] = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [lab.vpc]}])["RouteTables"]
    route = {"RouteTableId": main["RouteTableId"], "DestinationCidrBlock": "0.0.0.0/0"}
    ec2.create_route(GatewayId=gateway, **route)
    yield
    ec2.delete_route(**route)
    ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=lab.vpc)
    ec2.delete_internet_gateway(InternetGatewayId=gateway)


@pytest.fixture
def cluster(aws: Callable[..., Any], unique: str, lab: BalancerLab) -> Iterator[str]:
    ecs = aws("ecs")
    ecs.create_cluster(clusterName=unique)
    yield unique
    services = [
        ecs.describe_express_gateway_service(serviceArn=arn)["service"]
        for arn in ecs.list_services(cluster=unique, resourceManagementType="ECS")["serviceArns"]
    ]
    for service in services:
        ecs.delete_express_gateway_service(serviceArn=service["serviceArn"])
    until("no service", lambda: not ecs.list_services(cluster=unique)["serviceArns"])
    ecs.delete_cluster(cluster=unique)


@contextmanager
def calling(service: Json) -> Iterator[Callable[[str], httpx.Response]]:
    """Gives a function that requests a path of the service's endpoint; the name is this machine's."""
    url = urlsplit(service["activeConfigurations"][0]["ingressPaths"][0]["endpoint"])
    context = ssl.create_default_context(cadata=_certificate(url.hostname or "", url.port or 443))
    # The certificate's issuer is not in the chain: the certificate itself is what is trusted.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    headers, extensions = {"host": url.netloc}, {"sni_hostname": url.hostname}
    with httpx.Client(base_url=f"https://127.0.0.1:{url.port}", headers=headers, verify=context, timeout=30) as http:
        yield lambda path: http.get(path, extensions=extensions)


def _certificate(host: str, port: int) -> str:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection(("127.0.0.1", port), timeout=30) as plain,
        context.wrap_socket(plain, server_hostname=host) as connection,
    ):
        found = connection.getpeercert(binary_form=True)
        assert found is not None
        return ssl.DER_cert_to_PEM_cert(found)


def settled(ecs: Any, arn: str) -> Json:
    """Waits until the service's deployment is complete, and returns the service."""

    def complete() -> Json | None:
        service: Json = ecs.describe_express_gateway_service(serviceArn=arn, include=["TAGS"])["service"]
        return None if service.get("currentDeployment") else service

    return until(f"the deployment of {arn}", complete)


def left(aws: Callable[..., Any], vpc: str) -> Json:
    """Returns what may be left of services: their names by kind."""
    elb, ec2 = aws("elbv2"), aws("ec2")
    of_vpc = [{"Name": "vpc-id", "Values": [vpc]}]
    return {
        "balancers": [
            b["LoadBalancerName"] for b in elb.describe_load_balancers()["LoadBalancers"] if b["VpcId"] == vpc
        ],
        "groups": [g["TargetGroupName"] for g in elb.describe_target_groups()["TargetGroups"] if g["VpcId"] == vpc],
        "security": [g["GroupName"] for g in ec2.describe_security_groups(Filters=of_vpc)["SecurityGroups"]],
        "certificates": [c["DomainName"] for c in aws("acm").list_certificates()["CertificateSummaryList"]],
    }


def test_a_service_answers_at_its_url(aws: Callable[..., Any], lab: BalancerLab, cluster: str) -> None:
    """Two services share a load balancer; an update with another port and health check fails no request."""
    with public(lab):
        _check_two_services(aws, lab, cluster)


def _check_two_services(aws: Callable[..., Any], lab: BalancerLab, cluster: str) -> None:
    ecs, before = aws("ecs"), left(aws, lab.vpc)
    common: Json = {
        "cluster": cluster,
        "executionRoleArn": ROLE,
        "infrastructureRoleArn": ROLE,
        "networkConfiguration": {"subnets": lab.subnets},
        "healthCheckPath": "/health/",
        "scalingTarget": {"minTaskCount": 1, "maxTaskCount": 1},
    }
    tags = [{"key": "team", "value": "a"}]
    created = ecs.create_express_gateway_service(
        serviceName="first", primaryContainer=primary("one"), tags=tags, **common
    )["service"]
    assert created["status"] == {"statusCode": "ACTIVE"}
    other = ecs.create_express_gateway_service(serviceName="second", primaryContainer=primary("two"), **common)
    first, second = (settled(ecs, one["serviceArn"]) for one in (created, other["service"]))
    [configuration] = first["activeConfigurations"]
    assert (configuration["cpu"], configuration["memory"]) == ("256", "512")
    assert configuration["primaryContainer"]["image"] == IMAGE
    assert configuration["ingressPaths"][0]["accessType"] == "PUBLIC"
    assert first["tags"] == tags
    assert len(left(aws, lab.vpc)["balancers"]) == 1
    with calling(first) as get, calling(second) as get_second:
        assert (get("/").text.strip(), get_second("/").text.strip()) == ("one", "two")
        with traffic(lambda: get("/")) as results:
            results.more(10)
            changed = ecs.update_express_gateway_service(
                serviceArn=first["serviceArn"],
                primaryContainer=primary("new", port=9090, path="alive"),
                healthCheckPath="/alive/",
            )["service"]
            assert changed["targetConfiguration"]["healthCheckPath"] == "/alive/"
            settled(ecs, first["serviceArn"])
            results.more(10)
        assert set(results) == {200}
        assert {get("/").text.strip() for _ in range(5)} == {"new"}
        assert get_second("/").text.strip() == "two"
        ecs.delete_express_gateway_service(serviceArn=first["serviceArn"])
        until("the first service to be gone", lambda: _status(ecs, first) == "INACTIVE")
        assert get_second("/").text.strip() == "two"
    logs = configuration["primaryContainer"]["awsLogsConfiguration"]["logGroup"]
    assert aws("logs").describe_log_groups(logGroupNamePrefix=logs)["logGroups"] == []
    ecs.delete_express_gateway_service(serviceArn=second["serviceArn"])
    until("the second service to be gone", lambda: _status(ecs, second) == "INACTIVE")
    assert left(aws, lab.vpc) == before
    assert ecs.list_task_definitions(familyPrefix=f"{cluster}-first")["taskDefinitionArns"] == []


def test_what_is_refused_leaves_nothing(aws: Callable[..., Any], lab: BalancerLab, cluster: str) -> None:
    ecs, before = aws("ecs"), left(aws, lab.vpc)
    good: Json = {
        "cluster": cluster,
        "serviceName": "bad",
        "executionRoleArn": ROLE,
        "infrastructureRoleArn": ROLE,
        "networkConfiguration": {"subnets": lab.subnets},
        "primaryContainer": primary("x"),
    }
    for change, code in (
        ({"cluster": "absent"}, "ClusterNotFoundException"),
        ({"executionRoleArn": ""}, "InvalidParameterException"),
        ({"infrastructureRoleArn": "role"}, "InvalidParameterException"),
        ({"healthCheckPath": "ping"}, "InvalidParameterException"),
        ({"cpu": "7"}, "ClientException"),
        ({"scalingTarget": {"minTaskCount": 0}}, "InvalidParameterException"),
        ({"scalingTarget": {"minTaskCount": 3, "maxTaskCount": 2}}, "InvalidParameterException"),
        ({"networkConfiguration": {"subnets": lab.subnets[:1]}}, "InvalidParameterException"),
        ({"networkConfiguration": {"subnets": ["subnet-absent"]}}, "InvalidParameterException"),
        ({"networkConfiguration": {"subnets": lab.subnets, "securityGroups": ["sg-0"]}}, "InvalidParameterException"),
    ):
        refused(ecs.create_express_gateway_service, code, **{**good, **change})
    assert left(aws, lab.vpc) == before
    assert ecs.list_services(cluster=cluster)["serviceArns"] == []
    assert ecs.list_task_definitions(familyPrefix=f"{cluster}-bad")["taskDefinitionArns"] == []
    absent = f"arn:aws:ecs:us-east-1:000000000000:service/{cluster}/absent"
    refused(ecs.describe_express_gateway_service, "ResourceNotFoundException", serviceArn=absent)
    refused(ecs.delete_express_gateway_service, "ServiceNotFoundException", serviceArn=absent)


def _status(ecs: Any, service: Json) -> str:
    found = ecs.describe_express_gateway_service(serviceArn=service["serviceArn"])["service"]
    return str(found["status"]["statusCode"])


def test_cloudformation_makes_changes_and_deletes_a_service(
    aws: Callable[..., Any], lab: BalancerLab, cluster: str, stack: Stack
) -> None:
    """A private service: its URL answers in its VPC only. Auto scaling keeps its limits."""
    ecs, before = aws("ecs"), left(aws, lab.vpc)

    def template(text: str, most: int) -> Json:
        container = primary(text)
        properties = {
            "Cluster": cluster,
            "ExecutionRoleArn": ROLE,
            "InfrastructureRoleArn": ROLE,
            "HealthCheckPath": "/health/",
            "NetworkConfiguration": {"Subnets": lab.subnets},
            "PrimaryContainer": {name[0].upper() + name[1:]: value for name, value in container.items()},
            "ScalingTarget": {"MinTaskCount": 1, "MaxTaskCount": most, "AutoScalingMetric": "REQUEST_COUNT_PER_TARGET"},
        }
        return {"Web": {"Type": "AWS::ECS::ExpressGatewayService", "Properties": properties}}

    names = ("Endpoint", "ECSManagedResourceArns.IngressPath.LoadBalancerArn")
    outputs: Json = {name.rpartition(".")[2]: {"Fn::GetAtt": ["Web", name]} for name in names}
    found = stack.deploy(template("one", 2), outputs | {"Arn": {"Ref": "Web"}})
    [target] = _targets(aws, found["Arn"])
    assert (target["MinCapacity"], target["MaxCapacity"]) == (1, 2)
    [balancer] = aws("elbv2").describe_load_balancers(LoadBalancerArns=[found["LoadBalancerArn"]])["LoadBalancers"]
    assert balancer["Scheme"] == "internal"
    for text in ("one", "two"):
        if text == "two":
            stack.deploy(template(text, 3), outputs)
        [task] = ecs.list_tasks(cluster=cluster, serviceName=found["Arn"])["taskArns"]
        fetch = (
            "import ssl, urllib.request as u; "
            f"print(u.urlopen('{found['Endpoint']}/', context=ssl._create_unverified_context()).read().decode())"
        )
        assert in_task(task, "Main", "python3", "-c", fetch).strip() == text
    stack.delete()
    assert left(aws, lab.vpc) == before
    assert _targets(aws, found["Arn"]) == []


def _targets(aws: Callable[..., Any], service: str) -> list[Json]:
    """Returns the scalable target of a service, if it has one."""
    which = {"ServiceNamespace": "ecs", "ResourceIds": [f"service/{service.partition('service/')[2]}"]}
    return list(aws("application-autoscaling").describe_scalable_targets(**which)["ScalableTargets"])
