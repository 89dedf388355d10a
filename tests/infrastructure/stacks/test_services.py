"""The services: one for each entry of the catalogue, and what its containers receive."""

from __future__ import annotations

import json
from typing import Any

from cdk_app.catalogue import GRPC_PORT, SERVICES
from tests.infrastructure.synthesis import Synthesis


def test_every_entry_of_the_catalogue_has_one_service(stage: Synthesis) -> None:
    services = stage.of_type("AWS::ECS::Service").values()
    names = sorted(service["Properties"]["ServiceName"] for service in services)
    assert names == sorted(SERVICES)


def test_grpc_callers_know_their_targets(prod_stage: Synthesis) -> None:
    containers = {container["Name"]: container for container in prod_stage.containers()}
    for service in SERVICES.values():
        variables = _environment(containers[service.name])
        for called in service.calls:
            assert variables[f"{called.upper()}_GRPC_TARGET"] == f"dns:///{called}.pms-prod.local:{GRPC_PORT}"
            assert SERVICES[called].serves_grpc


def test_containers_receive_passwords_as_secrets_only(stage: Synthesis) -> None:
    fields = {"HOST": "host", "PORT": "port", "NAME": "dbname", "USERNAME": "username", "PASSWORD": "password"}
    for container in stage.containers():
        secrets = _secrets(container)
        for variable, key in fields.items():
            if container["Name"] == "migrate" or not stage.config.database.iam_authentication:
                assert f":{key}::" in secrets[f"DATABASE_{variable}"]
        assert not any("PASSWORD" in variable for variable in _environment(container))


def test_in_production_a_service_has_no_password_and_verifies_its_server(prod_stage: Synthesis) -> None:
    for name, definition in prod_stage.task_definitions().items():
        containers = {container["Name"]: container for container in definition["ContainerDefinitions"]}
        owner, service = _environment(containers["migrate"]), _environment(containers[name])
        assert not any("DATABASE" in secret for secret in _secrets(containers[name]))
        assert (service["DATABASE_IAM"], owner["SERVICE_DATABASE_IAM"]) == ("true", "true")
        assert owner["SERVICE_DATABASE_USERNAME"] == service["DATABASE_USERNAME"] == f"{name}_service"
        assert owner["DATABASE_SSL"] == service["DATABASE_SSL"] == "verify-full"
        assert "DATABASE_IAM" not in owner


def test_a_service_does_not_receive_the_credentials_of_its_databases_owner(local_stage: Synthesis) -> None:
    for name, definition in local_stage.task_definitions().items():
        secrets = {container["Name"]: _secrets(container) for container in definition["ContainerDefinitions"]}
        owner, service = secrets["migrate"], secrets[name]
        assert owner["DATABASE_PASSWORD"] != service["DATABASE_PASSWORD"]
        assert owner["SERVICE_DATABASE_PASSWORD"] == service["DATABASE_PASSWORD"]
        assert owner["SERVICE_DATABASE_USERNAME"] == service["DATABASE_USERNAME"]
        assert owner["DATABASE_PASSWORD"] not in service.values()


def test_only_auth_receives_the_administrators_password(stage: Synthesis) -> None:
    for container in stage.containers():
        names = set(_secrets(container))
        assert ("ADMIN_PASSWORD" in names) == (container["Name"] == "auth")


def test_production_scales_and_has_alarms(prod_stage: Synthesis) -> None:
    assert len(prod_stage.of_type("AWS::ApplicationAutoScaling::ScalableTarget")) == len(SERVICES)
    alarms = prod_stage.of_type("AWS::CloudWatch::Alarm").values()
    assert len(alarms) == 4 * len(SERVICES) + 2
    assert all(alarm["Properties"]["AlarmActions"] for alarm in alarms)


def _environment(container: dict[str, Any]) -> dict[str, Any]:
    return {variable["Name"]: variable["Value"] for variable in container["Environment"]}


def _secrets(container: dict[str, Any]) -> dict[str, str]:
    return {secret["Name"]: json.dumps(secret["ValueFrom"]) for secret in container.get("Secrets", [])}
