"""Operations on models."""

from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.gateway.websockets import schemas
from localstack_engines.services.apigatewayv2.api.operations import Operations, Request, Response
from localstack_engines.services.apigatewayv2.api.paging import page
from localstack_engines.services.apigatewayv2.control.model_template import mapping_template
from localstack_engines.services.apigatewayv2.errors import bad_request, conflict
from localstack_engines.services.apigatewayv2.store import identifiers, set_fields
from localstack_engines.toolkit.dispatch import moto


class ModelOperations(Operations):
    """Creates, updates, deletes and lists models, and makes mapping templates from them."""

    def create_model(self, context: RequestContext, request: Request) -> Response:
        api = self.store.api(context, request)
        _check(api, request)
        return moto(context, "CreateModel", {"ContentType": "application/json", **request})

    def update_model(self, context: RequestContext, request: Request) -> Response:
        api, model = self.store.api(context, request), self.store.model(context, request)
        _check(api, {"Name": model.name, "Schema": model.schema, **request}, model)
        if request.get("Name", model.name) != model.name:
            _check_is_unused(api, model)
        set_fields(model, request)
        return moto(context, "GetModel", identifiers(model, request))

    def delete_model(self, context: RequestContext, request: Request) -> Response:
        _check_is_unused(self.store.api(context, request), self.store.model(context, request))
        return moto(context, "DeleteModel", request)

    def get_models(self, context: RequestContext, request: Request) -> Response:
        api = self.store.api(context, request)
        references = [{"ApiId": api.api_id, "ModelId": identifier} for identifier in list(api.models)]
        return page([moto(context, "GetModel", reference) for reference in references], request)

    def get_model_template(self, context: RequestContext, request: Request) -> Response:
        return {"Value": mapping_template(self.store.model(context, request).schema)}


def _check(api: Any, request: Request, model: Any = None) -> None:
    name = request["Name"]
    if not (name.isascii() and name.isalnum()):
        raise bad_request("Model name must be alphanumeric")
    if any(other.name == name and other is not model for other in api.models.values()):
        raise conflict(f"Model name already exists for this API: {name}")
    if problem := schemas.problem(request["Schema"]):
        raise bad_request(f"Invalid model schema specified: {problem}")


def _check_is_unused(api: Any, model: Any) -> None:
    for route in api.routes.values():
        responses = [response.response_models for response in route.route_responses.values()]
        if any(model.name in (models or {}).values() for models in (route.request_models, *responses)):
            raise conflict(f"Cannot change model '{model.name}', it is referenced by route '{route.route_key}'")
