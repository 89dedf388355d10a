"""Operations on custom domain names."""

import re
from dataclasses import replace

from localstack.aws.api import RequestContext

from localstack_engines.services.apigatewayv2.api import descriptions
from localstack_engines.services.apigatewayv2.api.operations import Operations, Request, Response
from localstack_engines.services.apigatewayv2.api.paging import page
from localstack_engines.services.apigatewayv2.errors import bad_request, conflict
from localstack_engines.services.apigatewayv2.models import DomainName
from localstack_engines.services.apigatewayv2.store import new_id
from localstack_engines.toolkit import settings

_NAME = re.compile(r"(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])")
_CERTIFICATE = re.compile(r"arn:aws[\w-]*:acm:[\w-]+:\d{12}:certificate/\S+")


class DomainNameOperations(Operations):
    """Creates, updates, deletes, describes and lists domain names."""

    def create_domain_name(self, context: RequestContext, request: Request) -> Response:
        name = request["DomainName"].lower()
        _check_name(name)
        if name in self.store.domain_names:
            raise conflict("The domain name you provided already exists.")
        record = DomainName(
            name=name,
            account=context.account_id,
            region=context.region,
            target=f"d-{new_id(10)}.execute-api.{settings.endpoint_host()}",
            configurations=_configurations(request),
            tags=dict(request.get("Tags") or {}),
        )
        self.store.domain_names[name] = record
        return descriptions.domain_name(record)

    def update_domain_name(self, context: RequestContext, request: Request) -> Response:
        record = self.store.domain_name(context, request)
        if request.get("DomainNameConfigurations"):
            record = replace(record, configurations=_configurations(request))
            self.store.domain_names[record.name] = record
        return descriptions.domain_name(record)

    def delete_domain_name(self, context: RequestContext, request: Request) -> Response:
        del self.store.domain_names[self.store.domain_name(context, request).name]
        return {}

    def get_domain_name(self, context: RequestContext, request: Request) -> Response:
        return descriptions.domain_name(self.store.domain_name(context, request))

    def get_domain_names(self, context: RequestContext, request: Request) -> Response:
        return page([descriptions.domain_name(record) for record in self.store.domain_names_of(context)], request)


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise bad_request(f"Invalid domain name {name}")
    own = settings.endpoint_host()
    if name in (own, f"*.{own}"):
        raise bad_request(f"The domain name {name} belongs to LocalStack itself")


def _configurations(request: Request) -> tuple[Request, ...]:
    configurations = request.get("DomainNameConfigurations") or []
    if len(configurations) != 1:
        raise bad_request("A domain name needs one domain name configuration")
    [configuration] = configurations
    if not _CERTIFICATE.fullmatch(configuration.get("CertificateArn") or ""):
        raise bad_request(f"Invalid certificate ARN: {configuration.get('CertificateArn')}")
    return (dict(configuration),)
