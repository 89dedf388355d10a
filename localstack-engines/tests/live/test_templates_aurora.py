"""A function that reaches an Aurora cluster with the credentials in a secret."""

import json

from lab.apps import Aws, Make
from lab.ecs import CIDR


def test_a_function_and_its_database(app: Make, aws: Aws) -> None:
    clinic = app("aurora-lambda.yaml")
    out = clinic.deploy(Cidr=CIDR)
    assert invoked(aws, out["Function"]) == {"answer": "S", "name": "clinic"}
    clinic.deploy(Cidr=CIDR, Retention="3")
    (cluster,) = aws("rds").describe_db_clusters(DBClusterIdentifier=out["Cluster"])["DBClusters"]
    assert cluster["BackupRetentionPeriod"] == 3
    assert invoked(aws, out["Function"])["answer"] == "S"
    clinic.destroy()


def invoked(aws: Aws, function: str) -> dict[str, str]:
    answer = aws("lambda").invoke(FunctionName=function)
    assert "FunctionError" not in answer, answer["Payload"].read()
    return dict(json.loads(answer["Payload"].read()))
