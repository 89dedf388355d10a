"""Operations on VPC links."""

from localstack.aws.api import RequestContext

from localstack_engines.services.apigatewayv2.api.operations import Operations, Request, Response
from localstack_engines.services.apigatewayv2.errors import bad_request
from localstack_engines.services.apigatewayv2.store import identifiers, set_fields
from localstack_engines.toolkit.dispatch import moto


class VpcLinkOperations(Operations):
    """Creates, updates and deletes VPC links."""

    def create_vpc_link(self, context: RequestContext, request: Request) -> Response:
        if not request.get("SubnetIds"):
            raise bad_request("At least one subnet is required for a VPC link")
        return moto(context, "CreateVpcLink", {"SecurityGroupIds": [], **request, "Tags": request.get("Tags") or {}})

    def update_vpc_link(self, context: RequestContext, request: Request) -> Response:
        link = self.store.vpc_link(context, request)
        set_fields(link, request)
        return moto(context, "GetVpcLink", identifiers(link, request))

    def delete_vpc_link(self, context: RequestContext, request: Request) -> Response:
        self.store.vpc_link(context, request)
        for api in self.store.apis(context):
            if any(i.connection_id == request["VpcLinkId"] for i in api.integrations.values()):
                raise bad_request(f"Cannot delete vpc link. Vpc link '{request['VpcLinkId']}', is referenced by an API")
        return moto(context, "DeleteVpcLink", request)
