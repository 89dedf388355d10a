"""The discovery function: a FastAPI app on Lambda through Mangum."""

from __future__ import annotations

from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.logging import correlation_paths
from fastapi import FastAPI
from mangum import Mangum
from starlette.middleware.gzip import GZipMiddleware

from services.discovery.config import Settings
from services.discovery.controller import router
from services.discovery.documents import aggregated, published_documents
from services.discovery.service import KeySet, PublicKeySource, kms_public_key


def create_app(settings: Settings, public_key: PublicKeySource) -> FastAPI:
    """The app, from its settings and where it has the signing key from."""

    @cache
    def openapi() -> dict[str, Any]:
        return aggregated(published_documents())

    app = FastAPI(title="discovery", openapi_url=None, docs_url=None, redoc_url=None)
    # Swagger UI is 1.7 MB of JavaScript, 0.5 MB on the wire: a third of the response limit and of the time.
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    app.include_router(router(settings.issuer, KeySet(public_key), openapi))
    return app


@cache
def _adapter() -> Mangum:
    settings = Settings.of()
    return Mangum(create_app(settings, kms_public_key(settings.signing_key_id)), lifespan="off")


logger = Logger()


@logger.inject_lambda_context(correlation_id_path=correlation_paths.API_GATEWAY_HTTP)
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Lambda's entry point, for payload format 2.0. Writes one line a request."""
    response = _adapter()(event, context)
    request = event["requestContext"]["http"]
    logger.info("request", method=request["method"], path=request["path"], status=response["statusCode"])
    return response
