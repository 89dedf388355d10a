"""Operations on engine versions."""

from localstack.aws.api import RequestContext

from localstack_engines.services.rds.api import descriptions
from localstack_engines.services.rds.api.operations import Operations, Request, Response
from localstack_engines.services.rds.api.paging import PAGER
from localstack_engines.services.rds.control import parameters, versions
from localstack_engines.services.rds.errors import unknown_family


class EngineVersionOperations(Operations):
    """Describes the engine versions and the default values of their parameters."""

    def describe_db_engine_versions(self, context: RequestContext, request: Request) -> Response:
        wanted = request.get("EngineVersion")
        names = [name for name in versions.available() if wanted in (None, name, name.split(".")[0])]
        if request.get("DefaultOnly"):
            names = [name for name in names if name == versions.default()]
        family, engine = request.get("DBParameterGroupFamily"), request.get("Engine")
        if engine not in (None, versions.ENGINE) or family not in (None, versions.family()):
            names = []
        page, marker = PAGER.page(names, request)
        return {"DBEngineVersions": [descriptions.engine_version(name) for name in page], **marker}

    def describe_engine_default_parameters(self, context: RequestContext, request: Request) -> Response:
        family = request["DBParameterGroupFamily"]
        if family != versions.family():
            raise unknown_family(family)
        page, marker = PAGER.page(list(parameters.catalogue().values()), request)
        defaults = {"DBParameterGroupFamily": family, "Parameters": [descriptions.parameter(one) for one in page]}
        return {"EngineDefaults": {**defaults, **marker}}
