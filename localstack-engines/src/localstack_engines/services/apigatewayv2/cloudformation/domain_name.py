"""AWS::ApiGatewayV2::DomainName.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-domainname.html
"""

from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.services.apigatewayv2.cloudformation.api_gateway_resource import ApiGatewayResource


class DomainName(ApiGatewayResource):
    TYPE = "AWS::ApiGatewayV2::DomainName"
    KIND, IDS = "DomainName", ("DomainName",)
    TAGGED = "/domainnames/{DomainName}"
    DEFAULTS = {"RoutingMode": "API_MAPPING_ONLY"}
    RETURNED = ("DomainNameArn", "RegionalDomainName", "RegionalHostedZoneId")

    def create(self, request: ResourceRequest) -> ProgressEvent:
        event = super().create(request)
        self.created(request)
        return event

    def attributes(self, request: ResourceRequest, returned: dict[str, Any]) -> dict[str, Any]:
        [configuration] = returned["DomainNameConfigurations"]
        regional = {
            "RegionalDomainName": configuration["ApiGatewayDomainName"],
            "RegionalHostedZoneId": configuration["HostedZoneId"],
        }
        return super().attributes(request, {**returned, **regional})
