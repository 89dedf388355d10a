"""The operation that writes an API as an OpenAPI definition."""

import json

import yaml
from localstack.aws.api import RequestContext

from localstack_engines.services.apigatewayv2.api.operations import Operations, Request, Response
from localstack_engines.services.apigatewayv2.control import stages
from localstack_engines.services.apigatewayv2.control.openapi.writing import document
from localstack_engines.services.apigatewayv2.errors import bad_request
from localstack_engines.toolkit.dispatch import moto

_OUTPUT_TYPES = ("JSON", "YAML")


class ExportOperations(Operations):
    """Exports an API as it is now, or as a stage serves it."""

    def export_api(self, context: RequestContext, request: Request) -> Response:
        api = self.store.api(context, request)
        if api.protocol_type != "HTTP":
            raise bad_request("Export is supported for HTTP APIs only")
        _check(request)
        resources, stage = stages.resources_of(api), request.get("StageName")
        if stage:
            served = stages.served(api, self.store.stage(context, request))
            if served is None:
                raise bad_request(f"Nothing is deployed to the stage {stage}")
            resources = served
        tags = moto(context, "GetTags", {"ResourceArn": api.arn})["Tags"]
        # The extensions are left out only when the request says so.
        written = document(api, resources, tags, stage, request.get("IncludeExtensions") is not False)
        is_json = request["OutputType"] == "JSON"
        text = json.dumps(written, indent=2) if is_json else yaml.safe_dump(written, sort_keys=False)
        return {"body": text.encode()}


def _check(request: Request) -> None:
    if request["Specification"] != "OAS30":
        raise bad_request("Invalid specification. Must be OAS30")
    if request["OutputType"] not in _OUTPUT_TYPES:
        raise bad_request(f"Invalid output type. Must be one of {', '.join(_OUTPUT_TYPES)}")
    if request.get("ExportVersion") not in (None, "1.0"):
        raise bad_request("Invalid export version. Must be 1.0")
