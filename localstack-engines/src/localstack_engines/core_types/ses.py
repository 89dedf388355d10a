"""Sender identities, verified at once: there is no mailbox or DNS zone here to ask.

CloudFormation's type is of the SES v2 API, which the open LocalStack lacks; its v1 API
knows the same identities.
"""

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.resource import Failed, Resource

UNSUPPORTED = ("ConfigurationSetAttributes", "DkimSigningAttributes", "MailFromAttributes")


class EmailIdentity(Resource):
    TYPE = "AWS::SES::EmailIdentity"

    def create(self, request: ResourceRequest) -> ProgressEvent:
        ses, model = self.client(request, "ses"), request.desired_state
        _refuse_unsupported(model)
        identity = model["EmailIdentity"]
        if identity in ses.list_identities()["Identities"]:
            raise Failed(f"Email identity {identity} already exist.", "AlreadyExistsException")
        if "@" in identity:
            ses.verify_email_identity(EmailAddress=identity)
        else:
            ses.verify_domain_identity(Domain=identity)
            tokens = ses.verify_domain_dkim(Domain=identity)["DkimTokens"]
            for number, token in enumerate(tokens[:3], start=1):
                model[f"DkimDNSTokenName{number}"] = f"{token}._domainkey.{identity}"
                model[f"DkimDNSTokenValue{number}"] = f"{token}.dkim.amazonses.com"
        return self.done(model)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        _refuse_unsupported(request.desired_state)
        return self.done({**request.previous_state, **request.desired_state})

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        self.client(request, "ses").delete_identity(Identity=request.desired_state["EmailIdentity"])
        return self.done({})


def _refuse_unsupported(model: dict) -> None:
    if names := [name for name in UNSUPPORTED if model.get(name)]:
        raise Failed(f"The local SES does not support {', '.join(names)} of an email identity")


RESOURCE_PROVIDERS = {EmailIdentity.TYPE: EmailIdentity}
