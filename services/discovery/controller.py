"""The HTTP interface of the discovery function. All responses are public, so they may be cached."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from services.contracts.signing_keys import KEY_SET_MAX_AGE_SECONDS
from services.discovery import docs_page
from services.discovery.service import KeySet, provider_metadata

DOCS_MAX_AGE = 3600
ASSETS_MAX_AGE = 86_400


def router(issuer: str, keys: KeySet, openapi: Callable[[], dict[str, Any]]) -> APIRouter:
    """Returns the routes. `openapi` returns the documentation of the API."""
    routes = APIRouter()

    @routes.get("/.well-known/openid-configuration")
    def openid_configuration() -> Response:
        return _cached(JSONResponse(provider_metadata(issuer)), KEY_SET_MAX_AGE_SECONDS)

    @routes.get("/.well-known/jwks.json")
    def jwks() -> Response:
        document = JSONResponse(keys.document(), media_type="application/jwk-set+json")
        return _cached(document, KEY_SET_MAX_AGE_SECONDS)

    @routes.get("/openapi.json")
    def openapi_json() -> Response:
        return _cached(JSONResponse(openapi()), DOCS_MAX_AGE)

    @routes.get("/docs")
    def docs() -> Response:
        page = Response(docs_page.HTML, media_type="text/html", headers=docs_page.SECURITY_HEADERS)
        return _cached(page, DOCS_MAX_AGE)

    @routes.get("/docs/{name}")
    def asset(name: str, request: Request) -> Response:
        if name == docs_page.INITIALIZER_NAME:
            return _cached(Response(docs_page.INITIALIZER, media_type="text/javascript"), DOCS_MAX_AGE)
        if name not in docs_page.ASSETS:
            return JSONResponse({"message": "Not Found"}, status_code=404)
        content, media_type, etag = docs_page.asset(name)
        if request.headers.get("if-none-match", "").removeprefix("W/") == etag:
            return Response(status_code=304, headers={"etag": etag})
        return _cached(Response(content, media_type=media_type, headers={"etag": etag}), ASSETS_MAX_AGE)

    return routes


def _cached(response: Response, seconds: int) -> Response:
    response.headers["cache-control"] = f"public, max-age={seconds}"
    return response
