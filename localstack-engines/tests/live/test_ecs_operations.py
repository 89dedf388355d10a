"""Operations on clusters, settings, task definitions and identifiers, and what is refused in words."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lab.ecs import Lab
from lab.errors import refused
from lab.waiting import until


@pytest.fixture(scope="module")
def lab(aws: Callable[..., Any]) -> Iterator[Lab]:
    with Lab(aws) as lab:
        yield lab


def test_empty_and_too_long_lists_are_refused(lab: Lab) -> None:
    for call, arguments, message in (
        (lab.ecs.describe_tasks, {"tasks": []}, "Tasks cannot be empty"),
        (lab.ecs.describe_tasks, {"tasks": ["t"] * 101}, "more than 100"),
        (lab.ecs.describe_services, {"services": []}, "Services cannot be empty"),
        (lab.ecs.describe_services, {"services": ["s"] * 11}, "more than 10"),
    ):
        with pytest.raises(ClientError, match=message):
            call(cluster=lab.name, **arguments)


def test_arns_of_others_find_nothing_here(lab: Lab) -> None:
    definition = lab.register(lab.container("sleep 30"))
    task = lab.run(definition)
    ecs, cluster = lab.ecs, task.replace(":task/", ":cluster/").rsplit("/", 1)[0]
    assert ecs.describe_clusters(clusters=[cluster])["clusters"][0]["clusterName"] == lab.name
    for change in (("us-east-1", "eu-west-1"), ("000000000000", "111111111111")):
        for call, arguments in (
            (ecs.describe_tasks, {"cluster": lab.name, "tasks": [task.replace(*change)]}),
            (ecs.stop_task, {"cluster": lab.name, "task": task.replace(*change)}),
            (ecs.list_tasks, {"cluster": cluster.replace(*change)}),
            (ecs.describe_clusters, {"clusters": [cluster.replace(*change)]}),
            (ecs.describe_task_definition, {"taskDefinition": definition.replace(*change)}),
            (ecs.list_tags_for_resource, {"resourceArn": task.replace(*change)}),
        ):
            with pytest.raises(ClientError, match="Invalid identifier: Identifier is for"):
                call(**arguments)
    ecs.create_cluster(clusterName="other")
    words = f"Identifier is for cluster {lab.name}. Your cluster is other"
    refused(ecs.describe_tasks, "InvalidParameterException", words, cluster="other", tasks=[task])
    ecs.delete_cluster(cluster="other")


def test_other_launch_types_are_refused_in_words(lab: Lab) -> None:
    definition = lab.register(lab.container("true"))
    arguments = {"cluster": lab.name, "taskDefinition": definition, "networkConfiguration": lab.network}
    with pytest.raises(ClientError, match="No Container Instances were found in your cluster"):
        lab.ecs.run_task(**arguments, launchType="EC2")
    with pytest.raises(ClientError, match="has no EXTERNAL launch type: use EC2 or FARGATE"):
        lab.ecs.create_service(**arguments, serviceName="s", desiredCount=1, launchType="EXTERNAL")
    with pytest.raises(ClientError, match="desired count"):
        lab.ecs.create_service(**arguments, serviceName="s", desiredCount=-1, launchType="FARGATE")
    network = {"awsvpcConfiguration": {"subnets": [lab.subnet], "securityGroups": ["sg-0"]}}
    with pytest.raises(ClientError, match="security group 'sg-0' does not exist"):
        lab.ecs.run_task(**{**arguments, "networkConfiguration": network}, launchType="FARGATE")


def test_run_task_is_idempotent_by_its_token(lab: Lab, unique: str) -> None:
    definition = lab.register(lab.container("sleep 30"))
    assert lab.run(definition, clientToken=unique) == lab.run(definition, clientToken=unique)


def test_clusters_are_updated(lab: Lab) -> None:
    ecs, enabled = lab.ecs, [{"name": "containerInsights", "value": "enabled"}]
    assert ecs.update_cluster_settings(cluster=lab.name, settings=enabled)["cluster"]["settings"] == enabled
    strategy = [{"capacityProvider": "FARGATE", "weight": 1, "base": 0}]
    changed = ecs.put_cluster_capacity_providers(
        cluster=lab.name, capacityProviders=["FARGATE"], defaultCapacityProviderStrategy=strategy
    )["cluster"]
    assert (changed["capacityProviders"], changed["defaultCapacityProviderStrategy"]) == (["FARGATE"], strategy)
    response = ecs.run_task(
        cluster=lab.name, taskDefinition=lab.register(lab.container("true")), networkConfiguration=lab.network
    )
    assert response["tasks"][0]["capacityProviderName"] == "FARGATE"
    for call, arguments in (
        (ecs.update_cluster_settings, {"settings": [{"name": "containerInsights", "value": "maybe"}]}),
        (ecs.put_cluster_capacity_providers, {"capacityProviders": ["x"], "defaultCapacityProviderStrategy": []}),
        (ecs.put_cluster_capacity_providers, {"capacityProviders": [], "defaultCapacityProviderStrategy": strategy}),
    ):
        refused(call, "InvalidParameterException", cluster=lab.name, **arguments)
    ecs.put_cluster_capacity_providers(cluster=lab.name, capacityProviders=[], defaultCapacityProviderStrategy=[])


def test_account_settings(lab: Lab, unique: str) -> None:
    ecs = lab.ecs
    ecs.put_account_setting_default(name="containerInsights", value="enabled")
    cluster = ecs.create_cluster(clusterName=unique)["cluster"]
    ecs.delete_cluster(cluster=unique)
    assert cluster["settings"] == [{"name": "containerInsights", "value": "enabled"}]
    ecs.put_account_setting(name="containerInsights", value="enhanced")
    [own] = ecs.list_account_settings(name="containerInsights")["settings"]
    assert (own["value"], own["principalArn"]) == ("enhanced", "arn:aws:iam::000000000000:root")
    ecs.delete_account_setting(name="containerInsights")
    assert ecs.list_account_settings()["settings"] == []
    ecs.put_account_setting_default(name="containerInsights", value="disabled")
    effective = ecs.list_account_settings(effectiveSettings=True, maxResults=100)["settings"]
    assert {"serviceLongArnFormat", "containerInsights"} <= {setting["name"] for setting in effective}
    with pytest.raises(ClientError, match="does not have fargateFIPSMode = enabled"):
        ecs.put_account_setting(name="fargateFIPSMode", value="enabled")


def test_there_are_no_container_instances(lab: Lab) -> None:
    ecs, instance = lab.ecs, "a1b2"
    assert ecs.list_container_instances(cluster=lab.name)["containerInstanceArns"] == []
    assert ecs.list_attributes(cluster=lab.name, targetType="container-instance")["attributes"] == []
    found = ecs.describe_container_instances(cluster=lab.name, containerInstances=[instance])
    assert [f["reason"] for f in found["failures"]] == ["MISSING"]
    attributes = [{"name": "a", "targetId": instance, "targetType": "container-instance"}]
    for call, arguments in (
        (ecs.put_attributes, {"attributes": attributes}),
        (ecs.delete_attributes, {"attributes": attributes}),
        (ecs.deregister_container_instance, {"containerInstance": instance}),
        (ecs.update_container_agent, {"containerInstance": instance}),
    ):
        with pytest.raises(ClientError, match="not found"):
            call(cluster=lab.name, **arguments)
    with pytest.raises(ClientError, match="is no JSON"):
        ecs.register_container_instance(cluster=lab.name)


def test_task_definitions_are_deleted_when_nobody_uses_them(lab: Lab, unique: str) -> None:
    ecs = lab.ecs
    used, unused = (lab.register(lab.container("sleep 60"), family=unique) for _ in range(2))
    active = ecs.delete_task_definitions(taskDefinitions=[used])["failures"]
    assert "still in ACTIVE status" in active[0]["reason"]
    task = lab.run(used)
    for definition in (used, unused):
        gone = ecs.deregister_task_definition(taskDefinition=definition)["taskDefinition"]
        assert (gone["status"], gone["deregisteredAt"] >= gone["registeredAt"]) == ("INACTIVE", True)
    deleted = ecs.delete_task_definitions(taskDefinitions=[used, unused])["taskDefinitions"]
    assert {d["status"] for d in deleted} == {"DELETE_IN_PROGRESS"}
    with pytest.raises(ClientError, match="Unable to describe task definition"):
        ecs.describe_task_definition(taskDefinition=unused)
    listed = ecs.list_task_definitions(familyPrefix=unique, status="DELETE_IN_PROGRESS")["taskDefinitionArns"]
    assert listed == [used]
    ecs.stop_task(cluster=lab.name, task=task)
    lab.stopped(task)
    assert ecs.list_task_definitions(familyPrefix=unique, status="DELETE_IN_PROGRESS")["taskDefinitionArns"] == []
    assert lab.register(lab.container("true"), family=unique).endswith(f"{unique}:3")


def test_services_by_namespace(lab: Lab, unique: str, aws: Callable[..., Any], cleanup: Callable[..., None]) -> None:
    refused(lab.ecs.list_services_by_namespace, "NamespaceNotFoundException", namespace=unique)
    operation = lab.sd.create_http_namespace(Name=unique)["OperationId"]
    until("the namespace", lambda: lab.sd.get_operation(OperationId=operation)["Operation"]["Status"] == "SUCCESS")
    target = lab.sd.get_operation(OperationId=operation)["Operation"]["Targets"]["NAMESPACE"]
    cleanup(lab.sd.delete_namespace, Id=target)
    assert lab.ecs.list_services_by_namespace(namespace=unique)["serviceArns"] == []
