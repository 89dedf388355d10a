"""Mapping templates in VTL, rendered by LocalStack's implementation for REST APIs.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-data-mapping.html
"""

from collections.abc import Mapping

from localstack_engines.gateway.websockets.calls import Call, context, values
from localstack_engines.gateway.websockets.selection import evaluate

_DEFAULT = "$default"


class TemplateFailed(Exception):
    """A template cannot be rendered. The message says why."""


def selected(templates: Mapping[str, str], selection: str, call: Call) -> str | None:
    """Returns the template that the expression selects, else the one with the key "$default", or None."""
    key = evaluate(selection, values(call)) if selection else _DEFAULT
    return templates.get(key, templates.get(_DEFAULT))


def render(template: str, body: str, call: Call) -> str:
    """Returns the rendered template; `body` is what `$input` has. Raises TemplateFailed."""
    from localstack.services.apigateway.next_gen.execute_api.template_mapping import ApiGatewayVtlTemplate

    parameters = {"path": {}, "querystring": dict(call.query), "header": dict(call.headers)}
    variables = {
        "context": context(call),
        "input": {"body": body, "params": parameters},
        "stageVariables": dict(call.stage.variables),
    }
    try:
        return str(ApiGatewayVtlTemplate().render_vtl(template=template.strip(), variables=variables))
    except Exception as error:
        # The interpreter raises errors of many types for a template that is wrong.
        raise TemplateFailed(str(error)) from error
