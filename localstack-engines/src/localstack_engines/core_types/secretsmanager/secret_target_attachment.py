"""AWS::SecretsManager::SecretTargetAttachment: writes the address of a DB instance or cluster into its secret.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secrettargetattachment.html
"""

import json
from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.resource import Failed, Resource

_CONNECTION = ("engine", "host", "port", "dbname", "dbInstanceIdentifier", "dbClusterIdentifier")


class SecretTargetAttachment(Resource):
    TYPE = "AWS::SecretsManager::SecretTargetAttachment"

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state
        return self.done(self._attach(request, model))

    def update(self, request: ResourceRequest) -> ProgressEvent:
        return self.done(self._attach(request, request.desired_state))

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state or request.previous_state
        if secret_id := model.get("Id"):
            self._write(request, secret_id, dict.fromkeys(_CONNECTION))
        return self.done({})

    def _attach(self, request: ResourceRequest, model: dict[str, Any]) -> dict[str, Any]:
        address = _TARGETS.get(model["TargetType"])
        if address is None:
            raise Failed(f"Invalid value for TargetType: {model['TargetType']}", "InvalidRequest")
        connection = address(self.client(request, "rds"), model["TargetId"])
        # Ref returns the secret's ARN: ECS and IAM policies refer to the attached secret by it.
        return {**model, "Id": self._write(request, model["SecretId"], connection)}

    def _write(self, request: ResourceRequest, secret_id: str, connection: dict[str, Any]) -> str:
        """Merges `connection` into the secret's JSON, without members that are None. Returns the secret's ARN."""
        secrets = self.client(request, "secretsmanager")
        current = secrets.get_secret_value(SecretId=secret_id)
        try:
            content = json.loads(current["SecretString"])
        except (KeyError, ValueError) as error:
            raise Failed(f"The secret {secret_id} does not contain valid JSON.", "InvalidRequest") from error
        merged = {name: value for name, value in {**content, **connection}.items() if value is not None}
        if merged != content:
            secrets.put_secret_value(SecretId=secret_id, SecretString=json.dumps(merged))
        return str(current["ARN"])


def _address_of_instance(rds: Any, identifier: str) -> dict[str, Any]:
    instance = rds.describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"][0]
    return {
        "engine": instance["Engine"],
        "host": instance["Endpoint"]["Address"],
        "port": instance["Endpoint"]["Port"],
        "dbname": instance.get("DBName"),
        "dbInstanceIdentifier": instance["DBInstanceIdentifier"],
    }


def _address_of_cluster(rds: Any, identifier: str) -> dict[str, Any]:
    cluster = rds.describe_db_clusters(DBClusterIdentifier=identifier)["DBClusters"][0]
    return {
        "engine": _SECRET_ENGINES.get(cluster["Engine"], cluster["Engine"]),
        "host": cluster["Endpoint"],
        "port": cluster["Port"],
        "dbname": cluster.get("DatabaseName"),
        "dbClusterIdentifier": cluster["DBClusterIdentifier"],
    }


_TARGETS = {"AWS::RDS::DBInstance": _address_of_instance, "AWS::RDS::DBCluster": _address_of_cluster}
# Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html
_SECRET_ENGINES = {"aurora-postgresql": "postgres"}
