"""What the valid requests for RDS's DB clusters need."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from conformance import resources
from conformance.worlds import Json, World, unique
from lab.rds import add_member, cluster, create_cluster, delete_cluster, wait_for, wait_for_cluster

CREATION = {
    "Engine": "aurora-postgresql",
    "EngineVersion": "17.4",
    "MasterUsername": "postgres",
    "MasterUserPassword": "first-Passw0rd",
}
FAMILY = "aurora-postgresql17"
LAST = (
    "DeleteDBClusterEndpoint",
    "DeleteDBClusterSnapshot",
    "DeleteDBCluster",
    "DeleteDBClusterParameterGroup",
)
COSTLY = frozenset(
    {"FailoverDBCluster", "RestoreDBClusterFromSnapshot", "RestoreDBClusterToPointInTime", "StartDBCluster",
     "StopDBCluster"}
)  # fmt: skip
FRESH = {"CreateDBCluster": "DBClusterIdentifier", "CreateDBClusterParameterGroup": "DBClusterParameterGroupName"}


@dataclass
class Clusters:
    """A cluster with a writer and a reader, and the names of what is made of it."""

    api: Any
    name: str = field(default_factory=unique)

    @property
    def known(self) -> Json:
        return {
            "DBClusterIdentifier": self.name,
            "DBClusterParameterGroupName": f"{self.name}-g",
            "DBClusterSnapshotIdentifier": f"{self.name}-s",
            "DBClusterEndpointIdentifier": f"{self.name}-e",
        }

    @property
    def calls(self) -> dict[str, Json | Callable[[World], Json]]:
        """The requests, in the order in which they succeed."""
        name = self.name
        by_name, group = {"DBClusterIdentifier": name}, {"DBClusterParameterGroupName": f"{name}-g"}
        snapshot, endpoint = {"DBClusterSnapshotIdentifier": f"{name}-s"}, {"DBClusterEndpointIdentifier": f"{name}-e"}
        parameter = {"ParameterName": "work_mem", "ParameterValue": "4096", "ApplyMethod": "immediate"}
        return {
            "CreateDBClusterParameterGroup": {**group, "DBParameterGroupFamily": FAMILY, "Description": "d"},
            "ModifyDBClusterParameterGroup": {**group, "Parameters": [parameter]},
            "ResetDBClusterParameterGroup": {**group, "ResetAllParameters": True},
            "CopyDBClusterParameterGroup": {
                "SourceDBClusterParameterGroupIdentifier": f"{name}-g",
                "TargetDBClusterParameterGroupIdentifier": f"{name}-h",
                "TargetDBClusterParameterGroupDescription": "d",
            },
            "DescribeDBClusterParameters": group,
            "DescribeEngineDefaultClusterParameters": {"DBParameterGroupFamily": FAMILY},
            "CreateDBCluster": {**by_name, **CREATION},
            "ModifyDBCluster": lambda world: self._filled() and {**by_name, "BackupRetentionPeriod": 3},
            "CreateDBClusterEndpoint": {**by_name, **endpoint, "EndpointType": "ANY"},
            "ModifyDBClusterEndpoint": {**endpoint, "EndpointType": "READER"},
            "CreateDBClusterSnapshot": {**by_name, **snapshot},
            "CopyDBClusterSnapshot": {
                "SourceDBClusterSnapshotIdentifier": f"{name}-s",
                "TargetDBClusterSnapshotIdentifier": f"{name}-t",
            },
            "DescribeDBClusterSnapshotAttributes": snapshot,
            "ModifyDBClusterSnapshotAttribute": {
                **snapshot, "AttributeName": "restore", "ValuesToAdd": ["111111111111"],
            },
            "RestoreDBClusterFromSnapshot": {
                "DBClusterIdentifier": f"{name}-r", "SnapshotIdentifier": f"{name}-s", "Engine": "aurora-postgresql",
            },
            "RestoreDBClusterToPointInTime": {
                "DBClusterIdentifier": f"{name}-p", "SourceDBClusterIdentifier": name, "UseLatestRestorableTime": True,
            },
            "FailoverDBCluster": by_name,
            "StopDBCluster": lambda world: self._when("available"),
            "StartDBCluster": lambda world: self._when("stopped"),
            "DeleteDBClusterEndpoint": endpoint,
            "DeleteDBClusterSnapshot": {"DBClusterSnapshotIdentifier": f"{name}-t"},
            "DeleteDBCluster": lambda world: self._emptied(),
            "DeleteDBClusterParameterGroup": {"DBClusterParameterGroupName": f"{name}-h"},
        }  # fmt: skip

    def close(self) -> None:
        """Removes what is left."""
        for one in ("", "-d", "-p", "-r"):
            resources.quietly(delete_cluster, rds=self.api, name=f"{self.name}{one}")
        for one in "st":
            resources.quietly(self.api.delete_db_cluster_snapshot, DBClusterSnapshotIdentifier=f"{self.name}-{one}")
        for one in "gh":
            resources.quietly(
                self.api.delete_db_cluster_parameter_group, DBClusterParameterGroupName=f"{self.name}-{one}"
            )

    def _filled(self) -> Json:
        """Gives the cluster a writer and a reader."""
        wait_for_cluster(self.api, self.name, "available")
        for number in (1, 2):
            add_member(self.api, self.name, f"{self.name}-{number}")
        for number in (1, 2):
            wait_for(self.api, f"{self.name}-{number}", "available")
        return cluster(self.api, self.name)

    def _when(self, status: str) -> Json:
        wait_for_cluster(self.api, self.name, status)
        return {"DBClusterIdentifier": self.name}

    def _emptied(self) -> Json:
        """Returns the deletion of a cluster that has no instances."""
        name = f"{self.name}-d"
        create_cluster(self.api, name)
        return {"DBClusterIdentifier": name, "SkipFinalSnapshot": True}
