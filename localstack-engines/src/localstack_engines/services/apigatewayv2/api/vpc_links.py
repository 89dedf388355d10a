"""Operations on VPC links."""

from typing import Any

from localstack_engines.services.apigatewayv2 import store
from localstack_engines.services.apigatewayv2.api.operations import Operations
from localstack_engines.services.apigatewayv2.errors import BadRequest
from localstack_engines.toolkit.dispatch import moto


class VpcLinkOperations(Operations):
    """CreateVpcLink, UpdateVpcLink and DeleteVpcLink."""

    def create_vpc_link(self, context: Any, request: dict) -> dict:
        if not request.get("SubnetIds"):
            raise BadRequest("At least one subnet is required for a VPC link")
        return moto(context, "CreateVpcLink", {"SecurityGroupIds": [], **request, "Tags": request.get("Tags") or {}})

    def update_vpc_link(self, context: Any, request: dict) -> dict:
        link = store.vpc_link(context, request)
        store.set_fields(link, request)
        return moto(context, "GetVpcLink", store.identifiers(link, request))

    def delete_vpc_link(self, context: Any, request: dict) -> dict:
        store.vpc_link(context, request)
        for api in store.backend(context).apis.values():
            if any(i.connection_id == request["VpcLinkId"] for i in api.integrations.values()):
                raise BadRequest(f"Cannot delete vpc link. Vpc link '{request['VpcLinkId']}', is referenced by an API")
        return moto(context, "DeleteVpcLink", request)
