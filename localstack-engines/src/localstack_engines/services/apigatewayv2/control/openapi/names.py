"""Names in OpenAPI definitions of HTTP APIs, each with the name that the API's operations have for it.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
"""

PREFIX = "x-amazon-apigateway-"
ANY_METHOD = f"{PREFIX}any-method"
AUTHORIZER = f"{PREFIX}authorizer"
AUTH_TYPE = f"{PREFIX}authtype"
CORS = f"{PREFIX}cors"
ENDPOINT = f"{PREFIX}endpoint-configuration"
INTEGRATION = f"{PREFIX}integration"
INTEGRATIONS = f"{PREFIX}integrations"
TAG_VALUE = f"{PREFIX}tag-value"
VERSION = f"{PREFIX}importexport-version"

HTTP_API_EXTENSIONS = {
    ANY_METHOD,
    AUTHORIZER,
    AUTH_TYPE,
    CORS,
    ENDPOINT,
    INTEGRATION,
    INTEGRATIONS,
    TAG_VALUE,
    VERSION,
}

REST_API_EXTENSIONS = {
    f"{PREFIX}{name}"
    for name in (
        "api-key-source",
        "auth",
        "binary-media-types",
        "documentation",
        "gateway-responses",
        "minimum-compression-size",
        "policy",
        "request-validator",
        "request-validators",
        "security-policy",
    )
}
"""Extensions that API Gateway leaves out when it imports an HTTP API."""

METHODS = ("get", "put", "post", "delete", "options", "head", "patch")
DEFAULT_PATH = "/$default"

INTEGRATION_MEMBERS = {
    "type": "IntegrationType",
    "integrationSubtype": "IntegrationSubtype",
    "httpMethod": "IntegrationMethod",
    "uri": "IntegrationUri",
    "payloadFormatVersion": "PayloadFormatVersion",
    "connectionId": "ConnectionId",
    "connectionType": "ConnectionType",
    "timeoutInMillis": "TimeoutInMillis",
    "requestParameters": "RequestParameters",
    "responseParameters": "ResponseParameters",
    "tlsConfig": "TlsConfig",
    "credentials": "CredentialsArn",
    "description": "Description",
}

REST_API_INTEGRATION_MEMBERS = {
    "cacheKeyParameters",
    "cacheNamespace",
    "contentHandling",
    "passthroughBehavior",
    "requestTemplates",
    "responses",
}
"""Members of an integration that API Gateway leaves out when it imports an HTTP API."""

AUTHORIZER_MEMBERS = {
    "type": "AuthorizerType",
    "jwtConfiguration": "JwtConfiguration",
    "identitySource": "IdentitySource",
    "authorizerUri": "AuthorizerUri",
    "authorizerPayloadFormatVersion": "AuthorizerPayloadFormatVersion",
    "authorizerResultTtlInSeconds": "AuthorizerResultTtlInSeconds",
    "enableSimpleResponses": "EnableSimpleResponses",
    "authorizerCredentials": "AuthorizerCredentialsArn",
    "authorizerCredentialsArn": "AuthorizerCredentialsArn",
}
