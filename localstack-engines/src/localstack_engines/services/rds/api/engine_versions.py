"""Operations on engine versions."""

from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.services.rds import network
from localstack_engines.services.rds.api import descriptions
from localstack_engines.services.rds.api.operations import Operations, Request, Response
from localstack_engines.services.rds.api.paging import PAGER
from localstack_engines.services.rds.control import instance_classes, parameters, versions
from localstack_engines.services.rds.errors import invalid_value, unknown_engine, unknown_family


class EngineVersionOperations(Operations):
    """Describes the engine versions, what instances of them can be had, and the default values of their parameters."""

    def describe_db_engine_versions(self, context: RequestContext, request: Request) -> Response:
        wanted, family, engine = (request.get(one) for one in ("EngineVersion", "DBParameterGroupFamily", "Engine"))
        found = [
            (one, name)
            for one in versions.ENGINES
            if engine in (None, one)
            for name in versions.available(one)
            if wanted in (None, name, versions.major_of(name)) and family in (None, versions.family(one, name))
        ]
        if request.get("DefaultOnly"):
            # The default of a major version when the request names one.
            major = wanted and versions.major_of(wanted)
            found = [(one, name) for one, name in found if name == versions.default(one, major)]
        described = [descriptions.engine_version(one, name) for one, name in found]
        page, marker = PAGER.page(_filtered(described, request.get("Filters") or []), request)
        return {"DBEngineVersions": page, **marker}

    def describe_db_major_engine_versions(self, context: RequestContext, request: Request) -> Response:
        major, engine = request.get("MajorEngineVersion"), request.get("Engine")
        found = [
            descriptions.major_version(one, number)
            for one in versions.ENGINES
            if engine in (None, one)
            for number in versions.majors(one)
            if major in (None, number)
        ]
        page, marker = PAGER.page(found, request)
        return {"DBMajorEngineVersions": page, **marker}

    def describe_orderable_db_instance_options(self, context: RequestContext, request: Request) -> Response:
        engine = request["Engine"]
        if engine not in versions.ENGINES:
            raise unknown_engine(engine)
        version, instance_class = request.get("EngineVersion"), request.get("DBInstanceClass")
        if request.get("LicenseModel") not in (None, "postgresql-license") or request.get("Vpc") is False:
            return {"OrderableDBInstanceOptions": []}
        combinations = [
            (engine, one, name, storage_type)
            for one in versions.available(engine)
            if version in (None, one, versions.major_of(one))
            for name in instance_classes.classes(engine)
            if instance_class in (None, name)
            for storage_type in instance_classes.storage_types(engine, name)
        ]
        page, marker = PAGER.page(combinations, request)
        zones = network.zones(context)
        return {"OrderableDBInstanceOptions": [descriptions.orderable(*one, zones) for one in page], **marker}

    def describe_valid_db_instance_modifications(self, context: RequestContext, request: Request) -> Response:
        instance = self.instance(context, request)
        record = self.store.instance(context, instance.identifier)
        storage = [
            descriptions.valid_storage(name, kind, record.allocated_storage)
            for name, kind in instance_classes.STORAGE_TYPES.items()
            if record.allocated_storage <= kind.maximum
        ]
        return {"ValidDBInstanceModificationsMessage": {"Storage": storage, "ValidProcessorFeatures": []}}

    def describe_engine_default_parameters(self, context: RequestContext, request: Request) -> Response:
        family = request["DBParameterGroupFamily"]
        if family not in versions.families():
            raise unknown_family(family)
        page, marker = PAGER.page(list(parameters.of_family(family).values()), request)
        defaults = {"DBParameterGroupFamily": family, "Parameters": [descriptions.parameter(one) for one in page]}
        return {"EngineDefaults": {**defaults, **marker}}


_FILTERS = {
    "db-parameter-group-family": "DBParameterGroupFamily",
    "engine": "Engine",
    "engine-version": "EngineVersion",
    "status": "Status",
}


def _filtered(described: list[dict[str, Any]], filters: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Returns the engine versions that all filters let pass. Raises InvalidParameterValue for an unknown filter."""
    for one in filters:
        member = _FILTERS.get(one["Name"])
        if member is None:
            raise invalid_value(f"Unrecognized filter name: {one['Name']}")
        described = [version for version in described if version[member] in one["Values"]]
    return described
