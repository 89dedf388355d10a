"""DB instances for tests, and SQL on them."""

import asyncio
from typing import Any

import asyncpg

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
