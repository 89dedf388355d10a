"""The ECR API: repositories and policies are moto's records, images are what the registry has."""

import base64
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from localstack.aws.api import RequestContext
from localstack.services.plugins import Service

from localstack_engines.services.ecr.api.images import ImageOperations
from localstack_engines.services.ecr.engine.image_storage import ImageStorage
from localstack_engines.services.ecr.engine import registry
from localstack_engines.services.ecr.engine.registry import Registry
from localstack_engines.services.ecr.errors import repository_not_empty
from localstack_engines.toolkit.dispatch import make_service, moto

Request = dict[str, Any]
Response = dict[str, Any]

_TOKEN_LIFETIME = timedelta(hours=12)


class EcrProvider(ImageOperations):
    """Repositories and login; images are in the base class."""

    def __init__(self, engine: Registry) -> None:
        self.registry = engine
        self.storage = ImageStorage(engine.images)

    def get_authorization_token(self, context: RequestContext, request: Request) -> Response:
        token = base64.b64encode(f"AWS:{secrets.token_urlsafe(48)}".encode()).decode()
        data = {
            "authorizationToken": token,
            "expiresAt": datetime.now(UTC) + _TOKEN_LIFETIME,
            "proxyEndpoint": f"http://{registry.address()}",
        }
        return {"authorizationData": [data]}

    def create_repository(self, context: RequestContext, request: Request) -> Response:
        return {"repository": _addressed(moto(context, "CreateRepository", request)["repository"])}

    def describe_repositories(self, context: RequestContext, request: Request) -> Response:
        response = moto(context, "DescribeRepositories", request)
        return {**response, "repositories": [_addressed(found) for found in response["repositories"]]}

    def delete_repository(self, context: RequestContext, request: Request) -> Response:
        name = self.existing(context, request)
        if not request.get("force") and self.storage.images(name):
            raise repository_not_empty(name, context.account_id)
        response = moto(context, "DeleteRepository", {"repositoryName": name, "force": True})
        self.storage.remove_repository(name)
        return {"repository": _addressed(response["repository"])}


def _addressed(repository: dict[str, Any]) -> dict[str, Any]:
    return {**repository, "repositoryUri": f"{registry.address()}/{repository['repositoryName']}"}


def service() -> Service:
    """The service that LocalStack loads; the registry has been started by then."""
    return make_service("ecr", EcrProvider(registry.current()))
