"""The records of cluster snapshots and cluster parameter groups, by account and region."""

from collections.abc import Iterator

from localstack.aws.api import RequestContext

from localstack_engines.services.rds.cluster_models import ClusterParameterGroup, ClusterSnapshot
from localstack_engines.services.rds.control import versions
from localstack_engines.services.rds.errors import cluster_snapshot_not_found
from localstack_engines.services.rds.models import Key
from localstack_engines.toolkit.errors import ServiceError

_PUBLIC = "all"


class ClusterStore:
    """The records of all accounts and regions."""

    def __init__(self) -> None:
        self._groups: dict[Key, ClusterParameterGroup] = {}
        self._snapshots: dict[Key, ClusterSnapshot] = {}

    def parameter_group(self, context: RequestContext, name: str) -> ClusterParameterGroup:
        """Returns the group of that name. The default group of each family always exists.

        Raises DBParameterGroupNotFound.
        """
        key = _key(context, name)
        family = key[2].removeprefix("default.")
        if (
            key not in self._groups
            and family != key[2]
            and versions.families().get(family, ("", 0))[0] == versions.AURORA
        ):
            description = f"Default cluster parameter group for {family}"
            self._groups[key] = ClusterParameterGroup(key[2], family, {}, _group_arn(key), description)
        found = self._groups.get(key)
        if found is None:
            raise ServiceError("DBParameterGroupNotFound", f"DBClusterParameterGroup not found: {name}", 404)
        return found

    def parameter_groups(self, context: RequestContext) -> list[ClusterParameterGroup]:
        """Returns all groups, the default groups first."""
        for major in versions.majors(versions.AURORA):
            self.parameter_group(context, f"default.{versions.family(versions.AURORA, major)}")
        found = [group for key, group in self._groups.items() if key[:2] == (context.account_id, context.region)]
        return sorted(found, key=lambda group: (not group.is_default, group.name))

    def create_parameter_group(
        self, context: RequestContext, name: str, family: str, description: str, tags: dict[str, str]
    ) -> ClusterParameterGroup:
        """Records a group. Raises DBParameterGroupAlreadyExists."""
        key = _key(context, name)
        if key in self._groups:
            raise ServiceError("DBParameterGroupAlreadyExists", f"Parameter group {key[2]} already exists")
        made = self._groups[key] = ClusterParameterGroup(key[2], family, {}, _group_arn(key), description, tags)
        return made

    def delete_parameter_group(self, context: RequestContext, name: str) -> None:
        self._groups.pop(_key(context, name), None)

    def snapshot(self, context: RequestContext, identifier: str) -> ClusterSnapshot:
        """Returns a snapshot: one of the account's own, or by ARN one that is shared with the account.

        Raises DBClusterSnapshotNotFoundFault.
        """
        found = self._snapshots.get(_snapshot_key(context, identifier))
        if found is None or not (found.key[0] == context.account_id or _is_shared(found, context.account_id)):
            raise cluster_snapshot_not_found(identifier)
        return found

    def own_snapshot(self, context: RequestContext, identifier: str) -> ClusterSnapshot:
        """Returns a snapshot of the account's own. Raises DBClusterSnapshotNotFoundFault."""
        found = self.snapshot(context, identifier)
        if found.key[:2] != (context.account_id, context.region):
            raise cluster_snapshot_not_found(identifier)
        return found

    def snapshots(self, context: RequestContext) -> Iterator[ClusterSnapshot]:
        """Yields the account's own snapshots, then those of others that are shared with it."""
        for found in list(self._snapshots.values()):
            if found.key[1] == context.region and found.key[0] == context.account_id:
                yield found
        for found in list(self._snapshots.values()):
            is_foreign = found.key[1] == context.region and found.key[0] != context.account_id
            if is_foreign and _is_shared(found, context.account_id):
                yield found

    def add_snapshot(self, snapshot: ClusterSnapshot) -> None:
        """Records a snapshot. Raises DBClusterSnapshotAlreadyExistsFault."""
        if snapshot.key in self._snapshots:
            raise ServiceError(
                "DBClusterSnapshotAlreadyExistsFault", f"Cannot create the snapshot {snapshot.key[2]}: it exists."
            )
        self._snapshots[snapshot.key] = snapshot

    def remove_snapshot(self, snapshot: ClusterSnapshot) -> None:
        self._snapshots.pop(snapshot.key, None)


def _is_shared(snapshot: ClusterSnapshot, account: str) -> bool:
    return bool({account, _PUBLIC} & set(snapshot.restorers))


def _key(context: RequestContext, name: str) -> Key:
    return context.account_id, context.region, name.lower()


def _group_arn(key: Key) -> str:
    return f"arn:aws:rds:{key[1]}:{key[0]}:cluster-pg:{key[2]}"


def _snapshot_key(context: RequestContext, identifier: str) -> Key:
    """Returns account, region and name of a snapshot, by its name or its ARN."""
    parts = identifier.lower().split(":")
    if len(parts) == 7 and parts[0] == "arn" and parts[5] == "cluster-snapshot":
        return parts[4], parts[3], parts[6]
    return _key(context, identifier)
