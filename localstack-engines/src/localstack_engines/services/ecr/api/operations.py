"""The base of all groups of ECR operations: the registry, its storage, and the look-up of repositories."""

from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.services.ecr.control.lifecycle import Lifecycle
from localstack_engines.services.ecr.engine.image_storage import ImageStorage
from localstack_engines.services.ecr.engine.registry import Registry
from localstack_engines.services.ecr.errors import foreign_registry, repository_not_found
from localstack_engines.toolkit.dispatch import moto

Request = dict[str, Any]
Response = dict[str, Any]


class Operations:
    """Finds the repository that a request names. Moto has the records of repositories."""

    def __init__(self, registry: Registry, storage: ImageStorage, lifecycle: Lifecycle) -> None:
        self.registry = registry
        self.storage = storage
        self.lifecycle = lifecycle
        self.previews: dict[str, dict[str, Any]] = {}
        """The last preview of a lifecycle policy, by its repository."""
        self.uploads: dict[str, Any] = {}
        """The uploads of layers that are going on, by their identifiers."""

    def repository(self, context: RequestContext, request: Request) -> dict[str, Any]:
        """Returns moto's description of the request's repository. Raises RepositoryNotFoundException."""
        name, registry_id = str(request["repositoryName"]), request.get("registryId")
        if registry_id and registry_id != context.account_id:
            raise repository_not_found(name, registry_id)
        [found] = moto(context, "DescribeRepositories", {"repositoryNames": [name]})["repositories"]
        return found

    def repository_name(self, context: RequestContext, request: Request) -> str:
        """Returns the name of the request's repository, which exists."""
        return str(self.repository(context, request)["repositoryName"])

    def check_registry(self, context: RequestContext, request: Request) -> None:
        """Checks that a request without a repository is about the account's own registry."""
        registry_id = request.get("registryId")
        if registry_id and registry_id != context.account_id:
            raise foreign_registry(registry_id)
