"""Operations on the attributes of services.

Source: https://docs.aws.amazon.com/cloud-map/latest/api/API_UpdateServiceAttributes.html
"""

from localstack.aws.api import RequestContext

from localstack_engines.services.servicediscovery.api.operations import Operations, Request, Response
from localstack_engines.services.servicediscovery.errors import invalid_input, too_many_attributes

_LIMIT = 30
_MAX_KEY, _MAX_VALUE = 255, 1024


class ServiceAttributeOperations(Operations):
    """Returns, sets and deletes the attributes of a service."""

    def get_service_attributes(self, context: RequestContext, request: Request) -> Response:
        service = self.store.service(context, request["ServiceId"])
        return {
            "ServiceAttributes": {
                "ServiceArn": service.arn,
                "ResourceOwner": context.account_id,
                "Attributes": dict(self.store.attributes(service)),
            }
        }

    def update_service_attributes(self, context: RequestContext, request: Request) -> Response:
        attributes = self.store.attributes(self.store.service(context, request["ServiceId"]))
        for name, value in request["Attributes"].items():
            if not name or len(name) > _MAX_KEY or len(value) > _MAX_VALUE:
                raise invalid_input(f"Attributes have a name of 1 to {_MAX_KEY} and a value of at most {_MAX_VALUE}.")
        if len({*attributes, *request["Attributes"]}) > _LIMIT:
            raise too_many_attributes(_LIMIT)
        attributes.update(request["Attributes"])
        return {}

    def delete_service_attributes(self, context: RequestContext, request: Request) -> Response:
        attributes = self.store.attributes(self.store.service(context, request["ServiceId"]))
        for name in request["Attributes"]:
            attributes.pop(name, None)
        return {}
