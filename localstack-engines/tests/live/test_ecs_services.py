"""Services: steady state, roll-out, rollback, replacement of tasks, Cloud Map."""

import subprocess
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lab.ecs import Json, Lab, address, containers
from lab.waiting import until

BREAKER = {"deploymentConfiguration": {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}}


@pytest.fixture(scope="module")
def lab(aws: Callable[..., Any]) -> Iterator[Lab]:
    with Lab(aws) as lab:
        yield lab


def web(lab: Lab, **more: Any) -> Json:
    """Returns a container definition that is healthy a second after the start."""
    check = {"command": ["CMD-SHELL", "test -f /tmp/up"], "interval": 5, "timeout": 2, "retries": 2, "startPeriod": 10}
    return lab.container(
        "sleep 1; touch /tmp/up; sleep 3600", healthCheck=check, portMappings=[{"containerPort": 8080}], **more
    )


def test_a_service_becomes_steady_and_reports_it(lab: Lab, unique: str) -> None:
    began = time.monotonic()
    created = lab.serve(unique, lab.register(web(lab)), count=2)
    assert created["deployments"][0]["rolloutState"] == "IN_PROGRESS"
    service = lab.stable(unique)
    print(f"steady after {time.monotonic() - began:.1f} s")
    assert (service["runningCount"], service["pendingCount"]) == (2, 0)
    assert "reached a steady state" in service["events"][0]["message"]
    assert {t["healthStatus"] for t in lab.service_tasks(unique)} == {"HEALTHY"}
    lab.ecs.get_waiter("services_stable").wait(cluster=lab.name, services=[unique], WaiterConfig={"Delay": 1})


def test_a_killed_container_is_reported_and_replaced(lab: Lab, unique: str) -> None:
    lab.serve(unique, lab.register(web(lab)))
    lab.stable(unique)
    killed = lab.service_tasks(unique)[0]
    subprocess.run(["docker", "kill", containers(killed)["app"]["runtimeId"]], check=True, capture_output=True)
    task = lab.stopped(killed["taskArn"])
    assert (task["stopCode"], containers(task)["app"]["exitCode"]) == ("EssentialContainerExited", 137)
    until("a new task", lambda: [t for t in lab.service_tasks(unique) if t["healthStatus"] == "HEALTHY"])


def test_scaling_out_and_in(lab: Lab, unique: str) -> None:
    lab.serve(unique, lab.register(lab.container("sleep 3600")))
    lab.stable(unique)
    lab.ecs.update_service(cluster=lab.name, service=unique, desiredCount=3)
    assert lab.stable(unique)["runningCount"] == 3
    lab.ecs.update_service(cluster=lab.name, service=unique, desiredCount=0)
    assert lab.stable(unique)["runningCount"] == 0
    reasons = {t["stoppedReason"] for t in lab.service_tasks(unique, "STOPPED")}
    assert all(reason.startswith("Scaling activity initiated by (deployment ecs-svc/") for reason in reasons)


def test_a_rolling_update_keeps_the_minimum_running(lab: Lab, unique: str) -> None:
    lab.serve(unique, lab.register(web(lab), family=unique), count=2)
    first = lab.stable(unique)
    second = lab.register(web(lab, environment=[{"name": "V", "value": "2"}]), family=unique)
    lab.ecs.update_service(cluster=lab.name, service=unique, taskDefinition=second)

    def rolled() -> bool:
        healthy = [t for t in lab.service_tasks(unique) if t["healthStatus"] == "HEALTHY"]
        assert len(healthy) >= 2, "fewer than the minimum healthy percent"
        return len(lab.service(unique)["deployments"]) == 1

    until("the roll-out", rolled)
    service = lab.stable(unique)
    assert service["taskDefinition"] == second
    assert service["deployments"][0]["id"] != first["deployments"][0]["id"]
    assert {t["taskDefinitionArn"] for t in lab.service_tasks(unique)} == {second}


def test_a_forced_deployment_replaces_the_tasks(lab: Lab, unique: str) -> None:
    lab.serve(unique, lab.register(lab.container("sleep 3600")))
    lab.stable(unique)
    before = {t["taskArn"] for t in lab.service_tasks(unique)}
    lab.ecs.update_service(cluster=lab.name, service=unique, forceNewDeployment=True)
    lab.stable(unique)
    assert before.isdisjoint({t["taskArn"] for t in lab.service_tasks(unique)})


def test_the_circuit_breaker_rolls_back(lab: Lab, unique: str) -> None:
    good = lab.register(web(lab), family=unique)
    lab.serve(unique, good, **BREAKER)
    lab.stable(unique)
    kept = {t["taskArn"] for t in lab.service_tasks(unique)}
    broken = lab.register(lab.container("echo no database; exit 1"), family=unique)
    lab.ecs.update_service(cluster=lab.name, service=unique, taskDefinition=broken)
    until("the roll-back", lambda: lab.service(unique)["taskDefinition"] == good)
    service = lab.stable(unique)
    failed = [e["message"] for e in service["events"] if "deployment failed: tasks failed to start" in e["message"]]
    assert "container app exited with code 1: no database" in failed[0]
    assert {t["taskArn"] for t in lab.service_tasks(unique)} == kept


def test_without_a_complete_deployment_to_roll_back_to_the_deployment_fails(lab: Lab, unique: str) -> None:
    lab.serve(unique, lab.register(lab.container("exit 1")), **BREAKER)
    until("the failure", lambda: lab.service(unique)["deployments"][0]["rolloutState"] == "FAILED")
    deployment = lab.service(unique)["deployments"][0]
    assert deployment["failedTasks"] == 3
    assert deployment["rolloutStateReason"].startswith("ECS deployment circuit breaker: tasks failed to start.")


def test_without_circuit_breaker_a_crashing_service_is_throttled(lab: Lab, unique: str) -> None:
    lab.serve(unique, lab.register(lab.container("exit 1")))

    def throttled() -> bool:
        return any("unable to consistently start tasks" in e["message"] for e in lab.service(unique)["events"])

    until("the throttling event", throttled)
    assert lab.service(unique)["deployments"][0]["rolloutState"] == "IN_PROGRESS"


def test_a_task_that_becomes_unhealthy_is_replaced(lab: Lab, unique: str) -> None:
    check = {"command": ["CMD-SHELL", "test -f /tmp/up"], "interval": 5, "timeout": 2, "retries": 1}
    container = lab.container("touch /tmp/up; sleep 3600", healthCheck=check)
    lab.serve(unique, lab.register(container))
    lab.stable(unique)
    unhealthy = lab.service_tasks(unique)[0]
    runtime_id = containers(unhealthy)["app"]["runtimeId"]
    subprocess.run(["docker", "exec", runtime_id, "rm", "/tmp/up"], check=True)
    task = lab.stopped(unhealthy["taskArn"])
    assert (task["stopCode"], task["stoppedReason"]) == (
        "ServiceSchedulerInitiated",
        "Task failed container health checks",
    )
    lab.stable(unique)


@pytest.fixture
def discovery(lab: Lab, unique: str, cleanup: Callable[..., None]) -> Json:
    """A Cloud Map service with A and SRV records in the lab's VPC."""
    operation = lab.sd.create_private_dns_namespace(Name=f"{unique}.local", Vpc=lab.vpc)["OperationId"]
    namespace = lab.sd.get_operation(OperationId=operation)["Operation"]["Targets"]["NAMESPACE"]
    cleanup(lab.sd.delete_namespace, Id=namespace)
    records = [{"Type": "A", "TTL": 7}, {"Type": "SRV", "TTL": 7}]
    service = lab.sd.create_service(
        Name="web",
        NamespaceId=namespace,
        DnsConfig={"DnsRecords": records},
        HealthCheckCustomConfig={"FailureThreshold": 1},
    )["Service"]
    cleanup(lab.sd.delete_service, Id=service["Id"])
    return {"namespace": f"{unique}.local", "arn": service["Arn"], "id": service["Id"]}


def test_tasks_register_with_cloud_map_and_answer_by_name(lab: Lab, unique: str, discovery: Json) -> None:
    registry = {"registryArn": discovery["arn"], "containerName": "app", "containerPort": 8080}
    lab.serve(unique, lab.register(web(lab)), serviceRegistries=[registry])
    lab.stable(unique)
    task = lab.service_tasks(unique)[0]

    def discovered() -> list[Json]:
        found = lab.sd.discover_instances(
            NamespaceName=discovery["namespace"], ServiceName="web", HealthStatus="HEALTHY"
        )
        return list(found["Instances"])

    instance = until("the registration", discovered)[0]
    attributes = instance["Attributes"]
    assert instance["InstanceId"] == task["taskArn"].rsplit("/", 1)[-1]
    assert (attributes["AWS_INSTANCE_IPV4"], attributes["AWS_INSTANCE_PORT"]) == (address(task), "8080")
    assert (attributes["ECS_SERVICE_NAME"], attributes["ECS_CLUSTER_NAME"]) == (unique, lab.name)
    name = f"web.{discovery['namespace']}"
    client = lab.run(lab.register(lab.container(f"getent hosts {name}")))
    lab.stopped(client)
    until("the DNS answer", lambda: lab.output(client) and lab.output(client)[0].split() == [address(task), name])
    lab.ecs.update_service(cluster=lab.name, service=unique, desiredCount=0)
    until("the deregistration", lambda: not lab.sd.list_instances(ServiceId=discovery["id"])["Instances"])
    lab.stable(unique)


def test_deleting_a_service(lab: Lab, unique: str) -> None:
    definition = lab.register(lab.container("sleep 3600"))
    lab.serve(unique, definition)
    lab.stable(unique)
    with pytest.raises(ClientError, match="scaled above 0"):
        lab.ecs.delete_service(cluster=lab.name, service=unique)
    assert lab.ecs.delete_service(cluster=lab.name, service=unique, force=True)["service"]["status"] == "DRAINING"
    lab.ecs.get_waiter("services_inactive").wait(cluster=lab.name, services=[unique], WaiterConfig={"Delay": 1})
    assert not any(arn.endswith(unique) for arn in lab.ecs.list_services(cluster=lab.name)["serviceArns"])
    with pytest.raises(ClientError, match="not found"):
        lab.ecs.update_service(cluster=lab.name, service=unique, desiredCount=1)
    lab.serve(unique, definition, count=0)


def test_invalid_services_are_refused(lab: Lab, unique: str) -> None:
    definition = lab.register(lab.container("true"))
    lab.serve(unique, definition, count=0)
    with pytest.raises(ClientError, match="not idempotent"):
        lab.serve(unique, definition, count=0)
    with pytest.raises(ClientError, match="TaskDefinition not found"):
        lab.serve(f"{unique}-2", "absent:1")
    with pytest.raises(ClientError, match="The container other does not exist in the task definition"):
        lab.serve(f"{unique}-2", definition, loadBalancers=[{"targetGroupArn": "arn", "containerName": "other"}])


def test_list_services_in_pages(lab: Lab, unique: str) -> None:
    definition = lab.register(lab.container("true"))
    for index in range(3):
        lab.serve(f"{unique}-{index}", definition, count=0)
    pages = lab.ecs.get_paginator("list_services").paginate(cluster=lab.name, PaginationConfig={"PageSize": 2})
    arns = [arn for page in pages for arn in page["serviceArns"]]
    assert {arn.rsplit("/", 1)[-1] for arn in arns} >= {f"{unique}-{index}" for index in range(3)}
    assert len(arns) == len(set(arns))


SERVER = """
import http.server, signal, threading
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(b"ok")
    def log_message(self, *_): pass
server = http.server.ThreadingHTTPServer(("", 8080), Handler)
signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
open("/tmp/up", "w").close(); server.serve_forever()
"""

CLIENT = """
import socket, sys, time, urllib.request
end, asked, failed = time.time() + 15, 0, 0
while time.time() < end:
    asked += 1
    try:
        urllib.request.urlopen("http://" + sys.argv[1] + ":8080", timeout=2).read()
    except OSError as error:
        failed += 1; print(error, flush=True)
    time.sleep(0.01)
print("failed", failed, "asked more than", asked // 100 * 100, flush=True)
"""


def test_no_request_by_name_fails_during_a_roll_out(lab: Lab, unique: str, discovery: Json) -> None:
    check = {"command": ["CMD-SHELL", "test -f /tmp/up"], "interval": 5, "timeout": 2, "retries": 2}

    def server(version: str) -> str:
        container = lab.container("", healthCheck=check, environment=[{"name": "V", "value": version}])
        container["portMappings"] = [{"containerPort": 8080}]
        return lab.register({**container, "command": ["python3", "-c", SERVER]}, family=unique)

    registry = {"registryArn": discovery["arn"], "containerName": "app", "containerPort": 8080}
    lab.serve(unique, server("1"), serviceRegistries=[registry])
    lab.stable(unique)
    name = f"web.{discovery['namespace']}"
    client = lab.run(lab.register({**lab.container(""), "command": ["python3", "-c", CLIENT, name]}))
    lab.running(client)
    lab.ecs.update_service(cluster=lab.name, service=unique, taskDefinition=server("2"))
    lab.stable(unique)
    lab.stopped(client)
    until("the client's log", lambda: lab.output(client))
    assert lab.output(client)[-1].startswith("failed 0 asked more than")
    lab.ecs.update_service(cluster=lab.name, service=unique, desiredCount=0)
    lab.stable(unique)
