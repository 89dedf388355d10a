"""Operations on the records of asynchronous operations. Each recorded operation has already succeeded."""

from localstack.aws.api import RequestContext

from localstack_engines.services.servicediscovery.api.operations import Fields, Operations, Request, Response

_FILTER_FIELDS: Fields = {
    "NAMESPACE_ID": lambda operation: operation.targets.get("NAMESPACE"),
    "SERVICE_ID": lambda operation: operation.targets.get("SERVICE"),
    "STATUS": lambda operation: operation.status,
    "TYPE": lambda operation: operation.operation_type,
    "UPDATE_DATE": lambda operation: operation.updated,
}


class AsynchronousOperations(Operations):
    """Lists asynchronous operations."""

    def list_operations(self, context: RequestContext, request: Request) -> Response:
        found, next_token = self.page(self.store.operations(context), request, _FILTER_FIELDS)
        return {"Operations": [{"Id": one.id, "Status": one.status} for one in found], **next_token}
