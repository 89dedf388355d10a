"""What the local API Gateway v2 does with each operation and member of its API. See `toolkit/support.py`.

The table has the members of both kinds of APIs. `api/websocket_validation.py` refuses those of the other kind.
"""

from localstack_engines.toolkit.support import Members, Support

_DESCRIBED = "the record that the plugin's own operations change"

_MOTO = {
    "GetApi": _DESCRIBED,
    "GetAuthorizer": _DESCRIBED,
    "GetIntegration": _DESCRIBED,
    "GetIntegrationResponse": _DESCRIBED,
    "GetModel": _DESCRIBED,
    "GetRoute": _DESCRIBED,
    "GetRouteResponse": _DESCRIBED,
    "GetVpcLink": _DESCRIBED,
    "GetVpcLinks": _DESCRIBED,
}
"""Operations that moto answers, and why its record is all there is to them."""

_NO_RULES = "a custom domain name is served by its API mappings"
_REFUSED = {
    "CreateRoutingRule": _NO_RULES,
    "PutRoutingRule": _NO_RULES,
}
"""Operations whose error gives a reason."""

_ROLE = "no access is checked locally, so no role is assumed"
_API = {"IpAddressType": "the machine's own network decides which addresses reach it"}
_NO_KEYS = {"ApiKeySelectionExpression": ("$request.header.x-api-key",)}
_API_MEMBERS = "CorsConfiguration DisableExecuteApiEndpoint Name RouteSelectionExpression"
_AUTHORIZER_MEMBERS = (
    "ApiId AuthorizerPayloadFormatVersion AuthorizerResultTtlInSeconds AuthorizerType AuthorizerUri "
    "EnableSimpleResponses IdentitySource JwtConfiguration Name"
)
_AUTHORIZER = {
    "AuthorizerCredentialsArn": _ROLE,
    "IdentityValidationExpression": "AWS does not use it for HTTP APIs",
}
_INTEGRATION_MEMBERS = (
    "ApiId ConnectionId ConnectionType IntegrationMethod IntegrationSubtype IntegrationType IntegrationUri "
    "PassthroughBehavior PayloadFormatVersion RequestParameters RequestTemplates ResponseParameters "
    "TemplateSelectionExpression TimeoutInMillis TlsConfig"
)
_INTEGRATION_RESPONSE_MEMBERS = (
    "ApiId IntegrationId IntegrationResponseKey ResponseTemplates TemplateSelectionExpression"
)
_MODEL_MEMBERS = "ApiId Name Schema"
_ROUTE_MEMBERS = (
    "ApiId AuthorizationScopes AuthorizationType AuthorizerId ModelSelectionExpression RequestModels "
    "RequestParameters RouteKey RouteResponseSelectionExpression Target"
)
_ROUTE_RESPONSE_MEMBERS = "ApiId RouteId RouteResponseKey"
_ROUTE_RESPONSE_RECORDED = "ModelSelectionExpression ResponseModels"
_STAGE_MEMBERS = "AccessLogSettings ApiId AutoDeploy DefaultRouteSettings DeploymentId RouteSettings StageName"
_PAGE = "MaxResults NextToken"
_GATEWAYS_OWN = "API Gateway sets it"
_ONLY_MAPPINGS = {"RoutingMode": ("API_MAPPING_ONLY",)}
_MEMBERS = {
    "AccessLogSettings": Members("DestinationArn Format"),
    "Cors": Members("AllowCredentials AllowHeaders AllowMethods AllowOrigins ExposeHeaders MaxAge"),
    "CreateApiMappingRequest": Members("ApiId ApiMappingKey DomainName Stage"),
    "CreateApiRequest": Members(
        f"{_API_MEMBERS} ProtocolType RouteKey Tags Target",
        recorded="Description Version",
        ignored={**_API, "CredentialsArn": _ROLE},
        only=_NO_KEYS,
    ),
    "CreateAuthorizerRequest": Members(_AUTHORIZER_MEMBERS, ignored=_AUTHORIZER),
    "CreateDeploymentRequest": Members("ApiId StageName", recorded="Description"),
    "CreateDomainNameRequest": Members("DomainName DomainNameConfigurations", recorded="Tags", only=_ONLY_MAPPINGS),
    "CreateIntegrationRequest": Members(
        _INTEGRATION_MEMBERS, recorded="Description", ignored={"CredentialsArn": _ROLE}
    ),
    "CreateIntegrationResponseRequest": Members(_INTEGRATION_RESPONSE_MEMBERS),
    "CreateModelRequest": Members(_MODEL_MEMBERS, recorded="ContentType Description"),
    "CreateRouteRequest": Members(_ROUTE_MEMBERS, recorded="OperationName"),
    "CreateRouteResponseRequest": Members(_ROUTE_RESPONSE_MEMBERS, recorded=_ROUTE_RESPONSE_RECORDED),
    "CreateStageRequest": Members(f"{_STAGE_MEMBERS} StageVariables", recorded="Description Tags"),
    "CreateVpcLinkRequest": Members("Name SecurityGroupIds SubnetIds", recorded="Tags"),
    "DeleteAccessLogSettingsRequest": Members("ApiId StageName"),
    "DeleteApiMappingRequest": Members("ApiMappingId DomainName"),
    "DeleteApiRequest": Members("ApiId"),
    "DeleteAuthorizerRequest": Members("ApiId AuthorizerId"),
    "DeleteCorsConfigurationRequest": Members("ApiId"),
    "DeleteDeploymentRequest": Members("ApiId DeploymentId"),
    "DeleteDomainNameRequest": Members("DomainName"),
    "DeleteIntegrationRequest": Members("ApiId IntegrationId"),
    "DeleteIntegrationResponseRequest": Members("ApiId IntegrationId IntegrationResponseId"),
    "DeleteModelRequest": Members("ApiId ModelId"),
    "DeleteRouteRequest": Members("ApiId RouteId"),
    "DeleteRouteRequestParameterRequest": Members("ApiId RequestParameterKey RouteId"),
    "DeleteRouteResponseRequest": Members("ApiId RouteId RouteResponseId"),
    "DeleteRouteSettingsRequest": Members("ApiId RouteKey StageName"),
    "DeleteStageRequest": Members("ApiId StageName"),
    "DeleteVpcLinkRequest": Members("VpcLinkId"),
    "DomainNameConfiguration": Members(
        "CertificateArn",
        recorded="CertificateName CertificateUploadDate",
        ignored={
            "ApiGatewayDomainName": _GATEWAYS_OWN,
            "DomainNameStatus": _GATEWAYS_OWN,
            "DomainNameStatusMessage": _GATEWAYS_OWN,
            "HostedZoneId": _GATEWAYS_OWN,
            **_API,
        },
        only={"EndpointType": ("REGIONAL",), "SecurityPolicy": ("TLS_1_2",)},
    ),
    "ExportApiRequest": Members("ApiId ExportVersion IncludeExtensions OutputType Specification StageName"),
    "GetApiMappingRequest": Members("ApiMappingId DomainName"),
    "GetApiMappingsRequest": Members(f"DomainName {_PAGE}"),
    "GetApisRequest": Members(_PAGE),
    "GetAuthorizersRequest": Members(f"ApiId {_PAGE}"),
    "GetDeploymentRequest": Members("ApiId DeploymentId"),
    "GetDeploymentsRequest": Members(f"ApiId {_PAGE}"),
    "GetDomainNameRequest": Members("DomainName"),
    "GetDomainNamesRequest": Members(_PAGE),
    "GetIntegrationResponsesRequest": Members(f"ApiId IntegrationId {_PAGE}"),
    "GetIntegrationsRequest": Members(f"ApiId {_PAGE}"),
    "GetModelTemplateRequest": Members("ApiId ModelId"),
    "GetModelsRequest": Members(f"ApiId {_PAGE}"),
    "GetRouteResponsesRequest": Members(f"ApiId RouteId {_PAGE}"),
    "GetRoutesRequest": Members(f"ApiId {_PAGE}"),
    "GetStageRequest": Members("ApiId StageName"),
    "GetStagesRequest": Members(f"ApiId {_PAGE}"),
    "GetTagsRequest": Members("ResourceArn"),
    "JWTConfiguration": Members("Audience Issuer"),
    "ImportApiRequest": Members("Basepath Body FailOnWarnings"),
    "ReimportApiRequest": Members("ApiId Basepath Body FailOnWarnings"),
    "ParameterConstraints": Members("Required"),
    "ResetAuthorizersCacheRequest": Members("ApiId StageName"),
    "RouteSettings": Members(
        "DataTraceEnabled LoggingLevel ThrottlingBurstLimit ThrottlingRateLimit",
        ignored={"DetailedMetricsEnabled": "there are metrics of APIs and stages, none of routes"},
    ),
    "TagResourceRequest": Members("ResourceArn Tags"),
    "TlsConfigInput": Members("ServerNameToVerify"),
    "UntagResourceRequest": Members("ResourceArn TagKeys"),
    "UpdateApiMappingRequest": Members("ApiId ApiMappingId ApiMappingKey DomainName Stage"),
    "UpdateApiRequest": Members(
        f"ApiId {_API_MEMBERS}",
        recorded="Description Version",
        ignored={**_API, "CredentialsArn": _ROLE},
        only=_NO_KEYS,
    ),
    "UpdateAuthorizerRequest": Members(f"AuthorizerId {_AUTHORIZER_MEMBERS}", ignored=_AUTHORIZER),
    "UpdateDeploymentRequest": Members("ApiId DeploymentId", recorded="Description"),
    "UpdateDomainNameRequest": Members("DomainName DomainNameConfigurations", only=_ONLY_MAPPINGS),
    "UpdateIntegrationRequest": Members(
        f"IntegrationId {_INTEGRATION_MEMBERS}", recorded="Description", ignored={"CredentialsArn": _ROLE}
    ),
    "UpdateIntegrationResponseRequest": Members(f"IntegrationResponseId {_INTEGRATION_RESPONSE_MEMBERS}"),
    "UpdateModelRequest": Members(f"ModelId {_MODEL_MEMBERS}", recorded="ContentType Description"),
    "UpdateRouteRequest": Members(f"RouteId {_ROUTE_MEMBERS}", recorded="OperationName"),
    "UpdateRouteResponseRequest": Members(
        f"RouteResponseId {_ROUTE_RESPONSE_MEMBERS}", recorded=_ROUTE_RESPONSE_RECORDED
    ),
    "UpdateStageRequest": Members(f"{_STAGE_MEMBERS} StageVariables", recorded="Description"),
    "UpdateVpcLinkRequest": Members("VpcLinkId Name"),
}
"""What becomes of the members of each structure in the requests of the operations that are the plugin's own."""

SUPPORT = Support("BadRequestException", _MEMBERS, moto=_MOTO, refused=_REFUSED)
