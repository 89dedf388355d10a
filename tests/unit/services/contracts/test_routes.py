"""The routes of the gateway: which are public, and which scope each demands."""

from services.contracts.routes import ROUTES
from services.contracts.services import SERVICES

PUBLIC = {
    "GET /.well-known/openid-configuration",
    "GET /.well-known/jwks.json",
    "GET /openapi.json",
    "GET /docs",
    "GET /docs/{proxy+}",
    "POST /auth/register",
    "POST /auth/login",
    "POST /auth/refresh",
    "POST /auth/logout",
    "POST /auth/password-reset",
    "POST /auth/password-reset/confirm",
}

OWN_ACCOUNT = {
    "GET /auth/me",
    "POST /auth/logout-all",
    "POST /auth/password",
}


def test_only_these_routes_are_public() -> None:
    assert {route.key for route in ROUTES if route.public} == PUBLIC


def test_every_other_route_demands_a_scope_except_the_callers_own_account() -> None:
    assert {route.key for route in ROUTES if not route.public and not route.scopes} == OWN_ACCOUNT


def test_every_service_has_routes() -> None:
    assert {route.service for route in ROUTES} == {*SERVICES, "discovery"}


def test_no_route_is_listed_twice() -> None:
    keys = [route.key for route in ROUTES]
    assert len(keys) == len(set(keys))
