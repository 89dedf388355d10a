"""Operations on account settings."""

from localstack.aws.api import RequestContext

from localstack_engines.services.ecs.account_settings import KNOWN_VALUES, VALUES
from localstack_engines.services.ecs.api.operations import Operations, Request, Response
from localstack_engines.services.ecs.api.paging import PAGER
from localstack_engines.services.ecs.errors import invalid_parameter


class AccountSettingOperations(Operations):
    """Puts, deletes and lists account settings. The caller is the account's root unless the request names another."""

    def put_account_setting(self, context: RequestContext, request: Request) -> Response:
        name, value, principal = _checked(request), request["value"], _principal(context, request)
        self.store.account_settings(context.account_id, context.region).chosen.setdefault(principal, {})[name] = value
        return {"setting": _described(name, value, principal)}

    def put_account_setting_default(self, context: RequestContext, request: Request) -> Response:
        name, value = _checked(request), request["value"]
        self.store.account_settings(context.account_id, context.region).defaults[name] = value
        return {"setting": _described(name, value, _root(context))}

    def delete_account_setting(self, context: RequestContext, request: Request) -> Response:
        name, principal = _checked_name(request["name"]), _principal(context, request)
        settings = self.store.account_settings(context.account_id, context.region)
        value = settings.value(name, principal)
        settings.chosen.get(principal, {}).pop(name, None)
        return {"setting": _described(name, value, principal)}

    def list_account_settings(self, context: RequestContext, request: Request) -> Response:
        """Lists the settings that a principal has chosen; with `effectiveSettings` all that are in effect for it."""
        principal = _principal(context, request)
        settings = self.store.account_settings(context.account_id, context.region)
        names = [_checked_name(request["name"])] if request.get("name") else sorted(VALUES)
        chosen = settings.chosen.get(principal, {})
        shown = [n for n in names if request.get("effectiveSettings") or n in chosen]
        values = [(n, settings.value(n, principal)) for n in shown]
        found = [_described(n, v, principal) for n, v in values if request.get("value") in (None, v)]
        items, more = PAGER.page(found, request, default_size=10)
        return {"settings": items, **more}


def _checked(request: Request) -> str:
    name, value = _checked_name(request["name"]), request["value"]
    if value in VALUES[name]:
        return name
    if value in KNOWN_VALUES:
        raise invalid_parameter(f"The local ECS does not have {name} = {value}.")
    raise invalid_parameter(f"Invalid value '{value}' of the setting {name}.")


def _checked_name(name: str) -> str:
    if name not in VALUES:
        raise invalid_parameter(f"unknown or unsupported account setting name: {name}")
    return name


def _root(context: RequestContext) -> str:
    return f"arn:aws:iam::{context.account_id}:root"


def _principal(context: RequestContext, request: Request) -> str:
    return request.get("principalArn") or _root(context)


def _described(name: str, value: str, principal: str) -> Response:
    return {"name": name, "value": value, "principalArn": principal, "type": "user"}
