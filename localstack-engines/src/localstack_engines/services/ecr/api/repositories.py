"""Operations on repositories. Moto keeps their records; the plugin adds the addresses in the local registry."""

from localstack.aws.api import RequestContext

from localstack_engines.services.ecr.api.operations import Operations, Request, Response
from localstack_engines.services.ecr.engine import registry
from localstack_engines.services.ecr.errors import repository_not_empty
from localstack_engines.toolkit.dispatch import moto


class RepositoryOperations(Operations):
    """Creates, describes and deletes repositories."""

    def create_repository(self, context: RequestContext, request: Request) -> Response:
        self.check_registry(context, request)
        return {"repository": _with_local_uri(moto(context, "CreateRepository", request)["repository"])}

    def describe_repositories(self, context: RequestContext, request: Request) -> Response:
        for name in request.get("repositoryNames") or []:
            self.repository(context, {"repositoryName": name, "registryId": request.get("registryId")})
        self.check_registry(context, request)
        response = moto(context, "DescribeRepositories", request)
        return {**response, "repositories": [_with_local_uri(found) for found in response["repositories"]]}

    def delete_repository(self, context: RequestContext, request: Request) -> Response:
        name = self.repository_name(context, request)
        if not request.get("force") and self.storage.images(name):
            raise repository_not_empty(name, context.account_id)
        response = moto(context, "DeleteRepository", {"repositoryName": name, "force": True})
        self.storage.remove_repository(name)
        self.previews.pop(name, None)
        return {"repository": _with_local_uri(response["repository"])}


def _with_local_uri(repository: Response) -> Response:
    return {**repository, "repositoryUri": f"{registry.address()}/{repository['repositoryName']}"}
