"""The databases: one for each service, and no password in a template."""

from __future__ import annotations

import json

from cdk_app.catalogue import SERVICES
from tests.infrastructure.synthesis import Synthesis

DATABASE = "AWS::RDS::DBInstance"


def test_every_service_has_one_database(stage: Synthesis) -> None:
    names = [resource["Properties"]["DBName"] for resource in stage.of_type(DATABASE).values()]
    assert sorted(names) == sorted(SERVICES)


def test_every_database_has_its_own_security_group_and_secret(stage: Synthesis) -> None:
    instances = [resource["Properties"] for resource in stage.of_type(DATABASE).values()]
    groups = {json.dumps(instance["VPCSecurityGroups"]) for instance in instances}
    passwords = {json.dumps(instance["MasterUserPassword"]) for instance in instances}
    assert len(groups) == len(passwords) == len(instances)
    # One for the owner, and one for the service unless it logs in with tokens.
    each = 1 if stage.config.database.iam_authentication else 2
    assert len(stage.of_type("AWS::SecretsManager::SecretTargetAttachment")) == each * len(instances)


def test_databases_do_not_log_values(stage: Synthesis) -> None:
    """The server's log has neither a slow statement's parameters nor a key that a unique index refused."""
    ((name, group),) = stage.of_type("AWS::RDS::DBParameterGroup").items()
    parameters = group["Properties"]["Parameters"]
    assert (parameters["log_parameter_max_length"], parameters["log_error_verbosity"]) == ("0", "terse")
    for resource in stage.of_type(DATABASE).values():
        assert resource["Properties"]["DBParameterGroupName"] == {"Ref": name.removeprefix("data/")}
