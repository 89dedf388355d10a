"""Operations on the certificates of listeners, of which HAProxy chooses one by the client's SNI."""

from localstack.aws.api import RequestContext

from localstack_engines.services.elbv2.api import tls_rules
from localstack_engines.services.elbv2.api.operations import Operations, Request, Response
from localstack_engines.services.elbv2.api.paging import page
from localstack_engines.services.elbv2.errors import not_permitted, validation
from localstack_engines.services.elbv2.models import Listener
from localstack_engines.toolkit.errors import ServiceError

_MOST_CERTIFICATES = 25
"""Besides the default one."""


class CertificateOperations(Operations):
    """Adds, removes and describes certificates."""

    def add_listener_certificates(self, context: RequestContext, request: Request) -> Response:
        balancer, listener = self.listener(context, request["ListenerArn"])
        _check_tls(listener)
        new = tls_rules.arns(request["Certificates"])
        if len(set(listener.certificates[1:]) | set(new)) > _MOST_CERTIFICATES:
            raise ServiceError("TooManyCertificates", f"A listener has at most {_MOST_CERTIFICATES} more certificates")
        with self.balancers.change(balancer):
            listener = self.listener(context, request["ListenerArn"])[1]
            listener.certificates = list(dict.fromkeys([*listener.certificates, *new]))
        return {"Certificates": [{"CertificateArn": arn, "IsDefault": False} for arn in new]}

    def remove_listener_certificates(self, context: RequestContext, request: Request) -> Response:
        balancer, listener = self.listener(context, request["ListenerArn"])
        _check_tls(listener)
        gone = [item.get("CertificateArn") for item in request["Certificates"]]
        if listener.certificates[0] in gone:
            raise not_permitted("The default certificate cannot be removed")
        with self.balancers.change(balancer):
            listener = self.listener(context, request["ListenerArn"])[1]
            listener.certificates = [arn for arn in listener.certificates if arn not in gone]
        return {}

    def describe_listener_certificates(self, context: RequestContext, request: Request) -> Response:
        _, listener = self.listener(context, request["ListenerArn"])
        found = [{"CertificateArn": arn, "IsDefault": number == 0} for number, arn in enumerate(listener.certificates)]
        items, more = page(found, request)
        return {"Certificates": items, **more}


def _check_tls(listener: Listener) -> None:
    if listener.ssl_policy is None:
        raise validation(f"Certificates are not supported for a listener of the protocol '{listener.protocol}'")
