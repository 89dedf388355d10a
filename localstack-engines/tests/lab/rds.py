"""DB instances for tests, and SQL on them."""

import asyncio
import socket
from typing import Any

import asyncpg
import pytest

from lab.waiting import until

PASSWORD = "first-Passw0rd'"
UNREACHABLE = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)


def create(rds: Any, name: str, **options: Any) -> dict[str, Any]:
    """Creates an instance, waits until it is available and returns its description."""
    request = {
        "DBInstanceIdentifier": name,
        "DBInstanceClass": "db.t4g.micro",
        "Engine": "postgres",
        "EngineVersion": "17",
        "AllocatedStorage": 20,
        "MasterUsername": "postgres",
        "MasterUserPassword": PASSWORD,
        "DBName": "clinic",
    } | options
    rds.create_db_instance(**{key: value for key, value in request.items() if value is not None})
    return wait_for(rds, name, "available")


def describe(rds: Any, name: str) -> dict[str, Any]:
    return rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]


def wait_for(rds: Any, name: str, status: str) -> dict[str, Any]:
    def reached() -> dict[str, Any] | None:
        found = describe(rds, name)
        assert found["DBInstanceStatus"] != "failed", found["StatusInfos"]
        return found if found["DBInstanceStatus"] == status else None

    return until(status, reached)


def delete(rds: Any, name: str) -> None:
    rds.delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True)


def create_cluster(rds: Any, name: str, **options: Any) -> dict[str, Any]:
    """Creates a cluster without instances, waits until it is available and returns its description."""
    request = {
        "DBClusterIdentifier": name,
        "Engine": "aurora-postgresql",
        "EngineVersion": "16.13",
        "MasterUsername": "postgres",
        "MasterUserPassword": PASSWORD,
        "DatabaseName": "clinic",
    } | options
    rds.create_db_cluster(**{key: value for key, value in request.items() if value is not None})
    return wait_for_cluster(rds, name, "available")


def add_member(rds: Any, cluster_name: str, name: str, **options: Any) -> None:
    """Creates an instance of a cluster."""
    request = {"DBInstanceClass": "db.t4g.medium", "Engine": "aurora-postgresql"} | options
    rds.create_db_instance(DBClusterIdentifier=cluster_name, DBInstanceIdentifier=name, **request)


def cluster(rds: Any, name: str) -> dict[str, Any]:
    """Returns the description of a cluster."""
    return dict(rds.describe_db_clusters(DBClusterIdentifier=name)["DBClusters"][0])


def wait_for_cluster(rds: Any, name: str, status: str) -> dict[str, Any]:
    def reached() -> dict[str, Any] | None:
        found = cluster(rds, name)
        assert found["Status"] != "failed"
        return found if found["Status"] == status else None

    return until(status, reached)


def delete_cluster(rds: Any, name: str) -> None:
    """Deletes a cluster with its instances, the writer last."""
    members = sorted(cluster(rds, name)["DBClusterMembers"], key=lambda member: member["IsClusterWriter"])
    for member in members:
        rds.delete_db_instance(DBInstanceIdentifier=member["DBInstanceIdentifier"])
    rds.delete_db_cluster(DBClusterIdentifier=name, SkipFinalSnapshot=True)


def sql_at(found: dict[str, Any], address: str, *statements: str, **options: Any) -> Any:
    """Runs statements at an endpoint of a cluster, as `sql` does."""
    endpoint = {"Address": address, "Port": found["Port"]}
    return sql({**found, "Endpoint": endpoint, "DBName": found.get("DatabaseName", "postgres")}, *statements, **options)


def public_dns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Resolves the names below localhost.localstack.cloud as public DNS does, on a machine that cannot ask it."""
    resolve = socket.getaddrinfo

    def answered(host: Any, *arguments: Any, **options: Any) -> Any:
        known = isinstance(host, str) and host.endswith(".localhost.localstack.cloud")
        return resolve("127.0.0.1" if known else host, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", answered)


def sql(found: dict[str, Any], *statements: str, password: str = PASSWORD, **options: Any) -> Any:
    """Runs statements as the master user through the published endpoint. Returns the first value of the last one."""
    endpoint = found["Endpoint"]

    async def run() -> Any:
        connection = await asyncpg.connect(
            host=endpoint["Address"],
            port=endpoint["Port"],
            user=found["MasterUsername"],
            password=password,
            database=options.pop("database", found.get("DBName", "postgres")),
            **options,
        )
        try:
            for statement in statements[:-1]:
                await connection.execute(statement)
            return await connection.fetchval(statements[-1])
        finally:
            await connection.close()

    return asyncio.run(run())
