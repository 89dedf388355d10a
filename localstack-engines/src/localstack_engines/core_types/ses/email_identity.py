"""AWS::SES::EmailIdentity: a sender identity that is verified at once, as there is no mailbox or DNS zone to ask.

The type belongs to the SES v2 API, which LocalStack's core lacks. The v1 API has the same identities.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ses-emailidentity.html
"""

from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.resource import Failed, Resource

_UNSUPPORTED = ("ConfigurationSetAttributes", "DkimSigningAttributes", "MailFromAttributes")


class EmailIdentity(Resource):
    TYPE = "AWS::SES::EmailIdentity"
    # The v1 API has none of these, so they have no effect.
    RESET = ("DkimAttributes", "FeedbackAttributes", "Tags")

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


def _refuse_unsupported(model: dict[str, Any]) -> None:
    if names := [name for name in _UNSUPPORTED if model.get(name)]:
        raise Failed(f"The local SES does not support {', '.join(names)} of an email identity")
