"""What the valid requests of Cloud Map need."""

from collections.abc import Callable
from typing import Any

from conformance import resources
from conformance.worlds import Json, World, unique
from lab.localstack import client


def world(implemented: set[str]) -> World:
    http, private, vpc = unique(), f"{unique()}.local", resources.vpc("10.201.0.0/24")
    sd = client("servicediscovery")

    def namespace(world: World, operation: str, member: str) -> None:
        found = sd.get_operation(OperationId=world.known[operation])["Operation"]
        world.known[member] = found["Targets"]["NAMESPACE"]

    def close(world: World) -> None:
        resources.quietly(sd.delete_namespace, Id=world.known.get("PrivateId"))
        resources.remove_vpc(vpc)

    def service(world: World) -> Json:
        namespace(world, "HttpOperation", "HttpId")
        namespace(world, "PrivateOperation", "PrivateId")
        return {"Name": "web", "NamespaceId": world.known["HttpId"], "HealthCheckCustomConfig": {"FailureThreshold": 1}}

    def of_service(**more: Any) -> Callable[[World], Json]:
        return lambda world: {"ServiceId": world.known["ServiceId"], **more}

    def by_id(name: str, **more: Any) -> Callable[[World], Json]:
        return lambda world: {"Id": world.known[name], **more}

    return World(
        implemented,
        known={"InstanceId": "one", "NamespaceName": http, "ServiceName": "web"},
        calls={
            "CreateHttpNamespace": {"Name": http},
            "CreatePrivateDnsNamespace": {"Name": private, "Vpc": vpc},
            "CreateService": service,
            "RegisterInstance": of_service(InstanceId="one", Attributes={"AWS_INSTANCE_IPV4": "10.0.0.1"}),
            "GetInstance": of_service(InstanceId="one"),
            "UpdateServiceAttributes": of_service(Attributes={"a": "b"}),
            "DeleteServiceAttributes": of_service(Attributes=["a"]),
            "UpdateInstanceCustomHealthStatus": of_service(InstanceId="one", Status="HEALTHY"),
            "GetNamespace": by_id("HttpId"),
            "GetService": by_id("ServiceId"),
            "UpdateService": by_id("ServiceId", Service={"Description": "d"}),
            "UpdateHttpNamespace": by_id("HttpId", Namespace={"Description": "d"}),
            "UpdatePrivateDnsNamespace": by_id("PrivateId", Namespace={"Description": "d"}),
            "ListNamespaces": {},
            "DeregisterInstance": of_service(InstanceId="one"),
            "DeleteService": by_id("ServiceId"),
            "DeleteNamespace": by_id("HttpId"),
            "TagResource": lambda world: {
                "ResourceARN": world.known["ResourceARN"],
                "Tags": [{"Key": "a", "Value": "b"}],
            },
        },
        fresh={"CreateHttpNamespace": "Name", "CreatePrivateDnsNamespace": "Name", "CreateService": "Name"},
        kept={
            "CreateHttpNamespace": {"HttpOperation": "OperationId", "OperationId": "OperationId"},
            "CreatePrivateDnsNamespace": {"PrivateOperation": "OperationId"},
            "CreateService": {"ServiceId": "Service.Id", "ResourceARN": "Service.Arn"},
        },
        last=("DeregisterInstance", "DeleteService", "DeleteNamespace"),
        close=lambda world: (
            resources.quietly(sd.delete_namespace, Id=world.known.get("PrivateId")),
            resources.remove_vpc(vpc),
        )[0],
    )
