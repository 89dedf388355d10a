"""A service's database: how it is protected and where its password comes from."""

from __future__ import annotations

import json

from tests.infrastructure.synthesis import Synthesis

DATABASE = "AWS::RDS::DBInstance"


def test_databases_are_private_and_encrypted(stage: Synthesis) -> None:
    for resource in stage.of_type(DATABASE).values():
        assert resource["Properties"]["PubliclyAccessible"] is False
        assert resource["Properties"]["StorageEncrypted"] is True


def test_passwords_are_generated_and_only_referred_to(stage: Synthesis) -> None:
    for resource in stage.of_type(DATABASE).values():
        assert "{{resolve:secretsmanager:" in json.dumps(resource["Properties"]["MasterUserPassword"])
    for resource in stage.of_type("AWS::SecretsManager::Secret").values():
        properties = resource["Properties"]
        assert "SecretString" not in properties
        generator = properties["GenerateSecretString"]
        assert generator["GenerateStringKey"] == "password"
        assert set(json.loads(generator["SecretStringTemplate"])) == {"username"}


def test_production_databases_are_protected_and_monitored(prod_stage: Synthesis) -> None:
    for resource in prod_stage.of_type(DATABASE).values():
        properties = resource["Properties"]
        assert resource["DeletionPolicy"] == "Retain"
        assert properties["DeletionProtection"] is True
        assert properties["MultiAZ"] is True
        assert properties["BackupRetentionPeriod"] == 35
        assert properties["MonitoringInterval"] == 60
        assert "KmsKeyId" in properties


def test_log_groups_of_production_databases_exist_before_their_first_lines(prod_stage: Synthesis) -> None:
    groups = {name.partition("/")[2]: found for name, found in prod_stage.of_type("AWS::Logs::LogGroup").items()}
    for resource in prod_stage.of_type(DATABASE).values():
        before = {groups[name]["Properties"]["LogGroupName"] for name in resource["DependsOn"] if name in groups}
        source = f"/aws/rds/instance/{resource['Properties']['DBInstanceIdentifier']}"
        assert before == {f"{source}/postgresql", f"{source}/upgrade"}
