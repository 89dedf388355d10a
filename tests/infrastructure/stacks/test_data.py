"""One database a service, and no password that anybody could read in a template."""

from __future__ import annotations

import json
import re

from tests.infrastructure.synthesis import Synthesis

DATABASE = "AWS::RDS::DBInstance"


def test_one_database_a_service(stage: Synthesis) -> None:
    names = [resource["Properties"]["DBName"] for resource in stage.of_type(DATABASE).values()]
    assert sorted(names) == sorted(service.name for service in stage.config.services)


def test_every_database_has_its_own_security_group_and_secret(stage: Synthesis) -> None:
    instances = [resource["Properties"] for resource in stage.of_type(DATABASE).values()]
    groups = {json.dumps(instance["VPCSecurityGroups"]) for instance in instances}
    passwords = {json.dumps(instance["MasterUserPassword"]) for instance in instances}
    assert len(groups) == len(passwords) == len(instances)
    assert len(stage.of_type("AWS::SecretsManager::SecretTargetAttachment")) == len(instances)


def test_databases_are_private_and_encrypted(stage: Synthesis) -> None:
    for resource in stage.of_type(DATABASE).values():
        assert resource["Properties"]["PubliclyAccessible"] is False
        assert resource["Properties"]["StorageEncrypted"] is True


def test_databases_do_not_log_values(stage: Synthesis) -> None:
    """Neither a slow statement's parameters nor the key that a unique index refused."""
    ((name, group),) = stage.of_type("AWS::RDS::DBParameterGroup").items()
    parameters = group["Properties"]["Parameters"]
    assert (parameters["log_parameter_max_length"], parameters["log_error_verbosity"]) == ("0", "terse")
    for resource in stage.of_type(DATABASE).values():
        assert resource["Properties"]["DBParameterGroupName"] == {"Ref": name.removeprefix("data/")}


def test_passwords_are_generated_and_only_referred_to(stage: Synthesis) -> None:
    for resource in stage.of_type(DATABASE).values():
        assert "{{resolve:secretsmanager:" in json.dumps(resource["Properties"]["MasterUserPassword"])
    for resource in stage.of_type("AWS::SecretsManager::Secret").values():
        properties = resource["Properties"]
        assert "SecretString" not in properties
        generator = properties["GenerateSecretString"]
        assert generator["GenerateStringKey"] == "password"
        assert set(json.loads(generator["SecretStringTemplate"])) == {"username"}


def test_no_secret_is_written_out_anywhere(stage: Synthesis) -> None:
    """Whatever is called a password, secret or token is a reference."""
    for name, value in _leaves(stage.templates):
        if re.search(r"(password|secret|token|credential)$", name, re.IGNORECASE) and isinstance(value, str):
            assert value.startswith("{{resolve:"), f"{name} = {value}"


def test_a_service_finds_its_database_through_secrets(stage: Synthesis) -> None:
    fields = {"HOST": "host", "PORT": "port", "NAME": "dbname", "USERNAME": "username", "PASSWORD": "password"}
    for resource in stage.of_type("AWS::ECS::TaskDefinition").values():
        for container in resource["Properties"]["ContainerDefinitions"]:
            secrets = {secret["Name"]: json.dumps(secret["ValueFrom"]) for secret in container["Secrets"]}
            for variable, key in fields.items():
                assert f":{key}::" in secrets[f"DATABASE_{variable}"]
            assert not any("PASSWORD" in variable["Name"] for variable in container["Environment"])


def test_production_databases_survive(prod_stage: Synthesis) -> None:
    for resource in prod_stage.of_type(DATABASE).values():
        properties = resource["Properties"]
        assert resource["DeletionPolicy"] == "Retain"
        assert properties["DeletionProtection"] is True
        assert properties["MultiAZ"] is True
        assert properties["BackupRetentionPeriod"] == 35
        assert properties["MonitoringInterval"] == 60
        assert "KmsKeyId" in properties


def _leaves(value: object, name: str = "") -> list[tuple[str, object]]:
    if isinstance(value, dict):
        return [leaf for key, below in value.items() for leaf in _leaves(below, key)]
    if isinstance(value, list):
        return [leaf for below in value for leaf in _leaves(below, name)]
    return [(name, value)]
