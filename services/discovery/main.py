"""The discovery function: a FastAPI application on Lambda. Mangum translates between the two."""

from __future__ import annotations

from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.logging import correlation_paths
from fastapi import FastAPI
from mangum import Mangum
from starlette.middleware.gzip import GZipMiddleware

from services.contracts.signing_keys import SigningAliases
from services.discovery.config import DiscoverySettings
from services.discovery.controller import router
from services.discovery.openapi import aggregated, published_documents
from services.discovery.service import KeySet, PublicKeySource, kms_public_keys


def create_app(settings: DiscoverySettings, public_keys: PublicKeySource) -> FastAPI:
    """Returns the application. `public_keys` returns the public halves of the signing keys."""

    @cache
    def openapi() -> dict[str, Any]:
        return aggregated(published_documents())

    app = FastAPI(title="discovery", openapi_url=None, docs_url=None, redoc_url=None)
    # Swagger UI is 1.7 MB of JavaScript. Compressed to 0.5 MB it takes a third of the time and of the response limit.
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    app.include_router(router(settings.issuer, KeySet(public_keys), openapi))
    return app


@cache
def _adapter() -> Mangum:
    settings = DiscoverySettings.from_environment()
    return Mangum(create_app(settings, kms_public_keys(SigningAliases(settings.signing_key_alias))), lifespan="off")


logger = Logger()


@logger.inject_lambda_context(correlation_id_path=correlation_paths.API_GATEWAY_HTTP)
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Handles a request in payload format 2.0, and writes one log line."""
    response = _adapter()(event, context)
    request = event["requestContext"]["http"]
    logger.info("request", method=request["method"], path=request["path"], status=response["statusCode"])
    return response
