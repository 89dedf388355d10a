"""ECS services behind load balancers: the CDK's patterns, roll-outs without a failed request, unhealthy targets."""

from collections.abc import Callable
from typing import Any

import httpx

from lab.balanced_service import balanced_service, network, outputs
from lab.ecs import IMAGE, ROLE, Json, in_task, output_of
from lab.elb import PORT_TAG, BalancerLab, forward
from lab.errors import refused
from lab.gateway import traffic
from lab.localstack import ENDPOINT, container
from lab.stacks import Stack
from lab.waiting import until

_SERVE = "echo {text} > /tmp/index.html; exec python3 -m http.server 8080 --directory /tmp"


def template(text: str) -> Json:
    return {
        **network(),
        **balanced_service("application", _SERVE.format(text=text), 2),
        **balanced_service("network", _SERVE.format(text="stream"), 1),
    }


def test_the_patterns_of_the_cdk(aws: Callable[..., Any], stack: Stack) -> None:
    """Both services answer, tasks reach the load balancer, an update fails no request, and nothing is left over."""
    ecs, elb, wanted = aws("ecs"), aws("elbv2"), {**outputs("application"), **outputs("network")}
    found = stack.deploy(template("one"), wanted)
    out = {name.removeprefix("application"): value for name, value in found.items()}
    http = httpx.Client(base_url=ENDPOINT, headers={"host": out["Name"]}, timeout=30)
    assert http.get("/").text.strip() == "one"
    assert out["FullName"] == out["Balancer"].partition(":loadbalancer/")[2]
    assert out["GroupFullName"] == f"targetgroup/{out['GroupName']}/{out['Group'].rpartition('/')[2]}"
    tags = elb.describe_tags(ResourceArns=[found["networkListener"]])["TagDescriptions"][0]["Tags"]
    port = next(tag["Value"] for tag in tags if tag["Key"] == PORT_TAG)
    assert httpx.get(f"http://127.0.0.1:{port}/").text.strip() == "stream"

    def service() -> Json:
        return dict(ecs.describe_services(cluster=out["Cluster"], services=[out["Service"]])["services"][0])

    expected = {"targetGroupArn": out["Group"], "containerName": "web", "containerPort": 8080}
    assert service()["loadBalancers"] == [expected]
    targets = elb.describe_target_health(TargetGroupArn=out["Group"])["TargetHealthDescriptions"]
    assert [one["TargetHealth"]["State"] for one in targets] == ["healthy", "healthy"]
    fetch = f"import urllib.request as u; print(u.urlopen('http://{out['Name']}/').read().decode())"
    task = ecs.list_tasks(cluster=out["Cluster"], serviceName=out["Service"])["taskArns"][0]
    assert in_task(task, "web", "python3", "-c", fetch).strip() == "one"

    # The CDK's pattern may stop one task of two before its replacement is there.
    with traffic(lambda: http.get("/")) as results:
        results.more(20)
        stack.deploy(template("two"), wanted)
        results.more(20)
    assert set(results) == {200}
    assert {http.get("/").text.strip() for _ in range(10)} == {"two"}
    events = " ".join(event["message"] for event in service()["events"])
    for text in (
        f"registered 1 targets in (target-group {out['Group']})",
        f"deregistered 1 targets in (target-group {out['Group']})",
        "has begun draining connections on 1 tasks.",
    ):
        assert text in events
    stack.delete()
    assert [name for kind in ("application", "network") for name in _containers(found[f"{kind}Balancer"])] == []
    assert out["Balancer"] not in [one["LoadBalancerArn"] for one in elb.describe_load_balancers()["LoadBalancers"]]


def test_unhealthy_targets_are_replaced(aws: Callable[..., Any], unique: str) -> None:
    ecs = aws("ecs")
    with BalancerLab(aws) as lab:
        check = {"HealthCheckPath": "/absent", "HealthCheckIntervalSeconds": 5, "HealthCheckTimeoutSeconds": 2}
        group = lab.group(**check)
        container = {
            "name": "web",
            "image": IMAGE,
            "command": ["sh", "-c", _SERVE.format(text="x")],
            "portMappings": [{"containerPort": 8080}],
            "stopTimeout": 2,
        }
        definition = ecs.register_task_definition(
            family=unique,
            requiresCompatibilities=["FARGATE"],
            networkMode="awsvpc",
            cpu="256",
            memory="512",
            executionRoleArn=ROLE,
            containerDefinitions=[container],
        )["taskDefinition"]["taskDefinitionArn"]
        ecs.create_cluster(clusterName=unique)
        request = {
            "cluster": unique,
            "serviceName": unique,
            "taskDefinition": definition,
            "desiredCount": 1,
            "launchType": "FARGATE",
            "networkConfiguration": {"awsvpcConfiguration": {"subnets": lab.subnets}},
        }

        def balanced(**more: Any) -> Json:
            return {
                **request,
                "loadBalancers": [{"targetGroupArn": group, "containerName": "web", "containerPort": 8080, **more}],
            }

        message = f"The target group with targetGroupArn {group} does not have an associated load balancer."
        assert refused(ecs.create_service, "InvalidParameterException", **balanced()) == message
        lab.listener(lab.balancer(), forward(group))
        for member, value, text in (
            ("containerName", "other", "The container other does not exist in the task definition."),
            ("containerPort", 81, "The container web did not have a container port 81 defined."),
        ):
            assert refused(ecs.create_service, "InvalidParameterException", **balanced(**{member: value})) == text
        refused(ecs.create_service, "InvalidParameterException", "", **balanced(targetGroupArn=f"{group}x"))

        ecs.create_service(**balanced(), healthCheckGracePeriodSeconds=8)
        reason = "Health checks failed with these codes: [404]"
        text = f"(service {unique}) (port 8080) is unhealthy in (target-group {group}) due to (reason {reason})."

        def replaced() -> bool:
            service = ecs.describe_services(cluster=unique, services=[unique])["services"][0]
            return text in [event["message"] for event in service["events"]]

        until("the event of the unhealthy target", replaced)
        stopped = ecs.list_tasks(cluster=unique, serviceName=unique, desiredStatus="STOPPED")["taskArns"]

        def stopping() -> list[Json]:
            found = ecs.describe_tasks(cluster=unique, tasks=stopped)["tasks"]
            return found if all("stoppingAt" in task for task in found) else []

        tasks = until("the unhealthy task to stop", stopping)
        assert [task["stoppedReason"] for task in tasks] == [f"Task failed ELB health checks in (target-group {group})"]
        assert (tasks[0]["stoppingAt"] - tasks[0]["startedAt"]).total_seconds() >= 8
        ecs.delete_service(cluster=unique, service=unique, force=True)
        until("the service to be gone", lambda: _is_inactive(ecs, unique))

        external = {"cluster": unique, "service": f"{unique}-sets"}
        ecs.create_service(
            cluster=unique,
            serviceName=external["service"],
            desiredCount=0,
            deploymentController={"type": "EXTERNAL"},
        )
        settings = {key: balanced()[key] for key in ("taskDefinition", "launchType", "networkConfiguration")}
        made = ecs.create_task_set(**external, **settings, loadBalancers=balanced()["loadBalancers"])["taskSet"]
        assert made["loadBalancers"] == balanced()["loadBalancers"]
        wrong = balanced(containerName="other")["loadBalancers"]
        refused(ecs.create_task_set, "InvalidParameterException", "", **external, **settings, loadBalancers=wrong)
        ecs.delete_service(**external, force=True)


def _is_inactive(ecs: Any, name: str) -> bool:
    return bool(ecs.describe_services(cluster=name, services=[name])["services"][0]["status"] == "INACTIVE")


def _containers(balancer: str) -> list[str]:
    """Returns the names of the containers of a load balancer."""
    identifier = balancer.rsplit("/", 1)[-1][:8]
    names = output_of("docker", "ps", "--all", "--format", "{{.Names}}").split()
    return [name for name in names if name.startswith(f"engines-{container()}-elb-") and name.endswith(identifier)]
