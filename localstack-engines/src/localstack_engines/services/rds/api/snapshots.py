"""Operations on DB snapshots: moto has the records, and each snapshot has a copy of a data directory."""

from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.services.rds import models
from localstack_engines.services.rds.api import descriptions, encryption, validation
from localstack_engines.services.rds.api.operations import Operations, Request, Response, check_no_member, key, name_of
from localstack_engines.services.rds.api.paging import PAGER
from localstack_engines.services.rds.control import events, versions
from localstack_engines.services.rds.errors import invalid_combination, invalid_value, snapshot_not_found
from localstack_engines.services.rds.models import SnapshotRecord
from localstack_engines.toolkit.dispatch import moto

_TYPES = ("automated", "manual", "shared", "public", "awsbackup")


class SnapshotOperations(Operations):
    """Creates, describes, modifies, shares, copies and deletes snapshots."""

    def create_db_snapshot(self, context: RequestContext, request: Request) -> Response:
        instance = self.instance(context, request, allowed=(models.AVAILABLE, models.STOPPED))
        check_no_member(instance, "copied by itself: use CreateDBClusterSnapshot")
        taken = self.take_snapshot(context, instance, request)
        self._record(context, taken["DBSnapshotIdentifier"], events.SNAPSHOT_CREATED)
        return {"DBSnapshot": descriptions.snapshot(taken)}

    def describe_db_snapshots(self, context: RequestContext, request: Request) -> Response:
        if request.get("SnapshotType") not in (None, *_TYPES):
            raise invalid_value(f"Invalid snapshot type: {request['SnapshotType']}")
        query = {name: value for name, value in request.items() if name not in (PAGER.size, PAGER.token)}
        for name in ("DBSnapshotIdentifier", "DBInstanceIdentifier"):
            if name in query:
                query[name] = name_of(query[name]).lower()
        if resource_id := query.pop("DbiResourceId", None):
            by_id = {"Name": "dbi-resource-id", "Values": [resource_id]}
            query["Filters"] = [*(query.get("Filters") or []), by_id]
        found = moto(context, "DescribeDBSnapshots", query).get("DBSnapshots") or []
        page, marker = PAGER.page(found, request)
        return {"DBSnapshots": [descriptions.snapshot(one) for one in page], **marker}

    def delete_db_snapshot(self, context: RequestContext, request: Request) -> Response:
        name = self._own(context, request["DBSnapshotIdentifier"]).key[2]
        response = moto(context, "DeleteDBSnapshot", {"DBSnapshotIdentifier": name})
        self.manager.delete_snapshot(key(context, name))
        self._record(context, name, events.SNAPSHOT_DELETED)
        return {"DBSnapshot": descriptions.snapshot({**response["DBSnapshot"], "Status": "deleted"})}

    def copy_db_snapshot(self, context: RequestContext, request: Request) -> Response:
        if request.get("SourceRegion") not in (None, context.region):
            raise invalid_combination("The local rds service copies snapshots within a region only.")
        source = self.store.snapshots.get(context, request["SourceDBSnapshotIdentifier"])
        target, key_id = request["TargetDBSnapshotIdentifier"].lower(), request.get("KmsKeyId")
        if request.get("OptionGroupName"):
            self.option_group_name(context, request)
        key_arn = encryption.key_arn(context, key_id) if key_id else None
        tags, copy_tags = request.get("Tags"), bool(request.get("CopyTags"))
        self.store.snapshots.copy(context, source.key, target, tags, copy_tags)
        try:
            self.manager.copy_snapshot(source.key, key(context, target))
            if key_arn:
                self.store.snapshots.update(context, target, kms_key_id=key_arn, encrypted=True, storage_encrypted=True)
        except BaseException:
            self.store.snapshots.remove(context, target)
            raise
        self._record(context, target, events.SNAPSHOT_CREATED)
        return {"DBSnapshot": self._described(context, target)}

    def modify_db_snapshot(self, context: RequestContext, request: Request) -> Response:
        snapshot = self._own(context, request["DBSnapshotIdentifier"])
        if request.get("OptionGroupName"):
            self.option_group_name(context, request)
        if version := request.get("EngineVersion"):
            wanted = validation.resolve_version(versions.ENGINE, version)
            validation.check_upgrade(versions.ENGINE, snapshot.members["EngineVersion"], wanted, allow_major=True)
            self.store.snapshots.update(context, snapshot.key[2], engine_version=wanted)
        return {"DBSnapshot": self._described(context, snapshot.key[2])}

    def describe_db_snapshot_attributes(self, context: RequestContext, request: Request) -> Response:
        name = self._own(context, request["DBSnapshotIdentifier"]).key[2]
        return self._attributes(context, name)

    def modify_db_snapshot_attribute(self, context: RequestContext, request: Request) -> Response:
        name = self._own(context, request["DBSnapshotIdentifier"]).key[2]
        moto(context, "ModifyDBSnapshotAttribute", {**request, "DBSnapshotIdentifier": name})
        return self._attributes(context, name)

    def _own(self, context: RequestContext, identifier: str) -> SnapshotRecord:
        """Returns a snapshot of the account's own. Raises DBSnapshotNotFound."""
        found = self.store.snapshots.get(context, identifier)
        if found.key[:2] != (context.account_id, context.region):
            raise snapshot_not_found(identifier)
        return found

    def _described(self, context: RequestContext, name: str) -> dict[str, Any]:
        return descriptions.snapshot(
            moto(context, "DescribeDBSnapshots", {"DBSnapshotIdentifier": name})["DBSnapshots"][0]
        )

    def _attributes(self, context: RequestContext, name: str) -> Response:
        attributes = [
            {"AttributeName": attribute, "AttributeValues": values}
            for attribute, values in self.store.snapshots.attributes(context, name).items()
        ]
        result = {"DBSnapshotIdentifier": name, "DBSnapshotAttributes": attributes}
        return {"DBSnapshotAttributesResult": result}

    def _record(self, context: RequestContext, name: str, kind: events.Kind) -> None:
        self.event_log(context).record(kind, name, "snapshot")
