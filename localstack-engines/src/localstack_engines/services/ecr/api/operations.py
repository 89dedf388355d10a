"""The base of all groups of ECR operations: the registry, its storage, and the look-up of repositories."""

from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.services.ecr.engine.image_storage import ImageStorage
from localstack_engines.services.ecr.engine.registry import Registry
from localstack_engines.toolkit.dispatch import moto

Request = dict[str, Any]
Response = dict[str, Any]


class Operations:
    """Finds the repository that a request names. Moto has the records of repositories."""

    def __init__(self, registry: Registry, storage: ImageStorage) -> None:
        self.registry = registry
        self.storage = storage

    def repository(self, context: RequestContext, request: Request) -> dict[str, Any]:
        """Returns moto's description of the request's repository. Moto raises RepositoryNotFoundException."""
        names = {"repositoryNames": [str(request["repositoryName"])]}
        [found] = moto(context, "DescribeRepositories", names)["repositories"]
        return found

    def repository_name(self, context: RequestContext, request: Request) -> str:
        """Returns the name of the request's repository, which exists."""
        return str(self.repository(context, request)["repositoryName"])
