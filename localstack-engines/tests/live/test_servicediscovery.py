"""Cloud Map where it differs from moto: replacement, filters, health, several namespaces in a VPC, DNS."""

import subprocess
import textwrap
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lab.ecs import Json, Lab
from lab.errors import refused
from lab.waiting import until


@pytest.fixture(scope="module")
def lab(aws: Callable[..., Any]) -> Iterator[Lab]:
    with Lab(aws) as lab:
        yield lab


class Namespace:
    """A private DNS namespace and the resources that a test creates in it."""

    def __init__(self, lab: Lab, name: str, cleanup: Callable[..., None]) -> None:
        self.lab, self.name, self._cleanup = lab, name, cleanup
        operation = lab.sd.create_private_dns_namespace(Name=name, Vpc=lab.vpc)["OperationId"]
        self.id = lab.sd.get_operation(OperationId=operation)["Operation"]["Targets"]["NAMESPACE"]
        cleanup(lab.sd.delete_namespace, Id=self.id)

    def service(self, name: str, *records: str, **more: Any) -> Json:
        config = {"DnsRecords": [{"Type": record, "TTL": 5} for record in records]}
        service = self.lab.sd.create_service(Name=name, NamespaceId=self.id, DnsConfig=config, **more)["Service"]
        self._cleanup(self.lab.sd.delete_service, Id=service["Id"])
        return dict(service)

    def register(self, service: Json, instance: str, address: str, **attributes: str) -> None:
        self.lab.sd.register_instance(
            ServiceId=service["Id"],
            InstanceId=instance,
            Attributes={"AWS_INSTANCE_IPV4": address, "AWS_INSTANCE_PORT": "80", **attributes},
        )
        self._cleanup(self.lab.sd.deregister_instance, ServiceId=service["Id"], InstanceId=instance)

    def discover(self, service: str, **filters: Any) -> set[str]:
        found = self.lab.sd.discover_instances(NamespaceName=self.name, ServiceName=service, **filters)
        return {instance["InstanceId"] for instance in found["Instances"]}


@pytest.fixture
def namespace(lab: Lab, unique: str, cleanup: Callable[..., None]) -> Namespace:
    return Namespace(lab, f"{unique}.local", cleanup)


CUSTOM = {"HealthCheckCustomConfig": {"FailureThreshold": 1}}


def test_registering_an_instance_again_replaces_it(namespace: Namespace) -> None:
    service = namespace.service("web", "A", "SRV")
    namespace.register(service, "one", "10.0.0.1")
    namespace.register(service, "one", "10.0.0.2")
    instances = namespace.lab.sd.list_instances(ServiceId=service["Id"])["Instances"]
    assert [i["Attributes"]["AWS_INSTANCE_IPV4"] for i in instances] == ["10.0.0.2"]


def test_discovery_respects_health_and_counts_revisions(namespace: Namespace) -> None:
    sd = namespace.lab.sd
    service = namespace.service("web", "A", **CUSTOM)
    namespace.register(service, "one", "10.0.0.1", stage="blue")
    namespace.register(service, "two", "10.0.0.2", stage="green")

    def revision() -> int:
        answer = sd.discover_instances_revision(NamespaceName=namespace.name, ServiceName="web")
        return int(answer["InstancesRevision"])

    before = revision()
    sd.update_instance_custom_health_status(ServiceId=service["Id"], InstanceId="one", Status="UNHEALTHY")
    assert revision() > before
    assert namespace.discover("web") == {"two"}
    assert namespace.discover("web", HealthStatus="ALL") == {"one", "two"}
    assert namespace.discover("web", HealthStatus="UNHEALTHY") == {"one"}
    assert namespace.discover("web", QueryParameters={"stage": "blue"}) == {"one"}
    sd.update_instance_custom_health_status(ServiceId=service["Id"], InstanceId="two", Status="UNHEALTHY")
    assert namespace.discover("web") == {"one", "two"}
    assert namespace.discover("web", HealthStatus="HEALTHY") == set()
    status = sd.get_instances_health_status(ServiceId=service["Id"])["Status"]
    assert status == {"one": "UNHEALTHY", "two": "UNHEALTHY"}


def test_health_cannot_be_set_without_a_health_check(namespace: Namespace) -> None:
    service = namespace.service("web", "A")
    namespace.register(service, "one", "10.0.0.1")
    assert namespace.lab.sd.get_instances_health_status(ServiceId=service["Id"])["Status"] == {"one": "UNKNOWN"}
    with pytest.raises(ClientError, match="CustomHealthNotFound"):
        namespace.lab.sd.update_instance_custom_health_status(
            ServiceId=service["Id"], InstanceId="one", Status="UNHEALTHY"
        )


def test_two_namespaces_in_a_vpc_and_filters(lab: Lab, unique: str, cleanup: Callable[..., None]) -> None:
    one = Namespace(lab, f"{unique}.one", cleanup)
    two = Namespace(lab, f"{unique}.two", cleanup)
    one.service("web", "A")
    two.service("api", "A")

    def services(namespace: Namespace) -> list[str]:
        filters = [{"Name": "NAMESPACE_ID", "Values": [namespace.id], "Condition": "EQ"}]
        return [s["Name"] for s in lab.sd.list_services(Filters=filters)["Services"]]

    assert (services(one), services(two)) == (["web"], ["api"])
    filters = [{"Name": "NAME", "Values": [f"{unique}."], "Condition": "BEGINS_WITH"}]
    assert len(lab.sd.list_namespaces(Filters=filters)["Namespaces"]) == 2
    with pytest.raises(ClientError, match="InvalidInput"):
        lab.sd.list_namespaces(NextToken="x")
    with pytest.raises(ClientError, match="NamespaceAlreadyExists"):
        lab.sd.create_private_dns_namespace(Name=one.name, Vpc=lab.vpc)


def test_resources_in_use_are_not_deleted(namespace: Namespace) -> None:
    sd = namespace.lab.sd
    service = namespace.service("web", "A")
    namespace.register(service, "one", "10.0.0.1")
    with pytest.raises(ClientError, match="ResourceInUse"):
        sd.delete_service(Id=service["Id"])
    with pytest.raises(ClientError, match="ResourceInUse"):
        sd.delete_namespace(Id=namespace.id)
    with pytest.raises(ClientError, match="ServiceAlreadyExists"):
        sd.create_service(Name="web", NamespaceId=namespace.id)
    with pytest.raises(ClientError, match="AWS_INSTANCE_IPV4"):
        sd.register_instance(ServiceId=service["Id"], InstanceId="two", Attributes={"AWS_INSTANCE_PORT": "80"})


def test_a_namespace_has_a_hosted_zone_of_its_name(namespace: Namespace, aws: Callable[..., Any]) -> None:
    sd, route53 = namespace.lab.sd, aws("route53")

    def zone_id() -> str:
        properties = sd.get_namespace(Id=namespace.id)["Namespace"]["Properties"]
        return str(properties["DnsProperties"]["HostedZoneId"])

    before = zone_id()
    found = route53.get_hosted_zone(Id=before)
    assert found["HostedZone"]["Name"] == f"{namespace.name}."
    assert found["HostedZone"]["Config"]["PrivateZone"]
    assert [vpc["VPCId"] for vpc in found["VPCs"]] == [namespace.lab.vpc]
    change = {"Description": "new", "Properties": {"DnsProperties": {"SOA": {"TTL": 7}}}}
    operation = sd.update_private_dns_namespace(Id=namespace.id, Namespace=change)["OperationId"]
    assert sd.get_operation(OperationId=operation)["Operation"]["Type"] == "UPDATE_NAMESPACE"
    updated = sd.get_namespace(Id=namespace.id)["Namespace"]
    assert updated["Description"] == "new"
    assert updated["Properties"]["DnsProperties"]["SOA"]["TTL"] == 7
    assert zone_id() == before


def test_what_has_no_effect_is_refused(namespace: Namespace, unique: str) -> None:
    sd = namespace.lab.sd
    refused(sd.create_private_dns_namespace, "InvalidInput", "vpc-none", Name=f"{unique}.x", Vpc="vpc-none")
    check = {"Type": "HTTP", "ResourcePath": "/"}
    given = {"Name": "web", "NamespaceId": namespace.id, "HealthCheckConfig": check}
    refused(sd.create_service, "InvalidInput", "HealthCheckConfig is not supported", **given)
    refused(sd.create_public_dns_namespace, "NotImplementedException", "no public DNS", Name=f"{unique}.com")
    assert sd.list_services(Filters=[{"Name": "NAMESPACE_ID", "Values": [namespace.id]}])["Services"] == []


def test_updating_an_http_namespace_returns_its_operation(lab: Lab, unique: str, cleanup: Callable[..., None]) -> None:
    sd = lab.sd
    operation = sd.create_http_namespace(Name=unique)["OperationId"]
    identifier = sd.get_operation(OperationId=operation)["Operation"]["Targets"]["NAMESPACE"]
    cleanup(sd.delete_namespace, Id=identifier)
    operation = sd.update_http_namespace(Id=identifier, Namespace={"Description": "new"})["OperationId"]
    assert sd.get_operation(OperationId=operation)["Operation"]["Targets"] == {"NAMESPACE": identifier}
    assert sd.get_namespace(Id=identifier)["Namespace"]["Description"] == "new"
    refused(sd.update_private_dns_namespace, "InvalidInput", Id=identifier, Namespace={"Description": "x"})


def test_attributes_of_a_service(namespace: Namespace) -> None:
    sd, service = namespace.lab.sd, namespace.service("web", "A")
    named = {"ServiceId": service["Id"]}
    sd.update_service_attributes(**named, Attributes={"a": "1", "b": "2"})
    sd.update_service_attributes(**named, Attributes={"b": "3"})
    found = sd.get_service_attributes(**named)["ServiceAttributes"]
    assert found["Attributes"] == {"a": "1", "b": "3"}
    assert found["ServiceArn"] == service["Arn"]
    sd.delete_service_attributes(**named, Attributes=["a", "absent"])
    assert sd.get_service_attributes(**named)["ServiceAttributes"]["Attributes"] == {"b": "3"}
    many = {str(number): "x" for number in range(30)}
    refused(sd.update_service_attributes, "ServiceAttributesLimitExceededException", **named, Attributes=many)
    refused(sd.get_service_attributes, "ServiceNotFound", ServiceId="srv-none")


PROBE = textwrap.dedent("""
    import socket, struct, sys
    name, kind = sys.argv[1], {"A": 1, "AAAA": 28, "SRV": 33}[sys.argv[2]]
    question = b"".join(bytes([len(p)]) + p.encode() for p in name.split(".")) + b"\\0" + struct.pack(">HH", kind, 1)
    client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); client.settimeout(5)
    client.sendto(struct.pack(">HHHHHH", 7, 256, 1, 0, 0, 0) + question, ("127.0.0.11", 53))
    reply = client.recv(4096)
    _, flags, _, answers, _, _ = struct.unpack(">HHHHHH", reply[:12])
    position, found = 12 + len(question), []
    for _ in range(answers):
        position += 2
        _, _, ttl, size = struct.unpack(">HHIH", reply[position:position + 10])
        data = reply[position + 10:position + 10 + size]; position += 10 + size
        text = socket.inet_ntoa(data) if kind == 1 else str(struct.unpack(">HHH", data[:6])[2])
        found.append(f"{text}/{ttl}")
    print(flags & 15, *sorted(found))
""")


def test_private_names_resolve_in_the_vpc(namespace: Namespace, lab: Lab) -> None:
    service = namespace.service("web", "A", "SRV", **CUSTOM)
    namespace.register(service, "one", "10.9.9.1", AWS_INSTANCE_PORT="8080")
    namespace.register(service, "two", "10.9.9.2", AWS_INSTANCE_PORT="8081")
    namespace.register(service, "ill", "10.9.9.3", AWS_INIT_HEALTH_STATUS="UNHEALTHY")
    task = lab.running(lab.run(lab.register(lab.container("sleep 60"))))
    container = task["containers"][0]["runtimeId"]

    def ask(name: str, kind: str) -> str:
        command = ["docker", "exec", container, "python3", "-c", PROBE, name, kind]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    assert ask(f"web.{namespace.name}", "A") == "0 10.9.9.1/5 10.9.9.2/5"
    assert ask(f"web.{namespace.name}", "SRV") == "0 8080/5 8081/5"
    assert ask(f"one.web.{namespace.name}", "A") == "0 10.9.9.1/5"
    assert ask(f"web.{namespace.name}", "AAAA") == "0"
    assert ask(f"absent.{namespace.name}", "A") == "3"
    assert ask("localhost.localstack.cloud", "AAAA") == "0"
    namespace.lab.sd.update_instance_custom_health_status(ServiceId=service["Id"], InstanceId="one", Status="UNHEALTHY")
    until("the answer to follow the health", lambda: ask(f"web.{namespace.name}", "A") == "0 10.9.9.2/5")
